#include "net/door/listener.hpp"

#include <boost/asio/post.hpp>

namespace dhr::door {

namespace asio = boost::asio;
using asio::ip::tcp;

result<std::shared_ptr<tcp_listener>> tcp_listener::open(asio::io_context& io,
                                                         const std::string& address, int port,
                                                         on_socket accepted) {
  const auto where = address + ':' + std::to_string(port);
  boost::system::error_code trouble;
  const auto ip = asio::ip::make_address(address, trouble);
  if (trouble) return fail(errc::invalid_argument, "'" + address + "' is not an IP address", where);
  std::shared_ptr<tcp_listener> listener{new tcp_listener{io, std::move(accepted)}};
  auto& acceptor = listener->acceptor_;
  const tcp::endpoint endpoint{ip, static_cast<std::uint16_t>(port)};
  acceptor.open(endpoint.protocol(), trouble);
  if (!trouble) acceptor.set_option(asio::socket_base::reuse_address{true}, trouble);
  if (!trouble) acceptor.bind(endpoint, trouble);
  if (!trouble) acceptor.listen(asio::socket_base::max_listen_connections, trouble);
  if (trouble) {
    return fail(errc::unavailable, "cannot listen on " + where + ": " + trouble.message(), where);
  }
  listener->port_ = acceptor.local_endpoint(trouble).port();
  asio::post(listener->strand_, [listener] { listener->accept(); });
  return listener;
}

void tcp_listener::accept() {
  if (!acceptor_.is_open()) return;
  acceptor_.async_accept(
      asio::make_strand(io_),
      [self = shared_from_this()](boost::system::error_code trouble, tcp::socket socket) {
        if (!self->acceptor_.is_open()) return;
        if (!trouble) {
          self->accepted_(std::move(socket));
          return self->accept();
        }
        self->pause_.expires_after(std::chrono::milliseconds{100});
        self->pause_.async_wait([self](boost::system::error_code) { self->accept(); });
      });
}

void tcp_listener::stop(std::function<void()> then) {
  asio::post(strand_, [self = shared_from_this(), then = std::move(then)] {
    boost::system::error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
    then();
  });
}

}  // namespace dhr::door
