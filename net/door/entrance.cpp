#include "net/door/entrance.hpp"

#include <boost/asio/co_spawn.hpp>

#include "net/door/graceful_stop.hpp"

namespace dhr::door {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Refused clients are told so, up to this many at once; more are cut off.
constexpr std::size_t refusals_max = 64;

// The connection lives until its coroutine and its pending operations are done.
void run(const std::shared_ptr<live_connection>& connection, const asio::any_io_executor& strand,
         bool refused) {
  // What Beast throws in spite of error codes (out of memory) ends this connection alone.
  asio::co_spawn(
      strand, [connection, refused] { return connection->run(refused); },
      [connection](const std::exception_ptr& thrown) {
        if (thrown) connection->abort();
      });
}

}  // namespace

result<entrance> entrance::open(entrance_parts parts) {
  auto accepted = [table = parts.table, make = std::move(parts.make),
                   connections_max = parts.connections_max](tcp::socket socket) {
    const auto living = table->size();
    if (living >= connections_max + refusals_max) return;  // the socket closes itself
    const asio::any_io_executor strand = socket.get_executor();
    const auto connection = make(std::move(socket));
    table->add(connection.get(), connection);
    run(connection, strand, living >= connections_max);
  };
  DHR_TRY(auto listener,
          tcp_listener::open(parts.io, parts.address, parts.port, std::move(accepted)));
  return entrance{parts.io, std::move(parts.table), std::move(listener)};
}

void entrance::stop_accepting() {
  listener_->stop([] {});
}

std::future<void> entrance::stop(milliseconds grace) {
  return stop_gracefully(*io_, listener_, table_, grace);
}

}  // namespace dhr::door
