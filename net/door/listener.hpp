#pragma once
// Accepts TCP connections and gives each a strand of its own. Beast-free; used by both doors.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <functional>
#include <memory>
#include <string>

#include "runtime/base/result.hpp"

namespace dhr::door {

// Lives on: its strand of the io_context. Thread-safe.
class tcp_listener : public std::enable_shared_from_this<tcp_listener> {
 public:
  using on_socket = std::function<void(boost::asio::ip::tcp::socket)>;

  // Binds and listens. `address` is an IPv4 or IPv6 address; port 0 takes a free one. `accepted` is
  // called on the listener's strand; the socket's executor is a new strand. errc::unavailable names
  // address and port if they can't be had.
  [[nodiscard]] static result<std::shared_ptr<tcp_listener>> open(boost::asio::io_context& io,
                                                                  const std::string& address,
                                                                  int port, on_socket accepted);
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  // Stops for good, then calls `then` on the strand: no socket is given out after it.
  void stop(std::function<void()> then);

 private:
  tcp_listener(boost::asio::io_context& io, on_socket accepted)
      : io_{io},
        strand_{boost::asio::make_strand(io)},
        acceptor_{strand_},
        pause_{strand_},
        accepted_{std::move(accepted)} {}
  void accept();

  boost::asio::io_context& io_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;  // when the process has no more file descriptors
  on_socket accepted_;
  std::uint16_t port_ = 0;
};

}  // namespace dhr::door
