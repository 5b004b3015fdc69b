#include "sandbox/sandbox_glue.h"

#include <memory>

#include "common/task.h"
#include "sandbox/sandbox.h"
#include "sandbox/scan.h"
#include "sandbox/squash.h"

namespace ao {

namespace {

std::vector<std::string> strings_of(const Napi::Value& value) {
  std::vector<std::string> all;
  if (!value.IsArray()) return all;
  auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) all.push_back(array.Get(i).As<Napi::String>().Utf8Value());
  return all;
}

SandboxRequest request_of(const Napi::Object& o) {
  auto text = [&o](const char* key) { return o.Get(key).As<Napi::String>().Utf8Value(); };
  SandboxRequest r;
  r.lowers = strings_of(o.Get("lowers"));
  r.upper = text("upper");
  r.work = text("work");
  r.merged = text("merged");
  r.argv = strings_of(o.Get("argv"));
  auto env = o.Get("env").As<Napi::Object>();
  for (const auto& key : strings_of(env.GetPropertyNames()))
    r.env.emplace_back(key, env.Get(key).As<Napi::String>().Utf8Value());
  r.log = text("log");
  r.timeout_seconds = o.Get("timeoutSeconds").As<Napi::Number>().DoubleValue();
  r.output_limit = o.Get("outputLimit").As<Napi::Number>().DoubleValue();
  r.extra = strings_of(o.Get("extra"));
  return r;
}

Napi::Value number_or_null(Napi::Env env, bool is_null, int value) {
  return is_null ? env.Null() : Napi::Number::New(env, value);
}

Napi::Value run(const Napi::CallbackInfo& info) {
  auto request = std::make_shared<SandboxRequest>(request_of(info[0].As<Napi::Object>()));
  auto outcome = std::make_shared<SandboxOutcome>();
  return start_task(
      info.Env(), "runSandbox", info[1],
      [request, outcome](TaskContext& ctx) { *outcome = run_sandbox(*request, *ctx.token()); },
      [outcome](Napi::Env env) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("exit", number_or_null(env, outcome->signal != 0, outcome->exit));
        o.Set("signal", number_or_null(env, outcome->signal == 0, outcome->signal));
        o.Set("timedOut", outcome->timed_out);
        o.Set("outputTruncated", outcome->output_truncated);
        o.Set("seconds", outcome->seconds);
        o.Set("tail", outcome->tail);
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
  auto xattrs = Napi::Array::New(env, e.xattrs.size());
  for (uint32_t i = 0; i < e.xattrs.size(); ++i) xattrs.Set(i, e.xattrs[i]);
  o.Set("xattrs", xattrs);
  bool linked = e.kind != EntryKind::dir && e.kind != EntryKind::whiteout && e.st.st_nlink > 1;
  o.Set("hardlink", linked ? std::to_string(e.st.st_dev) + ":" + std::to_string(e.st.st_ino) : std::string());
  return o;
}

Napi::Value scan(const Napi::CallbackInfo& info) {
  auto dir = info[0].As<Napi::String>().Utf8Value();
  auto found = std::make_shared<std::vector<ScannedEntry>>();
  return start_task(
      info.Env(), "scanLayer", info[1], [dir, found](TaskContext& ctx) { *found = scan_layer(dir, ctx.cancel()); },
      [found](Napi::Env env) -> Napi::Value {
        auto array = Napi::Array::New(env, found->size());
        for (uint32_t i = 0; i < found->size(); ++i) {
          Napi::HandleScope scope(env);
          array.Set(i, entry_value(env, (*found)[i]));
        }
        return array;
      });
}

Napi::Value squash(const Napi::CallbackInfo& info) {
  auto upper = info[0].As<Napi::String>().Utf8Value();
  auto lower = info[1].As<Napi::String>().Utf8Value();
  return start_task(
      info.Env(), "squash", info[2], [upper, lower](TaskContext& ctx) { squash_layers(upper, lower, ctx.cancel()); },
      [](Napi::Env env) -> Napi::Value { return env.Undefined(); });
}

}  // namespace

void export_sandbox(Napi::Env env, Napi::Object exports) {
  exports.Set("runSandbox", Napi::Function::New(env, run));
  exports.Set("scanLayer", Napi::Function::New(env, scan));
  exports.Set("squash", Napi::Function::New(env, squash));
}

}  // namespace ao
