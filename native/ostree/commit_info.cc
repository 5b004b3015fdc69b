#include "ostree/commit_info.h"

#include "ostree/refs.h"

namespace ao {

namespace {

std::optional<MetadataValue> value_of(GVariant* v) {
  switch (g_variant_classify(v)) {
    case G_VARIANT_CLASS_STRING:
      return std::string(g_variant_get_string(v, nullptr));
    case G_VARIANT_CLASS_BOOLEAN:
      return g_variant_get_boolean(v) != FALSE;
    case G_VARIANT_CLASS_UINT32:
      return double(g_variant_get_uint32(v));
    case G_VARIANT_CLASS_INT32:
      return double(g_variant_get_int32(v));
    case G_VARIANT_CLASS_UINT64:
      return double(g_variant_get_uint64(v));
    case G_VARIANT_CLASS_INT64:
      return double(g_variant_get_int64(v));
    default:
      break;
  }
  if (!g_variant_is_of_type(v, G_VARIANT_TYPE_STRING_ARRAY)) return std::nullopt;
  std::vector<std::string> out;
  for (gsize i = 0; i < g_variant_n_children(v); ++i) {
    GVar child(g_variant_get_child_value(v, i));
    out.emplace_back(g_variant_get_string(child.get(), nullptr));
  }
  return out;
}

GVariant* variant_of(const MetadataValue& value) {
  if (auto text = std::get_if<std::string>(&value)) return g_variant_new_string(text->c_str());
  if (auto flag = std::get_if<bool>(&value)) return g_variant_new_boolean(*flag);
  if (auto number = std::get_if<double>(&value)) return g_variant_new_int64(gint64(*number));
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (const auto& text : std::get<std::vector<std::string>>(value)) g_variant_builder_add(&builder, "s", text.c_str());
  return g_variant_builder_end(&builder);
}

}  // namespace

CommitInfo read_commit(OstreeRepo* repo, const std::string& rev) {
  CommitInfo info;
  info.checksum = require_rev(repo, rev);
  GErr error;
  GVar commit;
  error.check(ostree_repo_load_commit(repo, info.checksum.c_str(), OutPtr(commit), nullptr, error.out()),
              "reading the commit " + info.checksum);
  if (GStr parent{ostree_commit_get_parent(commit.get())}) info.parent = parent.get();
  info.timestamp = int64_t(ostree_commit_get_timestamp(commit.get()));
  const char *subject, *body;
  g_variant_get_child(commit.get(), 3, "&s", &subject);
  g_variant_get_child(commit.get(), 4, "&s", &body);
  info.subject = subject;
  info.body = body;
  if (GStr root{ostree_commit_get_content_checksum(commit.get())}) info.root_checksum = root.get();
  GVar metadata(g_variant_get_child_value(commit.get(), 0));
  GVariantIter iter;
  g_variant_iter_init(&iter, metadata.get());
  const char* key;
  GVariant* raw;
  while (g_variant_iter_next(&iter, "{&sv}", &key, &raw)) {
    GVar value(raw);
    if (auto known = value_of(value.get())) info.metadata[key] = *known;
  }
  return info;
}

GVar metadata_variant(const Metadata& metadata) {
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
  for (const auto& [key, value] : metadata) g_variant_builder_add(&builder, "{sv}", key.c_str(), variant_of(value));
  return take_variant(g_variant_builder_end(&builder));
}

}  // namespace ao
