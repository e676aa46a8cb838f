#include "net/http/server.hpp"

#include "net/http/connection.hpp"
#include "net/realtime/graceful_stop.hpp"
#include "net/realtime/listener.hpp"

namespace dhr::http {
namespace {

namespace asio = boost::asio;

// Refused clients are told so, up to this many at once; more are cut off.
constexpr std::size_t refusals_max = 64;

}  // namespace

struct server::impl {
  asio::io_context& io;
  std::shared_ptr<const connection_context> context;
  std::shared_ptr<realtime::tcp_listener> listener;
};

server::server(std::unique_ptr<impl> parts) : impl_{std::move(parts)} {}
server::~server() = default;

result<std::unique_ptr<server>> server::start(server_parts parts) {
  auto context = std::make_shared<const connection_context>(
      connection_context{parts.system, std::move(parts.directory), parts.settings,
                         parts.interaction_timeout, router{std::move(parts.shown)}, parts.counts,
                         std::make_shared<realtime::connection_table>()});
  const auto connections_max = static_cast<std::size_t>(parts.settings.connections_max);
  auto accepted = [context, connections_max](asio::ip::tcp::socket socket) {
    const auto living = context->table->size();
    if (living >= connections_max + refusals_max) return;  // the socket closes itself
    start_connection(std::move(socket), context, living >= connections_max);
  };
  DHR_TRY(auto listener, realtime::tcp_listener::open(parts.io, parts.settings.address,
                                                      parts.settings.port, std::move(accepted)));
  return std::unique_ptr<server>{
      new server{std::make_unique<impl>(impl{parts.io, context, std::move(listener)})}};
}

std::uint16_t server::port() const noexcept { return impl_->listener->port(); }

std::size_t server::connections() const { return impl_->context->table->size(); }

void server::stop_accepting() {
  impl_->listener->stop([] {});
}

std::future<void> server::stop(milliseconds grace) {
  return realtime::stop_gracefully(impl_->io, impl_->listener, impl_->context->table, grace);
}

}  // namespace dhr::http
