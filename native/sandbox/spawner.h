// The one thread that every sandbox is started from.
//
// It lives as long as the process, which is what the parent-death signal of a child watches. And where control groups
// of version 1 count processes, it sits in a group with a limit, so that its children are born there: moving each of
// them would cost as much as all the rest of its start. (In version 2 a group with processes can have no children;
// there the limit of the service or session holds, TasksMax of systemd.)
#pragma once

#include "sandbox/child.h"

namespace ao {

// Like start_child(), from that thread.
Child spawn(const ChildPlan& plan, ChildFailure& failure);

}  // namespace ao
