// The JS side of RepoState: an External that only `openRepo` makes.
#pragma once

#include <memory>

#include "common/napi_setup.h"
#include "ostree/cancel_scope.h"
#include "ostree/repo_state.h"

namespace ao {

// On the JS thread. Throws a TypeError for anything but a repository; a closed one is found by RepoUse.
std::shared_ptr<RepoState> repo_from(const Napi::Value& value);

Napi::Object stats_object(Napi::Env env, const WriteStats& stats);

// TS: openRepo closeRepo repoMode beginTransaction commitTransaction abortTransaction
void export_repo(Napi::Env env, Napi::Object exports);
// TS: resolveRev listRefs setRef readCommit
void export_refs(Napi::Env env, Napi::Object exports);
// TS: lookup listTree readFiles readObjects hasBytesOf
void export_tree(Napi::Env env, Napi::Object exports);
// TS: writeCommit
void export_commit(Napi::Env env, Napi::Object exports);
// TS: checkout materialize removeTree
void export_folders(Napi::Env env, Napi::Object exports);
// TS: tryLock unlock
void export_locks(Napi::Env env, Napi::Object exports);
// TS: pullLocal
void export_pull(Napi::Env env, Napi::Object exports);

}  // namespace ao
