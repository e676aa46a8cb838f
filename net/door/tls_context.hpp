#pragma once
// OpenSSL set up once for both doors: TLS 1.2 and 1.3, forward secrecy only.

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/settings_doors.hpp"

namespace dhr::door {

// Thread-safe; connections share it, and each takes the context that is in force when it begins.
class tls_setup {
 public:
  // Nothing with mode off. To be held until the connection's handshake is done.
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;
  // Plain text is refused.
  [[nodiscard]] bool required() const noexcept;
  // Where the certificate that was made is kept; empty: nowhere, or one was given.
  [[nodiscard]] std::filesystem::path self_signed() const;
  // The certificate's SHA-256 as openssl prints it, "A1:B2:..."; empty with mode off.
  [[nodiscard]] std::string fingerprint() const;

  // Reads the files anew for the connections to come. What fails, as in make_tls, changes nothing.
  // A self-signed certificate that is kept nowhere stays.
  [[nodiscard]] result<void> reload(wall_time now);

 private:
  friend result<std::shared_ptr<tls_setup>> make_tls(const settings::tls&,
                                                     const std::filesystem::path&, wall_time);
  explicit tls_setup(settings::tls wanted) : settings_{std::move(wanted)} {}
  [[nodiscard]] result<void> load(wall_time now);

  const settings::tls settings_;
  std::filesystem::path folder_;  // of what is made; set once, before it is shared
  mutable std::mutex mutex_;      // it is exchanged while connections come in
  std::shared_ptr<boost::asio::ssl::context> context_;
};

// With settings.certificate its files, else a self-signed one kept in state_dir/tls (see
// keep_self_signed). errc::unavailable if files can't be read or written, errc::invalid_argument if
// certificate and key are none or don't belong together.
[[nodiscard]] result<std::shared_ptr<tls_setup>> make_tls(const settings::tls& settings,
                                                          const std::filesystem::path& state_dir,
                                                          wall_time now);

}  // namespace dhr::door
