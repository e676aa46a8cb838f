#pragma once
// Both doors ask it for everyone who wants in: the policy, and the accounts of the keys.

#include <memory>
#include <mutex>
#include <utility>
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

  // Whether a browser's page may read the answer to this request: whether its origin may come in.
  // False without one.
  [[nodiscard]] bool is_open_to_page(const knock& asked) const;

  [[nodiscard]] std::size_t keys() const;

  // Reads the settings' keys file anew; what fails, as in make, changes nothing. Who came in stays,
  // and a key that is still there keeps what it has used.
  [[nodiscard]] result<void> reload();

 private:
  // Constant after it was made.
  struct keyring {
    access_policy policy;
    std::vector<std::shared_ptr<admission::account>> accounts;  // one per key, in its order
  };

  explicit gate(settings::access settings) : settings_{std::move(settings)} {}
  [[nodiscard]] std::shared_ptr<const keyring> ring() const;
  void use(std::vector<access_key> keys);
  static std::shared_ptr<admission> admit(const keyring& ring, const visitor& who, bool counted);

  const settings::access settings_;
  mutable std::mutex mutex_;  // it is exchanged while clients come in
  std::shared_ptr<const keyring> ring_;
};

}  // namespace dhr::door
