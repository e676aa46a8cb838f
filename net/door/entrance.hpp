#pragma once
// Where the connections of one door come in: accepted, counted, carried on, told to end.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "net/door/connection_table.hpp"
#include "net/door/listener.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::door {

struct entrance_parts {
  boost::asio::io_context& io;
  std::string address;
  int port = 0;
  std::size_t connections_max = 1'024;
  std::shared_ptr<connection_table> table;
  // Makes a connection, which holds its place in the table; called on the listener's strand.
  std::function<std::shared_ptr<live_connection>(boost::asio::ip::tcp::socket)> make;
};

// Thread-safe.
class entrance {
 public:
  // Listens at once. Connections past the limit run with `refused`, so that they can tell their
  // clients; when too many of those wait as well they are cut off.
  [[nodiscard]] static result<entrance> open(entrance_parts parts);

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_->port(); }
  [[nodiscard]] std::size_t connections() const { return table_->size(); }
  void stop_accepting();
  // As stop_gracefully.
  [[nodiscard]] std::future<void> stop(milliseconds grace);

 private:
  entrance(boost::asio::io_context& io, std::shared_ptr<connection_table> table,
           std::shared_ptr<tcp_listener> listener)
      : io_{&io}, table_{std::move(table)}, listener_{std::move(listener)} {}

  boost::asio::io_context* io_;
  std::shared_ptr<connection_table> table_;
  std::shared_ptr<tcp_listener> listener_;
};

}  // namespace dhr::door
