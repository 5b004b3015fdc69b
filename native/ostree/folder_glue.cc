#include "common/args.h"
#include "common/async.h"
#include "ostree/checkout.h"
#include "ostree/materialize.h"
#include "ostree/refs.h"
#include "ostree/remove_tree.h"
#include "ostree/repo_handle.h"

namespace ao {

namespace {

// TS: checkout(repo, rev, subpath, dir, how, call): Promise<{files, bytesCopied}>
Napi::Value check_out(const Napi::CallbackInfo& info) {
  auto how = to_text(info[4]);
  if (how != "hardlink" && how != "copy") throw Napi::TypeError::New(info.Env(), "expected 'hardlink' or 'copy'");
  return async_value(
      info, "checkout",
      [state = repo_from(info[0]), rev = to_text(info[1]), subpath = to_text(info[2]), dir = to_text(info[3]),
       links = how == "hardlink"](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        return checkout(
            use.get(), require_rev(use.get(), rev), subpath, dir, links, [&](double files) { ctx.progress(files, 0); },
            cancel.get());
      },
      [](Napi::Env env, CheckoutStats& stats) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("files", Napi::Number::New(env, double(stats.files)));
        o.Set("bytesCopied", Napi::Number::New(env, double(stats.bytes_copied)));
        return o;
      });
}

// TS: materialize(repo, dir, changes, overlay, call): Promise<{links}>
Napi::Value make_real(const Napi::CallbackInfo& info) {
  return async_value(
      info, "materialize",
      [state = repo_from(info[0]), dir = to_text(info[1]), packed = to_bytes(info[2]),
       overlay = to_bool(info[3])](TaskContext& ctx) {
        CancelScope cancel(ctx);
        RepoUse use(*state);
        return materialize(use.get(), dir, parse_changes(packed), overlay, cancel.get());
      },
      [](Napi::Env env, uint64_t& links) -> Napi::Value {
        auto o = Napi::Object::New(env);
        o.Set("links", Napi::Number::New(env, double(links)));
        return o;
      });
}

// TS: removeTree(dir, call): Promise<void>
Napi::Value remove(const Napi::CallbackInfo& info) {
  return async_void(info, "removeTree", [dir = to_text(info[0])](TaskContext& ctx) {
    CancelScope cancel(ctx);
    remove_tree(dir, cancel.get());
  });
}

}  // namespace

void export_folders(Napi::Env env, Napi::Object exports) {
  exports.Set("checkout", Napi::Function::New(env, check_out));
  exports.Set("materialize", Napi::Function::New(env, make_real));
  exports.Set("removeTree", Napi::Function::New(env, remove));
}

}  // namespace ao
