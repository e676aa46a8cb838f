#include "net/http/server.hpp"

#include "net/door/entrance.hpp"
#include "net/http/connection.hpp"

namespace dhr::http {

server::server(door::entrance opened) : running_door{std::move(opened)} {}

result<std::unique_ptr<server>> server::start(server_parts parts) {
  auto context = std::make_shared<const connection_context>(connection_context{
      parts.system, std::move(parts.conversations), parts.settings, parts.interaction_timeout,
      router{std::move(parts.shown)}, parts.counts, std::make_shared<door::connection_table>(),
      std::move(parts.gate), std::move(parts.tls), *parts.time});
  door::entrance_parts way{parts.io,
                           parts.settings.address,
                           parts.settings.port,
                           static_cast<std::size_t>(parts.settings.connections_max),
                           context->table,
                           [context](boost::asio::ip::tcp::socket socket) {
                             return make_connection(std::move(socket), context);
                           }};
  DHR_TRY(auto opened, door::entrance::open(std::move(way)));
  return std::unique_ptr<server>{new server{std::move(opened)}};
}

}  // namespace dhr::http
