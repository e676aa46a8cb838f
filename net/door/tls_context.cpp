#include "net/door/tls_context.hpp"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <fstream>
#include <sstream>

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

result<std::unique_ptr<ssl::context>> make_context() {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
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

result<std::shared_ptr<const tls_setup>> make_tls(const settings::tls& settings,
                                                  const fs::path& state_dir, wall_time now) {
  auto setup = std::make_shared<tls_setup>();
  if (settings.mode == settings::tls_mode::off) return setup;
  setup->required = settings.mode == settings::tls_mode::required;
  DHR_TRY(setup->context, make_context());
  if (!settings.certificate.empty()) {
    DHR_TRY(auto certificate, read_pem(settings.certificate));
    DHR_TRY(auto key, read_pem(settings.key));
    DHR_TRY(use(*setup->context, {std::move(certificate), std::move(key)}, settings.certificate));
    return setup;
  }
  const auto folder = state_dir.empty() ? fs::path{} : state_dir / "tls";
  DHR_TRY(const auto made, keep_self_signed(folder, names_of(settings), now));
  if (!folder.empty()) setup->self_signed = folder / "certificate.pem";
  DHR_TRY(use(*setup->context, made, "the self-signed certificate"));
  return setup;
}

}  // namespace dhr::door
