#include "net/door/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/detect_ssl.hpp>

namespace dhr::door {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace

stream::stream(tcp::socket socket) : tcp_{std::move(socket)} {
  beast::error_code ignored;
  tcp_.socket().set_option(tcp::no_delay{true}, ignored);
}

asio::awaitable<beast::error_code> stream::open(asio::ssl::context* tls,
                                                beast::flat_buffer& early) {
  if (tls == nullptr) co_return beast::error_code{};
  const auto [trouble, is_tls] = co_await beast::async_detect_ssl(tcp_, early, as_result);
  if (trouble || !is_tls) co_return trouble;
  tls_.emplace(tcp_, *tls);
  const auto read = early.data();
  const auto [unshaken, used] =
      co_await tls_->async_handshake(asio::ssl::stream_base::server, read, as_result);
  early.consume(used);
  co_return unshaken;
}

asio::awaitable<void> stream::finish(milliseconds time) {
  beast::error_code ignored;
  if (tls_) {
    tcp_.expires_after(time);
    co_await tls_->async_shutdown(as_result);
  }
  tcp_.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

void stream::close() noexcept {
  beast::error_code ignored;
  tcp_.socket().close(ignored);
}

bool stream::from_loopback() const noexcept {
  beast::error_code trouble;
  const auto peer = tcp_.socket().remote_endpoint(trouble);
  if (trouble) return false;
  const auto address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

}  // namespace dhr::door
