// Marks what is asked for and lets libapt-pkg solve the rest.
#pragma once

#include "apt/values.h"

namespace ao::apt {

// Arguments that nothing serves, or relations that nothing meets, are part of the result, not exceptions.
// TS: resolve(input, call): Promise<RawResolve>
ResolveResult resolve(const ResolveInput& input, const Control& control);

}  // namespace ao::apt
