#include "apt/values_glue.h"

#include "common/args.h"
#include "common/values.h"

namespace ao::apt {

namespace {

Selector to_selector(const Napi::Value& value) {
  const auto o = to_fields(value);
  return {to_text(o.Get("text")),    to_text(o.Get("name")),  to_text(o.Get("architecture")),
          to_text(o.Get("version")), to_text(o.Get("suite")), to_text(o.Get("file"))};
}

Napi::Value from_text(Napi::Env env, const std::string& value) { return Napi::String::New(env, value); }

Napi::Value from_package(Napi::Env env, const PackageValue& p) {
  auto o = Napi::Object::New(env);
  o.Set("name", p.name);
  o.Set("version", p.version);
  o.Set("architecture", p.architecture);
  o.Set("replaces", p.replaces.empty() ? env.Null() : from_text(env, p.replaces));
  o.Set("auto", p.automatic);
  o.Set("reason", p.origin);
  o.Set("essential", p.essential);
  o.Set("local", p.local);
  o.Set("multiArch", p.multi_arch);
  o.Set("priority", p.priority);
  o.Set("section", p.section);
  o.Set("source", p.source);
  o.Set("filename", p.filename);
  o.Set("sha256", p.sha256);
  o.Set("size", Napi::Number::New(env, p.size));
  o.Set("installedSize", Napi::Number::New(env, p.installed_size));
  auto relations = Napi::Object::New(env);
  for (const auto& [field, value] : p.relations) relations.Set(field, value);
  o.Set("relations", relations);
  return o;
}

Napi::Value from_removed(Napi::Env env, const RemovedValue& r) {
  auto o = Napi::Object::New(env);
  o.Set("name", r.name);
  o.Set("version", r.version);
  o.Set("architecture", r.architecture);
  o.Set("reason", r.origin);
  return o;
}

Napi::Value from_operation(Napi::Env env, const OperationValue& op) {
  auto o = Napi::Object::New(env);
  o.Set("kind", op.kind);
  o.Set("name", op.name);
  o.Set("architecture", op.architecture);
  return o;
}

Napi::Value from_unknown(Napi::Env env, const UnknownValue& u) {
  auto o = Napi::Object::New(env);
  o.Set("text", u.text);
  o.Set("name", u.name);
  o.Set("reason", u.reason);
  o.Set("near", to_array(env, u.near));
  return o;
}

Napi::Value from_alternative(Napi::Env env, const AlternativeValue& a) {
  auto o = Napi::Object::New(env);
  o.Set("name", a.name);
  o.Set("constraint", a.constraint);
  o.Set("planned", a.planned);
  o.Set("candidate", a.candidate);
  o.Set("reason", a.reason);
  o.Set("providers", to_array(env, a.providers));
  return o;
}

Napi::Value from_problem(Napi::Env env, const ProblemValue& p) {
  auto o = Napi::Object::New(env);
  o.Set("package", p.package);
  o.Set("version", p.version);
  o.Set("architecture", p.architecture);
  o.Set("kind", p.kind);
  o.Set("relation", p.relation);
  o.Set("alternatives", to_array(env, p.alternatives, from_alternative));
  return o;
}

Napi::Value from_failure(Napi::Env env, const FetchFailure& f) {
  auto o = Napi::Object::New(env);
  o.Set("uri", f.uri);
  o.Set("text", f.text);
  o.Set("kind", f.kind);
  return o;
}

}  // namespace

Setup to_setup(const Napi::Value& value) {
  const auto o = to_fields(value);
  return {to_text(o.Get("config")), to_bool(o.Get("host")), to_text(o.Get("hostConfig"))};
}

ResolveInput to_resolve_input(const Napi::Value& value) {
  const auto o = to_fields(value);
  ResolveInput input;
  input.lists_lock = to_text(o.Get("listsLock"));
  input.install = to_list(o.Get("install"), to_selector);
  input.remove = to_list(o.Get("remove"), to_selector);
  input.upgrade = to_bool(o.Get("upgrade"));
  input.essential = to_bool(o.Get("essential"));
  input.purge = to_bool(o.Get("purge"));
  return input;
}

FetchLocks to_locks(const Napi::Value& value) {
  const auto o = to_fields(value);
  return {to_text(o.Get("listsLock")), to_text(o.Get("archivesLock"))};
}

std::vector<FetchWanted> to_wanted(const Napi::Value& value) {
  return to_list(value, [](const Napi::Value& item) -> FetchWanted {
    const auto o = to_fields(item);
    return {to_text(o.Get("name")), to_text(o.Get("version")), to_text(o.Get("architecture")), to_text(o.Get("sha256"))};
  });
}

Napi::Value from(Napi::Env env, const ResolveResult& r) {
  auto o = Napi::Object::New(env);
  o.Set("solved", r.solved);
  o.Set("install", to_array(env, r.install, from_package));
  o.Set("remove", to_array(env, r.remove, from_removed));
  o.Set("operations", to_array(env, r.operations, from_operation));
  o.Set("auto", to_array(env, r.automatic));
  o.Set("unknown", to_array(env, r.unknown, from_unknown));
  o.Set("problems", to_array(env, r.problems, from_problem));
  o.Set("warnings", to_array(env, r.warnings));
  o.Set("downloadSize", Napi::Number::New(env, r.download_size));
  o.Set("installedSize", Napi::Number::New(env, r.installed_size));
  return o;
}

Napi::Value from(Napi::Env env, const RefreshResult& r) {
  auto o = Napi::Object::New(env);
  o.Set("failures", to_array(env, r.failures, from_failure));
  o.Set("warnings", to_array(env, r.warnings));
  return o;
}

Napi::Value from(Napi::Env env, const FetchResult& r) {
  auto o = Napi::Object::New(env);
  o.Set("files", to_array(env, r.files, [](Napi::Env e, const FetchedFile& f) { return from(e, f); }));
  o.Set("failures", to_array(env, r.failures, from_failure));
  o.Set("warnings", to_array(env, r.warnings));
  return o;
}

Napi::Value from(Napi::Env env, const FetchedFile& f) {
  auto o = Napi::Object::New(env);
  o.Set("name", f.name);
  o.Set("version", f.version);
  o.Set("architecture", f.architecture);
  o.Set("file", f.file);
  o.Set("sha256", f.sha256);
  return o;
}

}  // namespace ao::apt
