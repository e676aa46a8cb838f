#include "net/door/graceful_stop.hpp"

#include <boost/asio/post.hpp>

namespace dhr::door {

namespace asio = boost::asio;

std::future<void> stop_gracefully(asio::io_context& io,
                                  const std::shared_ptr<tcp_listener>& listener,
                                  const std::shared_ptr<connection_table>& table,
                                  milliseconds grace) {
  const auto done = std::make_shared<std::promise<void>>();
  listener->stop([table, grace, done, &io] {
    for (const auto& connection : table->all()) connection->shut_down();
    const auto timer = std::make_shared<asio::steady_timer>(io, grace);
    timer->async_wait([table, timer](boost::system::error_code trouble) {
      if (trouble) return;
      for (const auto& connection : table->all()) connection->abort();
    });
    table->when_empty([done, timer, &io] {
      asio::post(io, [timer, done] {
        timer->cancel();
        done->set_value();
      });
    });
  });
  return done->get_future();
}

}  // namespace dhr::door
