// Over real sockets of this machine.

#include "runtime/connector_actor.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <set>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

// A socket on a free port of loopback; listens, or only keeps the port.
struct port_holder {
  int number = ::socket(AF_INET, SOCK_STREAM, 0);
  std::uint16_t port = 0;

  explicit port_holder(bool listens) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(number, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(number, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
    if (listens) REQUIRE(::listen(number, 4) == 0);
  }
  ~port_holder() { ::close(number); }
  port_holder(const port_holder&) = delete;
  port_holder& operator=(const port_holder&) = delete;
};

}  // namespace

TEST_CASE("a port that listens takes connections, one that does not refuses them") {
  const port_holder listening{true};
  const port_holder deaf{false};
  CHECK(takes_connections("127.0.0.1", listening.port, 5s));
  CHECK_FALSE(takes_connections("127.0.0.1", deaf.port, 5s));
}

TEST_CASE("an address that swallows what is sent to it is given up after the patience") {
  // Of the range that is kept for documentation, and routed nowhere.
  CHECK_FALSE(takes_connections("192.0.2.1", 9, 50ms));
}

TEST_CASE("CAF is asked to connect only to what answers") {
  const port_holder listening{true};
  const port_holder deaf{false};
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  auto asked = std::make_shared<std::vector<std::uint16_t>>();
  const auto middleman = system.spawn([asked]() -> caf::behavior {
    return {[asked](caf::connect_atom, const std::string&, std::uint16_t port)
                -> caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>> {
      asked->push_back(port);
      return {caf::node_id{}, caf::strong_actor_ptr{}, std::set<std::string>{}};
    }};
  });
  const auto connector =
      spawn_connector(system, caf::actor_cast<caf::io::middleman_actor>(middleman), {5s, {}});
  const auto reaches = [&](std::uint16_t port) {
    bool reached = false;
    self->request(connector, 20s, caf::connect_atom::value, std::string{"127.0.0.1"}, port,
                  std::string{"anna"})
        .receive([&](const caf::node_id&, const caf::strong_actor_ptr&,
                     const std::set<std::string>&) { reached = true; },
                 [](const caf::error&) {});
    return reached;
  };
  CHECK_FALSE(reaches(deaf.port));
  CHECK(reaches(listening.port));
  CHECK(*asked == std::vector{listening.port});
  caf::anon_send_exit(connector, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(middleman, caf::exit_reason::user_shutdown);
}
