#include "common/args.h"
#include "common/async.h"
#include "common/values.h"
#include "ostree/refs.h"
#include "ostree/repo_handle.h"
#include "ostree/tree_reader.h"

namespace ao {

namespace {

// Nodes cross as text, fields ended by NUL bytes; lib/native/nodes.ts reads it. Thousands of objects built through
// N-API would hold the JS thread for as long as the whole look-up takes.
void put(std::string& out, const std::string& field) {
  out += field;
  out += '\0';
}
void put(std::string& out, uint64_t number) { put(out, std::to_string(number)); }

void put_node(std::string& out, const TreeNode& node) {
  if (auto dir = std::get_if<NodeDir>(&node)) {
    put(out, "d");
    put(out, dir->meta.mode);
    put(out, dir->meta.uid);
    put(out, dir->meta.gid);
  } else if (auto file = std::get_if<NodeFile>(&node)) {
    const auto& st = file->stat;
    put(out, st.symlink ? "l" : "f");
    if (!st.symlink) put(out, st.mode);
    put(out, st.uid);
    put(out, st.gid);
    if (st.symlink)
      put(out, st.target);
    else
      put(out, st.size);
    put(out, file->checksum);
  } else if (auto blocked = std::get_if<NodeBlocked>(&node)) {
    put(out, "b");
    put(out, blocked->at);
    put(out, blocked->target);
  } else {
    put(out, "n");
  }
}

Napi::Value to_buffer(Napi::Env env, const std::string& bytes) { return Napi::Buffer<char>::Copy(env, bytes.data(), bytes.size()); }

// TS: lookup(repo, rev, paths, call): Promise<Buffer>
Napi::Value lookup(const Napi::CallbackInfo& info) {
  return async_value(
      info, "lookup",
      [state = repo_from(info[0]), rev = to_text(info[1]), paths = to_texts(info[2])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        TreeReader reader(use.get(), require_rev(use.get(), rev), cancel.get());
        std::string out;
        for (const auto& path : paths) {
          ctx.cancel().check();
          put_node(out, reader.lookup(path));
        }
        return out;
      },
      to_buffer);
}

// TS: listTree(repo, rev, path, depth, call): Promise<Buffer>
Napi::Value list(const Napi::CallbackInfo& info) {
  return async_value(
      info, "listTree",
      [state = repo_from(info[0]), rev = to_text(info[1]), path = to_text(info[2]),
       depth = to_int(info[3])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        TreeReader reader(use.get(), require_rev(use.get(), rev), cancel.get());
        std::string out;
        reader.list(path, depth, [&](const std::string& at, const TreeNode& node) {
          put(out, at);
          put_node(out, node);
        });
        return out;
      },
      to_buffer);
}

using Contents = std::vector<std::optional<std::string>>;

Napi::Value to_buffers(Napi::Env env, Contents& contents) {
  return to_array(env, contents, [](Napi::Env e, const std::optional<std::string>& bytes) {
    return bytes ? to_buffer(e, *bytes) : e.Null();
  });
}

// TS: readFiles(repo, rev, paths, call): Promise<(Buffer | null)[]>
Napi::Value read_files(const Napi::CallbackInfo& info) {
  return async_value(
      info, "readFiles",
      [state = repo_from(info[0]), rev = to_text(info[1]), paths = to_texts(info[2])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        TreeReader reader(use.get(), require_rev(use.get(), rev), cancel.get());
        Contents out;
        for (const auto& path : paths) {
          ctx.cancel().check();
          auto node = reader.lookup(path);
          auto file = std::get_if<NodeFile>(&node);
          if (file && !file->stat.symlink)
            out.push_back(read_object(use.get(), file->checksum, cancel.get()));
          else
            out.push_back(std::nullopt);
        }
        return out;
      },
      to_buffers);
}

// TS: readObjects(repo, checksums, call): Promise<Buffer[]>
Napi::Value read_objects(const Napi::CallbackInfo& info) {
  return async_value(
      info, "readObjects",
      [state = repo_from(info[0]), checksums = to_texts(info[1])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        Contents out;
        for (const auto& checksum : checksums) {
          ctx.cancel().check();
          out.push_back(read_object(use.get(), to_hex(from_hex(checksum)), cancel.get()));
        }
        return out;
      },
      to_buffers);
}

// TS: hasBytesOf(repo, checksum, file, call): Promise<boolean>
Napi::Value has_bytes(const Napi::CallbackInfo& info) {
  return async_value(
      info, "hasBytesOf",
      [state = repo_from(info[0]), checksum = to_text(info[1]), file = to_text(info[2])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        return has_bytes_of(use.get(), to_hex(from_hex(checksum)), file, cancel.get());
      },
      [](Napi::Env env, bool& same) -> Napi::Value { return Napi::Boolean::New(env, same); });
}

}  // namespace

void export_tree(Napi::Env env, Napi::Object exports) {
  exports.Set("lookup", Napi::Function::New(env, lookup));
  exports.Set("listTree", Napi::Function::New(env, list));
  exports.Set("readFiles", Napi::Function::New(env, read_files));
  exports.Set("readObjects", Napi::Function::New(env, read_objects));
  exports.Set("hasBytesOf", Napi::Function::New(env, has_bytes));
}

}  // namespace ao
