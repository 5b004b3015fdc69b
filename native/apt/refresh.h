// Brings the package lists of a target up to date.
#pragma once

#include "apt/values.h"

namespace ao::apt {

// Fails as a whole: what cannot be fetched or verified is named in the result, and the old lists must not be used.
// TS: refresh(lock, call): Promise<RawRefresh>
RefreshResult refresh(const std::string& lock, const Control& control);

}  // namespace ao::apt
