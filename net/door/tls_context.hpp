#pragma once
// OpenSSL set up once for both doors: TLS 1.2 and 1.3, forward secrecy only.

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/settings_doors.hpp"

namespace dhr::door {

// Constant after it was made; connections share it.
struct tls_setup {
  std::unique_ptr<boost::asio::ssl::context> context;  // nothing with mode off
  bool required = false;
  std::filesystem::path self_signed;  // the certificate that was made, where it is kept
};

// With settings.certificate its files, else a self-signed one kept in state_dir/tls (see
// keep_self_signed). errc::unavailable if files can't be read or written, errc::invalid_argument if
// certificate and key are none or don't belong together.
[[nodiscard]] result<std::shared_ptr<const tls_setup>> make_tls(
    const settings::tls& settings, const std::filesystem::path& state_dir, wall_time now);

}  // namespace dhr::door
