#pragma once
// Both doors ask it for everyone who wants in: the policy, and the accounts of the keys.

#include <memory>
#include <vector>

#include "net/door/access.hpp"
#include "net/door/admission.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/settings_doors.hpp"

namespace dhr::door {

// Thread-safe. Shared by the doors and, through admissions, by their connections.
class gate {
 public:
  // Reads settings.keys_file. errc::unavailable if it can't be read, errc::invalid_argument if a
  // key is none, or if there is none although the file was to bring some.
  [[nodiscard]] static result<std::shared_ptr<gate>> make(const settings::access& settings);
  // Lets everybody in who does not come from a foreign page.
  [[nodiscard]] static std::shared_ptr<gate> without_keys();

  // For one HTTP request.
  [[nodiscard]] admitted<std::shared_ptr<admission>> visit(const knock& asked, openness path) const;
  // For a connection that stays and counts: 429 when its key has as many as it may.
  [[nodiscard]] admitted<std::shared_ptr<admission>> enter(const knock& asked) const;

  [[nodiscard]] bool wants_keys() const noexcept { return !policy_.keys().empty(); }

 private:
  gate(access_policy policy, const settings::access& limits);
  [[nodiscard]] std::shared_ptr<admission> admit(const visitor& who, bool counted) const;

  const access_policy policy_;
  const std::size_t connections_max_;                          // of one key; 0: any number
  std::vector<std::shared_ptr<admission::account>> accounts_;  // one per key, in the policy's order
};

}  // namespace dhr::door
