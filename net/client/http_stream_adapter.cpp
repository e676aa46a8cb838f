#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "net/client/http_stream.hpp"

namespace dhr {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

constexpr std::size_t problem_text_max = 2'000;

struct address {
  bool tls = false;
  std::string authority;  // as the Host header has it
  std::string host;       // as the resolver takes it, without an IPv6 address's brackets
  std::string port;
  std::string target;
};

std::optional<address> parse(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->host().empty()) return std::nullopt;
  if (parsed->scheme() != "http" && parsed->scheme() != "https") return std::nullopt;
  address found;
  found.tls = parsed->scheme() == "https";
  found.authority = parsed->encoded_host_and_port();
  found.host = parsed->host_address();
  found.port = parsed->has_port() ? std::string{parsed->port()} : (found.tls ? "443" : "80");
  found.target = parsed->encoded_resource();
  if (found.target.empty()) found.target = "/";
  return found;
}

// A call over plain TCP or TLS. Everything happens on its strand.
template <class Stream>
class call final : public http_stream_call, public std::enable_shared_from_this<call<Stream>> {
 public:
  template <class... StreamArguments>
  call(asio::strand<asio::io_context::executor_type> strand, address to,
       http_stream_request request, http_stream_handlers handlers, StreamArguments&... arguments)
      : strand_{strand},
        resolver_{strand},
        stream_{strand, arguments...},
        to_{std::move(to)},
        timeouts_{std::move(request)},
        handlers_{std::move(handlers)} {
    request_.method(http::verb::post);
    request_.target(to_.target);
    request_.set(http::field::host, to_.authority);
    request_.set(http::field::content_type, timeouts_.content_type);
    request_.set(http::field::accept, timeouts_.accept);
    request_.set(http::field::user_agent, "dhr");
    if (!timeouts_.bearer.empty()) {
      request_.set(http::field::authorization, "Bearer " + timeouts_.bearer);
    }
    request_.body() = std::move(timeouts_.body);
    request_.prepare_payload();
    parser_.body_limit(boost::none);
  }

  void start() {
    asio::post(strand_, [self = this->shared_from_this()] { self->resolve(); });
  }

  void cancel() override {
    asio::post(strand_, [self = this->shared_from_this()] {
      self->handlers_ = {};
      self->close();
    });
  }

 private:
  beast::tcp_stream& socket() { return beast::get_lowest_layer(stream_); }

  void close() {
    resolver_.cancel();
    socket().close();
  }

  // Goes on with `next` on the strand unless the step failed.
  template <class Next>
  auto then(Next next) {
    return [self = this->shared_from_this(), next](error_code problem, auto&&...) {
      if (problem) {
        self->broken(problem);
      } else if (self->handlers_.finished) {  // else it was cancelled while this step was queued
        next(*self);
      }
    };
  }

  void resolve() {
    if (!handlers_.finished) return;
    // The resolver has no time-out of its own, so the stage is guarded by a timer.
    deadline_.expires_after(timeouts_.connect_timeout);
    deadline_.async_wait([self = this->shared_from_this()](error_code problem) {
      if (!problem) self->resolver_.cancel();
    });
    resolver_.async_resolve(to_.host, to_.port,
                            [self = this->shared_from_this()](
                                error_code problem, const tcp::resolver::results_type& found) {
                              self->deadline_.cancel();
                              if (problem) return self->broken(problem);
                              self->connect(found);
                            });
  }

  void connect(const tcp::resolver::results_type& found) {
    socket().expires_after(timeouts_.connect_timeout);
    socket().async_connect(found, then([](call& self) { self.shake_hands(); }));
  }

  void shake_hands() {
    error_code ignored;
    socket().socket().set_option(tcp::no_delay{true}, ignored);
    if constexpr (std::is_same_v<Stream, tls_stream>) {
      SSL_set_tlsext_host_name(stream_.native_handle(), to_.host.c_str());
      stream_.set_verify_callback(asio::ssl::host_name_verification{to_.host});
      stream_.async_handshake(asio::ssl::stream_base::client,
                              then([](call& self) { self.write(); }));
    } else {
      write();
    }
  }

