#pragma once
// How a door ends: no new connections, a word to each living one, a deadline.

#include <future>
#include <memory>

#include "net/door/connection_table.hpp"
#include "net/door/listener.hpp"
#include "runtime/base/clock.hpp"

namespace dhr::door {

// Ready when no connection lives; what is left after `grace` is cut off. The io_context must run.
[[nodiscard]] std::future<void> stop_gracefully(boost::asio::io_context& io,
                                                const std::shared_ptr<tcp_listener>& listener,
                                                const std::shared_ptr<connection_table>& table,
                                                milliseconds grace);

}  // namespace dhr::door
