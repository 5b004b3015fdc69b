#include "common/args.h"
#include "common/async.h"
#include "common/values.h"
#include "ostree/commit_info.h"
#include "ostree/refs.h"
#include "ostree/repo_handle.h"

namespace ao {

namespace {

// TS: resolveRev(repo, rev, call): Promise<string | null>
Napi::Value resolve(const Napi::CallbackInfo& info) {
  return async_value(
      info, "resolveRev",
      [state = repo_from(info[0]), rev = to_text(info[1])](TaskContext&) {
        RepoUse use(*state);
        return resolve_rev(use.get(), rev);
      },
      [](Napi::Env env, std::optional<std::string>& checksum) -> Napi::Value {
        if (!checksum) return env.Null();
        return Napi::String::New(env, *checksum);
      });
}

// TS: listRefs(repo, prefix, call): Promise<Record<string, string>>
Napi::Value list(const Napi::CallbackInfo& info) {
  return async_value(
      info, "listRefs",
      [state = repo_from(info[0]), prefix = to_optional_text(info[1])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        return list_refs(use.get(), prefix, cancel.get());
      },
      [](Napi::Env env, std::map<std::string, std::string>& refs) -> Napi::Value {
        auto o = Napi::Object::New(env);
        for (const auto& [ref, checksum] : refs) o.Set(ref, checksum);
        return o;
      });
}

// TS: setRef(repo, ref, to, expected, call): Promise<void>
Napi::Value set(const Napi::CallbackInfo& info) {
  std::optional<std::string> expected;
  if (!info[3].IsUndefined()) expected = to_optional_text(info[3]).value_or("");
  return async_void(info, "setRef",
                    [state = repo_from(info[0]), ref = to_text(info[1]), to = to_optional_text(info[2]),
                     expected](TaskContext& ctx) {
                      CancelScope cancel(ctx);
                      RepoUse use(*state);
                      set_ref(use, ref, to, expected, cancel.get());
                    });
}

Napi::Value metadata_value(Napi::Env env, const MetadataValue& value) {
  if (auto text = std::get_if<std::string>(&value)) return Napi::String::New(env, *text);
  if (auto flag = std::get_if<bool>(&value)) return Napi::Boolean::New(env, *flag);
  if (auto number = std::get_if<double>(&value)) return Napi::Number::New(env, *number);
  return to_array(env, std::get<std::vector<std::string>>(value));
}

// TS: readCommit(repo, rev, call): Promise<CommitInfo>
Napi::Value read(const Napi::CallbackInfo& info) {
  return async_value(
      info, "readCommit",
      [state = repo_from(info[0]), rev = to_text(info[1])](TaskContext&) {
        RepoUse use(*state);
        return read_commit(use.get(), rev);
      },
      [](Napi::Env env, CommitInfo& commit) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("checksum", commit.checksum);
        o.Set("parent", commit.parent ? Napi::Value(Napi::String::New(env, *commit.parent)) : env.Null());
        o.Set("timestamp", Napi::Number::New(env, double(commit.timestamp)));
        o.Set("subject", commit.subject);
        o.Set("body", commit.body);
        o.Set("rootChecksum", commit.root_checksum);
        auto metadata = Napi::Object::New(env);
        for (const auto& [key, value] : commit.metadata) metadata.Set(key, metadata_value(env, value));
        o.Set("metadata", metadata);
        return o;
      });
}

}  // namespace

void export_refs(Napi::Env env, Napi::Object exports) {
  exports.Set("resolveRev", Napi::Function::New(env, resolve));
  exports.Set("listRefs", Napi::Function::New(env, list));
  exports.Set("setRef", Napi::Function::New(env, set));
  exports.Set("readCommit", Napi::Function::New(env, read));
}

}  // namespace ao
