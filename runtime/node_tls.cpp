#include "runtime/node_tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/certificate_names.hpp"

namespace dhr {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using boost::system::error_code;

// "no such file (system library)": without what is only the library's affair.
std::string reason_of(const error_code& trouble) {
  const auto reason = trouble.message();
  return reason.substr(0, reason.find(" (SSL routines)"));
}

boost::outcome_v2::failure_type<error> unreadable(const std::string& file, const char* key,
                                                  const std::string& why) {
  return fail(errc::invalid_argument, "'" + file + "' cannot be used: " + why, key);
}

result<std::unique_ptr<ssl::context>> make_context(const settings::cluster_tls& files) {
  auto made = std::make_unique<ssl::context>(ssl::context::tls_client);
  error_code trouble;
  made->use_certificate_chain_file(files.certificate, trouble);
  if (trouble) return unreadable(files.certificate, "cluster.tls.certificate", reason_of(trouble));
  made->use_private_key_file(files.key, ssl::context::pem, trouble);
  if (trouble || SSL_CTX_check_private_key(made->native_handle()) != 1) {
    return unreadable(files.key, "cluster.tls.key", "it is no key of " + files.certificate);
  }
  made->load_verify_file(files.authority, trouble);
  if (trouble) return unreadable(files.authority, "cluster.tls.authority", reason_of(trouble));
  made->set_verify_mode(ssl::verify_peer, trouble);
  SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
  return made;
}

// Only those that come in: an alert goes out after its error was noted, and the error is wanted.
void before_record(int outgoing, int, int type, const void*, std::size_t, SSL*, void*) {
  if (outgoing == 0 && type == SSL3_RT_HEADER) ERR_clear_error();
}

// One try, all its steps within one run of its io_context.
class meeting {
 public:
  meeting(ssl::context& context, std::string node, std::string host, bool names)
      : socket_{io_, context}, node_{std::move(node)}, host_{std::move(host)}, names_{names} {}

  result<void> hold(std::uint16_t port, milliseconds patience) {
    tcp::resolver resolver{io_};
    error_code trouble;
    const auto found = resolver.resolve(host_, std::to_string(port), trouble);
    if (trouble) return fail(errc::unavailable, host_ + " is not known: " + trouble.message());
    asio::async_connect(socket_.next_layer(), found,
                        [this](const error_code& failed, const tcp::endpoint&) {
                          if (failed) return gone("nothing answers: " + failed.message());
                          begin_handshake();
                        });
    io_.run_for(patience);
    if (outcome_) return *outcome_;
    return fail(errc::unavailable, std::string{"nobody "} + step_ + " within " +
                                       std::to_string(patience.count()) + " ms");
  }

 private:
  void gone(std::string why) { outcome_ = fail(errc::unavailable, std::move(why)); }
  void refused(std::string why) { outcome_ = fail(errc::invalid_argument, std::move(why)); }

  void begin_handshake() {
    step_ = "answers in TLS";
    socket_.async_handshake(ssl::stream_base::client, [this](const error_code& failed) {
      const auto verified = SSL_get_verify_result(socket_.native_handle());
      if (verified != X509_V_OK) {
        refused(std::string{"the certificate is not one of cluster.tls.authority: "} +
                X509_verify_cert_error_string(verified));
      } else if (failed.category() == asio::error::get_ssl_category()) {
        refused("there is no TLS handshake: " + reason_of(failed));
      } else if (failed) {
        gone("the connection closes: " + failed.message());
      } else {
        check_names();
      }
    });
  }

  void check_names() {
    const std::unique_ptr<X509, decltype(&X509_free)> shown{
        SSL_get1_peer_certificate(socket_.native_handle()), &X509_free};
    if (!shown) return refused("no certificate is shown");
    if (names_) {
      if (auto named = is_issued_for(shown.get(), node_, host_); !named) {
        outcome_ = std::move(named);
        return;
      }
    }
    await_word();
  }

  void await_word() {
    step_ = "says a word";
    socket_.async_read_some(asio::buffer(word_), [this](const error_code& failed, std::size_t) {
      if (!failed) {
        outcome_ = ok();
      } else if (failed.category() == asio::error::get_ssl_category()) {
        refused("this node's certificate is not accepted: " + reason_of(failed));
      } else {
        gone("the connection closes: " + failed.message());
      }
    });
  }

  asio::io_context io_{1};
  ssl::stream<tcp::socket> socket_;
  const std::string node_;
  const std::string host_;
  const bool names_;
  const char* step_ = "takes the connection";
  char word_[1] = {};
  std::optional<result<void>> outcome_;
};

}  // namespace

void keep_failures_apart() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr,
      [](void* session, void*, CRYPTO_EX_DATA*, int, long, void*) {
        SSL_set_msg_callback(static_cast<SSL*>(session), before_record);
      },
      nullptr, [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ERR_clear_error(); });
  DHR_ASSERT(index >= 0);
}

result<void> check_own_certificate(const settings::cluster_tls& files, const std::string& node,
                                   const std::string& host) {
  DHR_TRY(const auto context, make_context(files));
  if (!files.verify_names) return ok();
  auto* own = SSL_CTX_get0_certificate(context->native_handle());
  if (const auto named = is_issued_for(own, node, host); !named) {
    return fail(errc::invalid_argument,
                "the other nodes would refuse " + files.certificate + ": " + named.error().message +
                    "; have one of the two put into its alternative names, or set "
                    "cluster.tls.verify_names to false on all nodes",
                "cluster.tls.certificate");
  }
  return ok();
}

result<void> meet(const settings::cluster_tls& files, const std::string& node,
                  const std::string& host, std::uint16_t port, milliseconds patience) {
  DHR_TRY(const auto context, make_context(files));
  return meeting{*context, node, host, files.verify_names}.hold(port, patience);
}

}  // namespace dhr
