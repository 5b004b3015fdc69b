// Watches a running pkgAcquire: progress, cancellation, and every item that failed or finished.
#pragma once

#include <apt-pkg/acquire.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "apt/values.h"

namespace ao::apt {

class AcquireStatus final : public pkgAcquireStatus {
 public:
  explicit AcquireStatus(const Control& control) : control_(control) {}

  // Called on the acquiring thread for every item that is complete.
  std::function<void(pkgAcquire::Item&)> on_done;

  bool bad_signature(const pkgAcquire::Item* item) const { return bad_signatures_.count(item) != 0; }
  // Addresses of detached signatures that are not there.
  const std::vector<std::string>& missing_signatures() const { return missing_signatures_; }

  bool MediaChange(std::string, std::string) override { return false; }
  void Done(pkgAcquire::ItemDesc& item) override;
  void Fail(pkgAcquire::ItemDesc& item) override;
  bool Pulse(pkgAcquire* owner) override;

 private:
  const Control& control_;
  std::set<const pkgAcquire::Item*> bad_signatures_;
  std::vector<std::string> missing_signatures_;
};

// Runs until everything is fetched; throws when cancelled.
void run_acquire(pkgAcquire& acquire, const Control& control);

bool ends_with(const std::string& text, const std::string& end);

// The address of an item without user and password.
std::string plain_uri(const pkgAcquire::Item& item);

}  // namespace ao::apt