  void write() {
    connected_ = true;
    socket().expires_after(timeouts_.first_byte_timeout);
    http::async_write(stream_, request_, then([](call& self) { self.read_head(); }));
  }

  void read_head() {
    http::async_read_header(stream_, buffer_, parser_, then([](call& self) { self.take_body(); }));
  }

  // The string body grows with each read; what is there is handed on and taken out.
  void take_body() {
    auto& body = parser_.get().body();
    const bool good = parser_.get().result_int() / 100 == 2;
    if (good && !body.empty()) {
      if (handlers_.piece) handlers_.piece(body);
      got_piece_ = true;
      body.clear();
    }
    if (parser_.is_done() || (!good && body.size() > problem_text_max)) {
      return finish(good ? result<void>{ok()} : refused());
    }
    socket().expires_after(got_piece_ ? timeouts_.idle_timeout : timeouts_.first_byte_timeout);
    http::async_read_some(stream_, buffer_, parser_, then([](call& self) { self.take_body(); }));
  }

  result<void> refused() {
    const auto& answer = parser_.get();
    const auto status = answer.result_int();
    error problem{status == 429 || status >= 500 ? errc::unavailable : errc::invalid_argument,
                  to_.host + " answered " + std::to_string(status) + ": " +
                      answer.body().substr(0, problem_text_max),
                  timeouts_.url,
                  {}};
    const auto wait = answer[http::field::retry_after];
    int seconds = 0;
    if (std::from_chars(wait.data(), wait.data() + wait.size(), seconds).ec == std::errc{} &&
        seconds >= 0 && seconds <= 3'600) {
      problem.retry_after = std::chrono::seconds{seconds};
    }
    return boost::outcome_v2::failure(std::move(problem));
  }

  void broken(const error_code& problem) {
    if (problem == beast::error::timeout) {
      const char* stage = !connected_  ? "to connect"
                          : got_piece_ ? "for the next piece"
                                       : "for the first piece";
      return finish(fail(errc::deadline, to_.host + " took too long " + stage, timeouts_.url));
    }
    if (!connected_) {
      return finish(fail(errc::unavailable,
                         "cannot reach " + to_.host + ":" + to_.port + ": " + problem.message(),
                         timeouts_.url));
    }
    finish(fail(got_piece_ ? errc::failed : errc::unavailable,
                "the connection to " + to_.host + " broke off: " + problem.message(),
                timeouts_.url));
  }

  void finish(result<void> outcome) {
    close();
    auto handlers = std::exchange(handlers_, {});
    if (handlers.finished) handlers.finished(std::move(outcome));
  }

  asio::strand<asio::io_context::executor_type> strand_;
  tcp::resolver resolver_;
  asio::steady_timer deadline_{strand_};
  Stream stream_;
  address to_;
  http_stream_request timeouts_;
  http_stream_handlers handlers_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  bool connected_ = false;
  bool got_piece_ = false;
};

// Trusts what the machine trusts.
asio::ssl::context& tls_context() {
  static asio::ssl::context context = [] {
    asio::ssl::context made{asio::ssl::context::tls_client};
    error_code ignored;
    made.set_default_verify_paths(ignored);
    made.set_verify_mode(asio::ssl::verify_peer, ignored);
    return made;
  }();
  return context;
}

struct no_call final : http_stream_call {
  void cancel() override {}
};

}  // namespace

std::shared_ptr<http_stream_call> post_stream(asio::io_context& io, http_stream_request request,
                                              http_stream_handlers handlers) {
  auto to = parse(request.url);
  if (!to) {
    asio::post(io, [finished = std::move(handlers.finished), url = request.url] {
      finished(fail(errc::invalid_argument, "'" + url + "' is not an http or https address", url));
    });
    return std::make_shared<no_call>();
  }
  auto strand = asio::make_strand(io);
  if (to->tls) {
    auto made = std::make_shared<call<tls_stream>>(strand, std::move(*to), std::move(request),
                                                   std::move(handlers), tls_context());
    made->start();
    return made;
  }
  auto made = std::make_shared<call<beast::tcp_stream>>(strand, std::move(*to), std::move(request),
                                                        std::move(handlers));
  made->start();
  return made;
}

}  // namespace dhr
