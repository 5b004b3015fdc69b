#include "apt/status.h"

#include <apt-pkg/acquire-item.h>
#include <apt-pkg/acquire-worker.h>
#include <apt-pkg/strutl.h>

#include "apt/diagnostics.h"
#include "common/error.h"

namespace ao::apt {

void AcquireStatus::Done(pkgAcquire::ItemDesc& item) {
  if (on_done && item.Owner != nullptr) on_done(*item.Owner);
}

void AcquireStatus::Fail(pkgAcquire::ItemDesc& item) {
  // The verifier's jobs have addresses of their own scheme; that is the only mark a wrong signature leaves.
  if (item.URI.compare(0, 5, "gpgv:") == 0 || item.URI.compare(0, 4, "sqv:") == 0) bad_signatures_.insert(item.Owner);
  if (item.Owner != nullptr && ends_with(item.Owner->DescURI(), "/Release.gpg"))
    missing_signatures_.push_back(plain_uri(*item.Owner));
}

bool AcquireStatus::Pulse(pkgAcquire* owner) {
  pkgAcquireStatus::Pulse(owner);
  std::string text;
  if (auto* worker = owner->WorkersBegin(); worker != nullptr && worker->CurrentItem != nullptr)
    text = worker->CurrentItem->ShortDesc;
  control_.progress(static_cast<double>(CurrentBytes), static_cast<double>(TotalBytes), text);
  return !control_.cancelled();
}

void run_acquire(pkgAcquire& acquire, const Control& control) {
  constexpr int kPulseMicroseconds = 100000;
  const auto result = acquire.Run(kPulseMicroseconds);
  if (result == pkgAcquire::Cancelled || control.cancelled()) throw cancelled_error();
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string plain_uri(const pkgAcquire::Item& item) {
  ::URI uri(item.DescURI());
  uri.User.clear();
  uri.Password.clear();
  return std::string(uri);
}

}  // namespace ao::apt
