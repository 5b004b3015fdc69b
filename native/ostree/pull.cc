#include "ostree/pull.h"

namespace ao {

namespace {

uint64_t counted(OstreeAsyncProgress* progress, std::initializer_list<const char*> keys) {
  uint64_t sum = 0;
  for (auto key : keys) sum += ostree_async_progress_get_uint(progress, key);
  return sum;
}

}  // namespace

WriteStats pull_local(RepoUse& target, const std::string& source, const std::vector<std::string>& refs,
                      GCancellable* cancellable) {
  // libostree iterates the thread's default context while it pulls.
  MainContextScope context;
  GErr error;
  GStr url(g_filename_to_uri(source.c_str(), nullptr, error.out()));
  error.check(url.get(), "pulling from " + source);

  GVariantBuilder names, options;
  g_variant_builder_init(&names, G_VARIANT_TYPE_STRING_ARRAY);
  for (const auto& ref : refs) g_variant_builder_add(&names, "s", ref.c_str());
  g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add(&options, "{sv}", "refs", g_variant_builder_end(&names));
  g_variant_builder_add(&options, "{sv}", "flags", g_variant_new_int32(OSTREE_REPO_PULL_FLAGS_NONE));
  g_variant_builder_add(&options, "{sv}", "gpg-verify", g_variant_new_boolean(FALSE));
  g_variant_builder_add(&options, "{sv}", "gpg-verify-summary", g_variant_new_boolean(FALSE));
  g_variant_builder_add(&options, "{sv}", "disable-static-deltas", g_variant_new_boolean(TRUE));
  g_variant_builder_add(&options, "{sv}", "inherit-transaction", g_variant_new_boolean(target.state().in_transaction));
  auto arguments = take_variant(g_variant_builder_end(&options));

  GPtr<OstreeAsyncProgress> progress(ostree_async_progress_new());
  gboolean ok = ostree_repo_pull_with_options(target.get(), url.get(), arguments.get(), progress.get(), cancellable, error.out());
  WriteStats stats;
  stats.objects_written = counted(progress.get(), {"fetched", "metadata-fetched-localcache", "content-fetched-localcache"});
  stats.objects_reused = 0;
  stats.bytes_written = ostree_async_progress_get_uint64(progress.get(), "bytes-transferred");
  ostree_async_progress_finish(progress.get());
  error.check(ok, "pulling from " + source);
  return stats;
}

}  // namespace ao
