// The only header that includes napi.h, so that the feature macros of binding.gyp always precede it.
#pragma once

#include <napi.h>
