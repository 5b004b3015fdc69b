#include "ostree/write_commit.h"

#include <fcntl.h>

#include <atomic>
#include <exception>
#include <thread>

#include "ostree/content.h"
#include "ostree/refs.h"
#include "ostree/tree_edit.h"

namespace ao {

namespace {

// Files on disk become objects on two threads: one waits for the disk while the other hashes.
std::vector<Ingested> ingest(OstreeRepo* repo, const std::vector<const std::string*>& paths, const ProgressFn& progress,
                             GCancellable* cancellable) {
  std::vector<Ingested> out(paths.size());
  std::atomic<size_t> next{0}, done{0};
  std::atomic<bool> stop{false};
  std::exception_ptr failure[2];
  auto run = [&](int worker) {
    try {
      for (size_t i; !stop && (i = next++) < paths.size();) {
        check_cancelled(cancellable);
        out[i] = ingest_file(repo, *paths[i], cancellable);
        progress(double(++done), double(paths.size()));
      }
    } catch (...) {
      failure[worker] = std::current_exception();
      stop = true;
    }
  };
  if (paths.size() < 64) {
    run(0);
  } else {
    std::thread second(run, 1);
    run(0);
    second.join();
  }
  for (auto& f : failure)
    if (f) std::rethrow_exception(f);
  return out;
}

std::vector<Xattr> xattrs_of_folder(const std::string& path) {
  if (path.empty()) return {};
  FdGuard fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw errno_error("reading the folder " + path, errno);
  return read_xattrs(fd.get());
}

// A commit must not name what the repository does not hold.
void require_object(OstreeRepo* repo, const Change& change, GCancellable* cancellable) {
  GErr error;
  gboolean has = FALSE;
  auto hex = to_hex(change.object);
  error.check(ostree_repo_has_object(repo, OSTREE_OBJECT_TYPE_FILE, hex.c_str(), &has, cancellable, error.out()),
              "looking for the object " + hex);
  if (!has) throw NativeError("ERR_OSTREE_NOT_FOUND", "the repository has no object " + hex + " for " + change.path);
}

void apply(OstreeRepo* repo, TreeEdit& tree, const Change& change, const Checksum& ingested, GCancellable* cancellable) {
  switch (change.op) {
    case Change::Op::kDir:
      tree.set_dir(change.path, DirMeta{change.mode, change.uid, change.gid}, xattrs_of_folder(change.from));
      break;
    case Change::Op::kObject:
      require_object(repo, change, cancellable);
      tree.set_file(change.path, change.object);
      break;
    case Change::Op::kFile:
      tree.set_file(change.path, ingested);
      break;
    case Change::Op::kRemove:
      tree.remove(change.path);
      break;
    case Change::Op::kMove:
      tree.move(change.from, change.path);
      break;
  }
}

GVariant* checksum_bytes(const Checksum& c) { return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, c.data(), c.size(), 1); }

GVar commit_variant(const CommitRequest& request, const DirRef& root) {
  auto metadata = metadata_variant(request.metadata);
  auto parent = request.parent ? checksum_bytes(from_hex(*request.parent))
                               : g_variant_new_array(G_VARIANT_TYPE_BYTE, nullptr, 0);
  return take_variant(g_variant_new("(@a{sv}@ay@a(say)sst@ay@ay)", metadata.get(), parent,
                                    g_variant_new_array(G_VARIANT_TYPE("(say)"), nullptr, 0), request.subject.c_str(),
                                    request.body.c_str(), GUINT64_TO_BE(request.timestamp), checksum_bytes(root.tree),
                                    checksum_bytes(root.meta)));
}

}  // namespace

WrittenCommit write_commit(OstreeRepo* repo, const CommitRequest& request, const ProgressFn& progress,
                           GCancellable* cancellable) {
  std::vector<const std::string*> files;
  for (const auto& change : request.changes)
    if (change.op == Change::Op::kFile) files.push_back(&change.from);
  auto ingested = ingest(repo, files, progress, cancellable);

  std::optional<std::string> base;
  if (request.base) base = require_rev(repo, *request.base);
  WrittenCommit out;
  TreeEdit tree(repo, base, cancellable);
  size_t file = 0;
  for (const auto& change : request.changes) {
    check_cancelled(cancellable);
    apply(repo, tree, change, change.op == Change::Op::kFile ? ingested[file++].checksum : Checksum{}, cancellable);
  }
  for (const auto& i : ingested) {
    ++(i.written ? out.stats.objects_written : out.stats.objects_reused);
    if (i.written) out.stats.bytes_written += i.size;
  }
  auto root = tree.write(out.stats);
  auto variant = commit_variant(request, root);
  auto put = put_metadata(repo, OSTREE_OBJECT_TYPE_COMMIT, variant.get(), cancellable);
  ++(put.written ? out.stats.objects_written : out.stats.objects_reused);
  out.commit = to_hex(put.checksum);
  if (GStr checksum{ostree_commit_get_content_checksum(variant.get())}) out.root_checksum = checksum.get();
  return out;
}

}  // namespace ao
