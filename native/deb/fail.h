// The four ways in which a .deb is refused.
#pragma once

#include <string>
#include <string_view>

#include "common/error.h"

namespace ao::deb {

// A name out of an archive as it may be shown: control characters and broken UTF-8 are escaped, long ones are cut.
std::string shown(std::string_view name);

inline NativeError damaged(std::string what) { return NativeError("ERR_DEB_FORMAT", std::move(what)); }
inline NativeError over_limit(std::string what) { return NativeError("ERR_DEB_LIMIT", std::move(what)); }
inline NativeError bad_control(std::string what) { return NativeError("ERR_DEB_CONTROL", std::move(what)); }
inline NativeError reserved_path(std::string what) { return NativeError("ERR_DEB_RESERVED_PATH", std::move(what)); }

}  // namespace ao::deb
