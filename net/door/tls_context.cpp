#include "net/door/tls_context.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <fstream>
#include <sstream>
#include <string_view>

#include "net/door/self_signed.hpp"

namespace dhr::door {
namespace {

namespace fs = std::filesystem;
namespace ssl = boost::asio::ssl;

constexpr auto ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

result<std::string> read_pem(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) return fail(errc::unavailable, path + " cannot be read", path);
  return text.str();
}

// "a.example, 10.0.0.1" and the machine's own name.
std::vector<std::string> names_of(const settings::tls& settings) {
  std::vector<std::string> names;
  std::istringstream parts{settings.names};
  for (std::string part; std::getline(parts, part, ',');) {
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) names.push_back(std::move(part));
  }
  boost::system::error_code trouble;
  auto own = boost::asio::ip::host_name(trouble);
  const auto allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (!trouble && !own.empty() && own.find_first_not_of(allowed) == std::string::npos) {
    names.push_back(std::move(own));
  }
  return names;
}

result<void> use(ssl::context& context, const certificate_files& files, const std::string& where) {
  boost::system::error_code trouble;
  context.use_certificate_chain(boost::asio::buffer(files.certificate), trouble);
  if (trouble) {
    return fail(errc::invalid_argument, where + " is no certificate: " + trouble.message(), where);
  }
  context.use_private_key(boost::asio::buffer(files.key), ssl::context::pem, trouble);
  if (trouble || SSL_CTX_check_private_key(context.native_handle()) != 1) {
    return fail(errc::invalid_argument, "the private key does not belong to " + where, where);
  }
  return ok();
}

result<std::shared_ptr<ssl::context>> make_context() {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code trouble;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                           ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                       trouble);
  auto* handle = context->native_handle();
  SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION);
  // Buffers of idle connections are given back: thousands of them wait in silence.
  SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);
  if (trouble || SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(handle, ciphers_of_tls_1_2) != 1) {
    return fail(errc::failed, "OpenSSL cannot be set up for TLS 1.2");
  }
  return context;
}

}  // namespace

std::shared_ptr<ssl::context> tls_setup::context() const {
  const std::lock_guard lock{mutex_};
  return context_;
}

fs::path tls_setup::self_signed() const {
  return folder_.empty() ? fs::path{} : folder_ / "certificate.pem";
}

bool tls_setup::required() const noexcept { return settings_.mode == settings::tls_mode::required; }

std::string tls_setup::fingerprint() const {
  const auto now = context();
  const auto* certificate = now ? SSL_CTX_get0_certificate(now->native_handle()) : nullptr;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) {
    return {};
  }
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    if (i > 0) text += ':';
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

result<void> tls_setup::load(wall_time now) {
  DHR_TRY(auto made, make_context());
  if (settings_.certificate.empty()) {
    DHR_TRY(const auto files, keep_self_signed(folder_, names_of(settings_), now));
    DHR_TRY(use(*made, files, "the self-signed certificate"));
  } else {
    DHR_TRY(auto certificate, read_pem(settings_.certificate));
    DHR_TRY(auto key, read_pem(settings_.key));
    DHR_TRY(use(*made, {std::move(certificate), std::move(key)}, settings_.certificate));
  }
  const std::lock_guard lock{mutex_};
  context_ = std::move(made);
  return ok();
}

result<void> tls_setup::reload(wall_time now) {
  if (settings_.mode == settings::tls_mode::off) return ok();
  if (settings_.certificate.empty() && folder_.empty()) return ok();
  return load(now);
}

result<std::shared_ptr<tls_setup>> make_tls(const settings::tls& settings,
                                            const fs::path& state_dir, wall_time now) {
  std::shared_ptr<tls_setup> setup{new tls_setup{settings}};
  if (settings.mode == settings::tls_mode::off) return setup;
  if (settings.certificate.empty() && !state_dir.empty()) {
    setup->folder_ = state_dir / "tls";
  }
  DHR_TRY(setup->load(now));
  return setup;
}

}  // namespace dhr::door
