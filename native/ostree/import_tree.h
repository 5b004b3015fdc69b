// The tree of a package's commit: /manifest, /control/<member>, /data/<payload>.
#pragma once

#include "deb/package.h"
#include "ostree/import_store.h"

namespace ao {

// Writes the tree's objects and returns its root.
GPtr<GFile> write_package_tree(OstreeRepo* repo, const deb::Package& package, ImportStore& store,
                               GCancellable* cancellable);

}  // namespace ao
