#include "runtime/cli/http_get_adapter.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url/parse.hpp>
#include <type_traits>
#include <utility>

namespace dhr::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;
using secure_stream = beast::ssl_stream<beast::tcp_stream>;

struct endpoint {
  std::string host;  // without the brackets of IPv6
  std::string port;
  bool secure = false;
};

result<endpoint> read_address(const std::string& base) {
  const auto url = boost::urls::parse_uri(base);
  const bool known = url && (url->scheme() == "http" || url->scheme() == "https");
  if (!known || url->host_address().empty()) {
    return fail(errc::invalid_argument, "'" + base +
                                            "' is not an address such as http://127.0.0.1:8000 or "
                                            "https://example.org:8000");
  }
  endpoint to{url->host_address(), url->port(), url->scheme() == "https"};
  if (to.port.empty()) to.port = to.secure ? "443" : "80";
  return to;
}

result<void> trust(ssl::context& context, const http_place& place) {
  error_code problem;
  context.set_verify_mode(ssl::verify_peer);
  context.set_default_verify_paths(problem);
  for (const auto& file : place.trusted) {
    context.load_verify_file(file.string(), problem);
    if (problem) {
      return fail(errc::invalid_argument, file.string() + " holds no certificate (PEM)",
                  file.string());
    }
  }
  return ok();
}

// Asynchronous inside, since Beast's time-outs work on asynchronous calls only.
template <class Stream>
class get_call {
 public:
  // `context`: of a TLS stream.
  template <class... Context>
  get_call(endpoint to, const http_place& place, const std::string& target, Context&... context)
      : to_{std::move(to)}, stream_{io_, context...} {
    request_.method(http::verb::get);
    request_.target(target);
    request_.set(http::field::host, to_.host);
    request_.set(http::field::user_agent, "dhr");
    if (!place.key.empty()) request_.set(http::field::authorization, "Bearer " + place.key);
  }

  result<http_answer> run(milliseconds timeout) {
    tcp::resolver resolver{io_};
    beast::get_lowest_layer(stream_).expires_after(timeout);
    resolver.async_resolve(to_.host, to_.port, [this](auto problem, const auto& endpoints) {
      if (!next(problem)) return;
      beast::get_lowest_layer(stream_).async_connect(endpoints, [this](auto failed, const auto&) {
        if (next(failed)) shake_hands();
      });
    });
    io_.run();
    if (untrusted_) {
      return fail(errc::failed, "its certificate is not trusted: " + problem_.message());
    }
    if (problem_) return fail(errc::unavailable, problem_.message());
    return http_answer{static_cast<int>(response_.result_int()), std::move(response_.body())};
  }

 private:
  bool next(const error_code& problem) {
    problem_ = problem;
    return !problem;
  }

  void shake_hands() {
    if constexpr (std::is_same_v<Stream, secure_stream>) {
      SSL_set_tlsext_host_name(stream_.native_handle(), to_.host.c_str());
      stream_.set_verify_callback(ssl::host_name_verification{to_.host});
      stream_.async_handshake(ssl::stream_base::client, [this](auto problem) {
        untrusted_ = SSL_get_verify_result(stream_.native_handle()) != X509_V_OK;
        if (next(problem)) ask();
      });
    } else {
      ask();
    }
  }

  void ask() {
    http::async_write(stream_, request_, [this](auto unwritten, std::size_t) {
      if (!next(unwritten)) return;
      http::async_read(stream_, buffer_, response_,
                       [this](auto unread, std::size_t) { next(unread); });
    });
  }

  endpoint to_;
  asio::io_context io_{1};
  Stream stream_;
  http::request<http::empty_body> request_;
  http::response<http::string_body> response_;
  beast::flat_buffer buffer_;
  error_code problem_;
  bool untrusted_ = false;
};

}  // namespace

result<http_answer> http_get(const http_place& place, const std::string& target,
                             milliseconds timeout) {
  DHR_TRY(auto to, read_address(place.base));
  if (!to.secure) return get_call<beast::tcp_stream>{std::move(to), place, target}.run(timeout);
  ssl::context context{ssl::context::tls_client};
  DHR_TRY(trust(context, place));
  return get_call<secure_stream>{std::move(to), place, target, context}.run(timeout);
}

}  // namespace dhr::cli
