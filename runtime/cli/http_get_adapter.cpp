#include "runtime/cli/http_get_adapter.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>
#include <utility>

namespace dhr::cli {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = boost::asio::ip::tcp;

// Asynchronous inside, since Beast's time-outs work on asynchronous calls only.
class get_call {
 public:
  get_call(std::string host, std::string port, const std::string& target, milliseconds timeout)
      : host_{std::move(host)}, port_{std::move(port)}, timeout_{timeout} {
    request_.method(http::verb::get);
    request_.target(target);
    request_.set(http::field::host, host_);
    request_.set(http::field::user_agent, "dhr");
  }

  result<http_answer> run() {
    tcp::resolver resolver{io_};
    stream_.expires_after(timeout_);
    resolver.async_resolve(host_, port_, [this](auto problem, const auto& endpoints) {
      if (!next(problem)) return;
      stream_.async_connect(endpoints, [this](auto failed, const auto&) {
        if (!next(failed)) return;
        http::async_write(stream_, request_, [this](auto unwritten, std::size_t) {
          if (!next(unwritten)) return;
          http::async_read(stream_, buffer_, response_,
                           [this](auto unread, std::size_t) { next(unread); });
        });
      });
    });
    io_.run();
    if (problem_) return fail(errc::unavailable, problem_.message());
    return http_answer{static_cast<int>(response_.result_int()), std::move(response_.body())};
  }

 private:
  bool next(const boost::system::error_code& problem) {
    problem_ = problem;
    return !problem;
  }

  std::string host_;
  std::string port_;
  milliseconds timeout_;
  boost::asio::io_context io_{1};
  beast::tcp_stream stream_{io_};
  http::request<http::empty_body> request_;
  http::response<http::string_body> response_;
  beast::flat_buffer buffer_;
  boost::system::error_code problem_;
};

}  // namespace

result<http_answer> http_get(const std::string& base, const std::string& target,
                             milliseconds timeout) {
  const auto url = boost::urls::parse_uri(base);
  if (!url || url->scheme() != "http" || url->host().empty()) {
    return fail(errc::invalid_argument,
                "'" + base + "' is not an address such as http://127.0.0.1:8000");
  }
  const std::string port = url->has_port() ? std::string{url->port()} : "80";
  return get_call{url->host(), port, target, timeout}.run();
}

}  // namespace dhr::cli
