#include "sandbox/sandbox_glue.h"

#include "common/args.h"
#include "common/async.h"
#include "common/values.h"
#include "sandbox/sandbox.h"
#include "sandbox/scan.h"
#include "sandbox/squash.h"

namespace ao {

namespace {

SandboxRequest to_request(const Napi::Value& value) {
  const auto o = to_fields(value);
  SandboxRequest r;
  r.lowers = to_texts(o.Get("lowers"));
  r.upper = to_text(o.Get("upper"));
  r.work = to_text(o.Get("work"));
  r.merged = to_text(o.Get("merged"));
  r.argv = to_texts(o.Get("argv"));
  const auto env = to_fields(o.Get("env"));
  for (const auto& key : to_texts(env.GetPropertyNames())) r.env.emplace_back(key, to_text(env.Get(key)));
  r.log = to_text(o.Get("log"));
  r.timeout_seconds = to_double(o.Get("timeoutSeconds"));
  r.output_limit = to_double(o.Get("outputLimit"));
  if (!o.Get("extra").IsUndefined()) r.extra = to_texts(o.Get("extra"));
  return r;
}

Napi::Value number_or_null(Napi::Env env, bool is_null, int value) {
  return is_null ? env.Null() : Napi::Number::New(env, value);
}

Napi::Value run(const Napi::CallbackInfo& info) {
  return async_value(
      info, "runSandbox",
      [request = to_request(info[0])](TaskContext& ctx) { return run_sandbox(request, *ctx.token()); },
      [](Napi::Env env, SandboxOutcome& outcome) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("exit", number_or_null(env, outcome.signal != 0, outcome.exit));
        o.Set("signal", number_or_null(env, outcome.signal == 0, outcome.signal));
        o.Set("timedOut", outcome.timed_out);
        o.Set("outputTruncated", outcome.output_truncated);
        o.Set("seconds", outcome.seconds);
        o.Set("tail", outcome.tail);
        return o;
      });
}

const char* kind_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::file: return "file";
    case EntryKind::dir: return "dir";
    case EntryKind::symlink: return "symlink";
    case EntryKind::whiteout: return "whiteout";
    case EntryKind::other: break;
  }
  return "other";
}

Napi::Object entry_value(Napi::Env env, const ScannedEntry& e) {
  auto o = Napi::Object::New(env);
  o.Set("path", e.path);
  o.Set("type", kind_name(e.kind));
  o.Set("mode", Napi::Number::New(env, e.st.st_mode & 07777));
  o.Set("uid", Napi::Number::New(env, e.st.st_uid));
  o.Set("gid", Napi::Number::New(env, e.st.st_gid));
  o.Set("size", Napi::Number::New(env, e.kind == EntryKind::file ? static_cast<double>(e.st.st_size) : 0));
  o.Set("mtime", Napi::Number::New(env, static_cast<double>(e.st.st_mtim.tv_sec)));
  o.Set("target", e.kind == EntryKind::symlink ? Napi::String::New(env, e.target).As<Napi::Value>() : env.Null());
  o.Set("opaque", e.opaque);
  o.Set("xattrs", to_array(env, e.xattrs));
  bool linked = e.kind != EntryKind::dir && e.kind != EntryKind::whiteout && e.st.st_nlink > 1;
  o.Set("hardlink", linked ? std::to_string(e.st.st_dev) + ":" + std::to_string(e.st.st_ino) : std::string());
  return o;
}

Napi::Value scan(const Napi::CallbackInfo& info) {
  return async_value(
      info, "scanLayer", [dir = to_text(info[0])](TaskContext& ctx) { return scan_layer(dir, ctx.cancel()); },
      [](Napi::Env env, std::vector<ScannedEntry>& found) -> Napi::Value { return to_array(env, found, entry_value); });
}

Napi::Value squash(const Napi::CallbackInfo& info) {
  return async_void(info, "squash",
                    [upper = to_text(info[0]), lower = to_text(info[1])](TaskContext& ctx) {
                      squash_layers(upper, lower, ctx.cancel());
                    });
}

}  // namespace

void export_sandbox(Napi::Env env, Napi::Object exports) {
  exports.Set("runSandbox", Napi::Function::New(env, run));
  exports.Set("scanLayer", Napi::Function::New(env, scan));
  exports.Set("squash", Napi::Function::New(env, squash));
}

}  // namespace ao
