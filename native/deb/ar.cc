#include "deb/ar.h"

#include <algorithm>
#include <cstring>

#include "deb/fail.h"

namespace ao::deb {

namespace {

struct Header {
  char name[16], date[12], uid[6], gid[6], mode[8], size[10], end[2];
};
static_assert(sizeof(Header) == 60, "ar headers are 60 bytes");

std::string member_name(const Header& h) {
  std::string name(h.name, sizeof h.name);
  name.erase(name.find_last_not_of(' ') + 1);
  if (!name.empty() && name.back() == '/') name.pop_back();
  bool plain =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127 && c != '/'; });
  if (!plain) throw damaged("an ar member has the name \"" + shown(name) + "\", which a .deb cannot have");
  return name;
}

uint64_t member_size(const Header& h, const std::string& name) {
  std::string_view text(h.size, sizeof h.size);
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  uint64_t size = 0;
  bool digits = !text.empty();
  for (char c : text) {
    digits = digits && c >= '0' && c <= '9';
    size = size * 10 + static_cast<uint64_t>(c - '0');
  }
  if (!digits) throw damaged("ar member " + name + " has no valid size");
  return size;
}

}  // namespace

void ArReader::Body::open(const ArMember& member) {
  name_ = member.name;
  left_ = member.size;
}

std::string_view ArReader::Body::peek() {
  if (left_ == 0) return {};
  auto piece = in_.peek();
  if (piece.empty()) throw damaged("the file ends inside of ar member " + name_);
  return piece.substr(0, static_cast<size_t>(std::min<uint64_t>(left_, piece.size())));
}

void ArReader::Body::take(size_t n) {
  in_.take(n);
  left_ -= n;
}

ArReader::ArReader(Source& in) : in_(in), body_(in) {
  char magic[8];
  if (!read_exactly(in_, magic, sizeof magic) || std::memcmp(magic, "!<arch>\n", sizeof magic) != 0)
    throw damaged("this is not a Debian package: it does not start as an ar archive");
}

std::optional<ArMember> ArReader::next() {
  drain(body_);
  if (pad_) {
    auto piece = in_.peek();
    // Some writers leave out the padding after the last member.
    if (piece.empty()) return std::nullopt;
    if (piece.front() != '\n') throw damaged("an ar member of odd size is not followed by its padding");
    in_.take(1);
  }
  if (in_.peek().empty()) return std::nullopt;
  Header h;
  if (!read_exactly(in_, reinterpret_cast<char*>(&h), sizeof h)) throw damaged("the file ends inside of an ar header");
  if (h.end[0] != '`' || h.end[1] != '\n') throw damaged("an ar header has a wrong end mark");
  ArMember member;
  member.name = member_name(h);
  member.size = member_size(h, member.name);
  pad_ = member.size % 2 != 0;
  body_.open(member);
  return member;
}

}  // namespace ao::deb
