#include "ostree/changes.h"

#include <charconv>

#include "ostree/dirtree.h"

namespace ao {

namespace {

class Fields {
 public:
  explicit Fields(std::string_view packed) : rest_(packed) {}
  bool done() const { return rest_.empty(); }

  std::string_view text() {
    auto end = rest_.find('\0');
    if (end == std::string_view::npos) throw NativeError("ERR_INTERNAL", "a packed change ends early");
    auto field = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return field;
  }

  uint32_t number() {
    auto field = text();
    uint32_t n = 0;
    auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), n);
    if (field.empty() || error != std::errc() || end != field.data() + field.size())
      throw NativeError("ERR_INTERNAL", "a packed change holds the number " + std::string(field));
    return n;
  }

  std::string tree_path(bool root_allowed) {
    std::string path(text());
    split_path(path);
    if (path == "/" && !root_allowed) throw NativeError("ERR_UNSAFE_PATH", "the root cannot be changed in this way");
    return path;
  }

  std::string disk_path() {
    std::string path(text());
    if (path.empty() || path[0] != '/') throw NativeError("ERR_INTERNAL", "a packed change is from no absolute path: " + path);
    return path;
  }

 private:
  std::string_view rest_;
};

Change parse_one(Fields& in) {
  Change c;
  auto op = in.text();
  if (op == "d") {
    c.op = Change::Op::kDir;
    c.mode = in.number();
    c.uid = in.number();
    c.gid = in.number();
    if (c.mode > 07777) throw NativeError("ERR_INTERNAL", "a packed change has a mode with more than permission bits");
    c.from = std::string(in.text());
    if (!c.from.empty() && c.from[0] != '/') throw NativeError("ERR_INTERNAL", "a packed change is from no absolute path");
    c.path = in.tree_path(true);
  } else if (op == "o") {
    c.op = Change::Op::kObject;
    c.object = from_hex(std::string(in.text()));
    c.path = in.tree_path(false);
  } else if (op == "f") {
    c.op = Change::Op::kFile;
    c.from = in.disk_path();
    c.path = in.tree_path(false);
  } else if (op == "r") {
    c.op = Change::Op::kRemove;
    c.path = in.tree_path(false);
  } else if (op == "m") {
    c.op = Change::Op::kMove;
    c.from = in.tree_path(false);
    c.path = in.tree_path(false);
  } else {
    throw NativeError("ERR_INTERNAL", "a packed change has the operation " + std::string(op));
  }
  return c;
}

}  // namespace

std::vector<Change> parse_changes(std::string_view packed) {
  std::vector<Change> out;
  for (Fields in(packed); !in.done();) out.push_back(parse_one(in));
  return out;
}

}  // namespace ao
