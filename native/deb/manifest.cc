#include "deb/manifest.h"

#include "deb/json.h"

namespace ao::deb {

namespace {

template <typename Get>
void column(JsonWriter& json, const char* name, const std::vector<PayloadEntry>& entries, Get get) {
  json.key(name);
  json.open('[');
  for (const auto& e : entries) {
    if constexpr (std::is_integral_v<decltype(get(e))>)
      json.number(static_cast<int64_t>(get(e)));
    else
      json.text(get(e));
  }
  json.close(']');
}

void write_members(JsonWriter& json, const ControlArchive& control) {
  json.key("members");
  json.open('[');
  for (const auto& m : control.members) {
    if (m.name == "control") continue;
    json.open('{');
    json.key("name");
    json.text(m.name);
    json.key("mode");
    json.number(m.mode);
    json.key("size");
    json.number(static_cast<int64_t>(m.size));
    json.key("checksum");
    json.text(m.checksum);
    json.close('}');
  }
  json.close(']');
}

void write_columns(JsonWriter& json, const std::vector<PayloadEntry>& entries) {
  using E = PayloadEntry;
  json.key("entries");
  json.open('{');
  column(json, "path", entries, [](const E& e) -> const std::string& { return e.path; });
  column(json, "type", entries, [](const E& e) { return std::string_view(&e.type, 1); });
  column(json, "mode", entries, [](const E& e) { return e.mode; });
  column(json, "uid", entries, [](const E& e) { return e.uid; });
  column(json, "gid", entries, [](const E& e) { return e.gid; });
  column(json, "uname", entries, [](const E& e) -> const std::string& { return e.uname; });
  column(json, "gname", entries, [](const E& e) -> const std::string& { return e.gname; });
  column(json, "size", entries, [](const E& e) { return e.size; });
  column(json, "mtime", entries, [](const E& e) { return e.mtime; });
  column(json, "target", entries, [](const E& e) -> const std::string& { return e.target; });
  column(json, "checksum", entries, [](const E& e) -> const std::string& { return e.checksum; });
  column(json, "md5", entries, [](const E& e) -> const std::string& { return e.md5; });
  json.close('}');
}

}  // namespace

std::string manifest_json(const Package& package) {
  JsonWriter json;
  json.open('{');
  json.key("format");
  json.number(1);
  json.key("control");
  json.text(package.control.control);
  write_members(json, package.control);
  json.key("texts");
  json.open('{');
  for (const auto& [name, text] : package.control.texts) {
    json.key(name);
    json.text(text);
  }
  json.close('}');
  write_columns(json, package.payload.entries);
  json.key("audit");
  json.open('[');
  for (const auto* list : {&package.control.audit, &package.payload.audit})
    for (const auto& line : *list) json.text(line);
  json.close(']');
  json.close('}');
  return json.take();
}

}  // namespace ao::deb
