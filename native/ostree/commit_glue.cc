#include "common/args.h"
#include "common/async.h"
#include "ostree/repo_handle.h"
#include "ostree/write_commit.h"

namespace ao {

namespace {

Metadata to_metadata(const Napi::Value& value) {
  auto object = to_fields(value);
  auto names = object.GetPropertyNames();
  Metadata out;
  for (uint32_t i = 0; i < names.Length(); ++i) {
    auto key = to_text(names.Get(i));
    auto item = object.Get(key);
    if (item.IsBoolean())
      out[key] = to_bool(item);
    else if (item.IsArray())
      out[key] = to_texts(item);
    else
      out[key] = to_text(item);
  }
  return out;
}

// TS: writeCommit(repo, base, changes, commit, call): Promise<{commit, rootChecksum} & WriteStats>
Napi::Value write(const Napi::CallbackInfo& info) {
  auto fields = to_fields(info[3]);
  auto request = std::make_shared<CommitRequest>();
  request->base = to_optional_text(info[1]);
  request->parent = to_optional_text(fields.Get("parent"));
  request->subject = to_text(fields.Get("subject"));
  request->body = to_text(fields.Get("body"));
  request->timestamp = uint64_t(to_int(fields.Get("timestamp")));
  request->metadata = to_metadata(fields.Get("metadata"));
  return async_value(
      info, "writeCommit",
      [state = repo_from(info[0]), request, packed = to_bytes(info[2])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        use.require_transaction();
        request->changes = parse_changes(packed);
        return write_commit(
            use.get(), *request, [&](double done, double total) { ctx.progress(done, total); }, cancel.get());
      },
      [](Napi::Env env, WrittenCommit& written) -> Napi::Value {
        auto o = stats_object(env, written.stats);
        o.Set("commit", written.commit);
        o.Set("rootChecksum", written.root_checksum);
        return o;
      });
}

}  // namespace

void export_commit(Napi::Env env, Napi::Object exports) {
  exports.Set("writeCommit", Napi::Function::New(env, write));
}

}  // namespace ao
