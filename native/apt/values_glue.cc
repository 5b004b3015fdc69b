#include "apt/values_glue.h"

namespace ao::apt {

namespace {

std::string text(const Napi::Object& object, const char* key) {
  const auto value = object.Get(key);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
}

bool flag(const Napi::Object& object, const char* key) {
  const auto value = object.Get(key);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

template <typename F>
auto list(const Napi::Value& value, F convert) {
  std::vector<decltype(convert(std::declval<Napi::Object>()))> out;
  if (!value.IsArray()) return out;
  const auto array = value.As<Napi::Array>();
  out.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) out.push_back(convert(array.Get(i).As<Napi::Object>()));
  return out;
}

Selector to_selector(const Napi::Object& o) {
  return {text(o, "text"), text(o, "name"), text(o, "architecture"), text(o, "version"), text(o, "suite"), text(o, "file")};
}

Napi::Value from_text(Napi::Env env, const std::string& value) { return Napi::String::New(env, value); }

template <typename T, typename F>
Napi::Array array(Napi::Env env, const std::vector<T>& values, F convert) {
  auto out = Napi::Array::New(env, values.size());
  for (uint32_t i = 0; i < values.size(); ++i) out.Set(i, convert(env, values[i]));
  return out;
}

Napi::Array texts(Napi::Env env, const std::vector<std::string>& values) { return array(env, values, from_text); }

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
  o.Set("near", texts(env, u.near));
  return o;
}

Napi::Value from_alternative(Napi::Env env, const AlternativeValue& a) {
  auto o = Napi::Object::New(env);
  o.Set("name", a.name);
  o.Set("constraint", a.constraint);
  o.Set("planned", a.planned);
  o.Set("candidate", a.candidate);
  o.Set("reason", a.reason);
  o.Set("providers", texts(env, a.providers));
  return o;
}

Napi::Value from_problem(Napi::Env env, const ProblemValue& p) {
  auto o = Napi::Object::New(env);
  o.Set("package", p.package);
  o.Set("version", p.version);
  o.Set("architecture", p.architecture);
  o.Set("kind", p.kind);
  o.Set("relation", p.relation);
  o.Set("alternatives", array(env, p.alternatives, from_alternative));
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
  const auto o = value.As<Napi::Object>();
  return {text(o, "config"), flag(o, "host"), text(o, "hostConfig")};
}

ResolveInput to_resolve_input(const Napi::Value& value) {
  const auto o = value.As<Napi::Object>();
  ResolveInput input;
  input.lists_lock = text(o, "listsLock");
  input.install = list(o.Get("install"), to_selector);
  input.remove = list(o.Get("remove"), to_selector);
  input.upgrade = flag(o, "upgrade");
  input.essential = flag(o, "essential");
  input.purge = flag(o, "purge");
  return input;
}

FetchLocks to_locks(const Napi::Value& value) {
  const auto o = value.As<Napi::Object>();
  return {text(o, "listsLock"), text(o, "archivesLock")};
}

std::vector<FetchWanted> to_wanted(const Napi::Value& value) {
  return list(value, [](const Napi::Object& o) -> FetchWanted {
    return {text(o, "name"), text(o, "version"), text(o, "architecture"), text(o, "sha256")};
  });
}

Napi::Value from(Napi::Env env, const ResolveResult& r) {
  auto o = Napi::Object::New(env);
  o.Set("solved", r.solved);
  o.Set("install", array(env, r.install, from_package));
  o.Set("remove", array(env, r.remove, from_removed));
  o.Set("operations", array(env, r.operations, from_operation));
  o.Set("auto", texts(env, r.automatic));
  o.Set("unknown", array(env, r.unknown, from_unknown));
  o.Set("problems", array(env, r.problems, from_problem));
  o.Set("warnings", texts(env, r.warnings));
  o.Set("downloadSize", Napi::Number::New(env, r.download_size));
  o.Set("installedSize", Napi::Number::New(env, r.installed_size));
  return o;
}

Napi::Value from(Napi::Env env, const RefreshResult& r) {
  auto o = Napi::Object::New(env);
  o.Set("failures", array(env, r.failures, from_failure));
  o.Set("warnings", texts(env, r.warnings));
  return o;
}

Napi::Value from(Napi::Env env, const FetchResult& r) {
  auto o = Napi::Object::New(env);
  auto files = Napi::Array::New(env, r.files.size());
  for (uint32_t i = 0; i < r.files.size(); ++i) files.Set(i, from(env, r.files[i]));
  o.Set("files", files);
  o.Set("failures", array(env, r.failures, from_failure));
  o.Set("warnings", texts(env, r.warnings));
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
