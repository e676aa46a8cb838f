#pragma once
// One accepted connection that turns out to speak TLS or plain text. Beast's operations take it as
// they take a socket. Internal to the doors: it brings Beast and OpenSSL in.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <optional>
#include <utility>

#include "runtime/base/clock.hpp"

namespace dhr::door {

// Lives on: the strand that is its socket's executor. Time-outs are set on next_layer() and hold
// for what is read and written through TLS as well.
class stream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;
  using next_layer_type = boost::beast::tcp_stream;

  explicit stream(boost::asio::ip::tcp::socket socket);

  executor_type get_executor() noexcept { return tcp_.get_executor(); }
  next_layer_type& next_layer() noexcept { return tcp_; }
  const next_layer_type& next_layer() const noexcept { return tcp_; }

  // Waits for the first bytes, and shakes hands if they are TLS's and there is a `tls`. Plain text
  // that was read already is left in `early`. Without `tls` nothing is waited for.
  [[nodiscard]] boost::asio::awaitable<boost::beast::error_code> open(
      boost::asio::ssl::context* tls, boost::beast::flat_buffer& early);
  [[nodiscard]] bool encrypted() const noexcept { return tls_.has_value(); }

  // Tells the other side that nothing more comes; what it has to say to that is waited for `time`
  // at most.
  [[nodiscard]] boost::asio::awaitable<void> finish(milliseconds time);
  // Cuts off whatever is under way.
  void close() noexcept;
  [[nodiscard]] bool from_loopback() const noexcept;

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::beast::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          if (tls_) {
            tls_->async_read_some(into, std::move(handler));
          } else {
            tcp_.async_read_some(into, std::move(handler));
          }
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::beast::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (tls_) {
            tls_->async_write_some(from, std::move(handler));
          } else {
            tcp_.async_write_some(from, std::move(handler));
          }
        },
        token, buffers);
  }

  // Beast looks these up to end a WebSocket's connection.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, stream& ended, Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    if (ended.tls_) {
      async_teardown(role, *ended.tls_, std::forward<Handler>(handler));
    } else {
      async_teardown(role, ended.tcp_, std::forward<Handler>(handler));
    }
  }

 private:
  boost::beast::tcp_stream tcp_;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

}  // namespace dhr::door
