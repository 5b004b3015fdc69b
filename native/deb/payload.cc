#include "deb/payload.h"

#include <algorithm>

#include "deb/digest.h"
#include "deb/fail.h"
#include "deb/limits.h"
#include "deb/owners.h"
#include "deb/path.h"
#include "deb/payload_tree.h"

namespace ao::deb {

namespace {

// JavaScript's integers; no real time comes near.
constexpr int64_t kTimeLimit = (int64_t{1} << 53) - 1;
// Where a host keeps its own things: Debian's policy leaves them alone, others' packages do not always.
constexpr const char* kLocalPlaces[] = {"home/", "root/", "run/", "tmp/", "srv/", "media/", "mnt/", "usr/local/"};

class PayloadReader {
 public:
  PayloadReader(LimitedSource& source, size_t max_entries, ObjectStore& store)
      : source_(source), tar_(source), max_entries_(max_entries), store_(store) {}

  Payload read() {
    TarEntry entry;
    while (tar_.next(entry)) {
      if (out_.entries.size() == max_entries_)
        throw over_limit("it has more than " + std::to_string(max_entries_) + " entries");
      add(entry);
    }
    // Stable: the order within each part is the archive's. Hardlinks refer to paths, not to places in the list.
    std::stable_partition(out_.entries.begin(), out_.entries.end(), [](const auto& e) { return e.type != 'l'; });
    return std::move(out_);
  }

 private:
  void add(const TarEntry& t) {
    auto name = clean_name(t.name);
    PayloadEntry e;
    e.path = name.empty() ? "/." : "/" + name;
    e.canonical = canonical_path(name);
    e.mode = t.mode;
    e.mtime = std::clamp(t.mtime, -kTimeLimit, kTimeLimit);
    if (name.empty() && t.type != TarType::dir) throw damaged("the root of the package is not a directory");
    if (is_alias(name) && t.type != TarType::dir) check_alias(t, name, e);
    set_owner(e, t);
    if (auto* reason = reserved_reason(e.canonical, t.type == TarType::dir))
      throw reserved_path(shown(e.path) + " must not be in a package: " + reason);
    switch (t.type) {
      case TarType::dir:
        e.type = 'd';
        e.placed = name.empty() ? root_first() : tree_.add_dir(e.canonical);
        break;
      case TarType::file:
        tree_.add_leaf(e.canonical, out_.entries.size(), true);
        take_file(e, t);
        break;
      case TarType::symlink:
        tree_.add_leaf(e.canonical, out_.entries.size(), false);
        take_symlink(e, t);
        break;
      case TarType::hardlink:
        take_hardlink(e, t);
        break;
    }
    report(e);
    out_.entries.push_back(std::move(e));
  }

  bool root_first() { return !std::exchange(root_seen_, true); }

  static void check_alias(const TarEntry& t, const std::string& name, PayloadEntry& e) {
    bool makes_alias = t.type == TarType::symlink && (t.link == "usr/" + name || t.link == "/usr/" + name);
    if (!makes_alias)
      throw reserved_path(shown(e.path) + " must be a directory or a symlink to usr/" + name + ": /usr is merged");
    e.canonical = name;
  }

  void set_owner(PayloadEntry& e, const TarEntry& t) {
    auto uid = static_uid(t.uname), gid = static_gid(t.gname);
    e.uid = uid.value_or(t.uid);
    e.gid = gid.value_or(t.gid);
    e.uname = t.uname;
    e.gname = t.gname;
    if (!valid_utf8(t.uname) || !valid_utf8(t.gname)) throw damaged(shown(e.path) + ": its owner's name is not UTF-8");
    if (!uid && !t.uname.empty()) out_.audit.push_back("owner " + shown(t.uname) + " of " + e.path + " is not static");
    if (!gid && !t.gname.empty()) out_.audit.push_back("group " + shown(t.gname) + " of " + e.path + " is not static");
  }

  void take_file(PayloadEntry& e, const TarEntry& t) {
    e.size = t.size;
    source_.expect(e.size);
    store_.begin({e.mode, e.uid, e.gid, e.size});
    auto& content = tar_.content();
    for (auto piece = content.peek(); !piece.empty(); piece = content.peek()) {
      md5_.update(piece);
      store_.write(piece);
      content.take(piece.size());
    }
    e.checksum = store_.end();
    e.md5 = md5_.finish();
  }

  void take_symlink(PayloadEntry& e, const TarEntry& t) {
    if (t.link.empty()) throw damaged(shown(e.path) + ": the symlink has no target");
    if (t.link.size() > kPath || !valid_utf8(t.link))
      throw damaged(shown(e.path) + ": the target of the symlink is too long or not UTF-8");
    e.type = 'l';
    e.mode = 0777;
    e.target = t.link;
    e.checksum = store_.symlink(e.uid, e.gid, e.target);
  }

  void take_hardlink(PayloadEntry& e, const TarEntry& t) {
    long number = tree_.regular_file(canonical_path(clean_name(t.link)));
    if (number < 0)
      throw damaged(shown(e.path) + ": the hardlink's \"" + shown(t.link) + "\" is no earlier regular file");
    tree_.add_leaf(e.canonical, static_cast<size_t>(number), true);
    const auto& file = out_.entries[static_cast<size_t>(number)];
    e.type = 'h';
    e.target = file.path;
    e.mode = file.mode;
    e.uid = file.uid;
    e.gid = file.gid;
    e.uname = file.uname;
    e.gname = file.gname;
    e.size = file.size;
    e.checksum = file.checksum;
    e.md5 = file.md5;
  }

  void report(const PayloadEntry& e) {
    if (e.type == 'd' || e.type == 'l') return;
    if (e.mode & 04000) out_.audit.push_back("setuid " + e.path);
    if (e.mode & 02000) out_.audit.push_back("setgid " + e.path);
    for (auto* place : kLocalPlaces)
      if (e.canonical.rfind(place, 0) == 0) out_.audit.push_back("local place " + e.path);
  }

  LimitedSource& source_;
  TarReader tar_;
  size_t max_entries_;
  ObjectStore& store_;
  PayloadTree tree_;
  Payload out_;
  Digest md5_ = Digest::md5();
  bool root_seen_ = false;
};

}  // namespace

Payload read_payload(LimitedSource& tar, size_t max_entries, ObjectStore& store) {
  return PayloadReader(tar, max_entries, store).read();
}

void compare_md5sums(const std::map<std::string, std::string>& sums, Payload& payload) {
  if (sums.empty()) return;
  auto left = sums;
  for (const auto& e : payload.entries) {
    if (e.md5.empty()) continue;
    auto at = left.find(e.path.substr(1));
    if (at == left.end()) continue;
    if (at->second != e.md5) payload.audit.push_back("md5sums is wrong for " + e.path);
    left.erase(at);
  }
  for (const auto& [path, sum] : left) payload.audit.push_back("md5sums names /" + path + ", which is not there");
}

}  // namespace ao::deb
