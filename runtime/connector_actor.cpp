#include "runtime/connector_actor.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <set>
#include <utility>

#include "runtime/base/error_caf.hpp"
#include "runtime/cluster/links_actor.hpp"
#include "runtime/node_tls.hpp"

namespace dhr {
namespace {

class socket_handle {
 public:
  explicit socket_handle(int number) noexcept : number_{number} {}
  ~socket_handle() {
    if (number_ >= 0) ::close(number_);
  }
  socket_handle(const socket_handle&) = delete;
  socket_handle& operator=(const socket_handle&) = delete;
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

bool answers(const addrinfo& address, milliseconds patience) {
  const socket_handle tried{
      ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol)};
  if (tried.number() < 0) return false;
  if (::connect(tried.number(), address.ai_addr, address.ai_addrlen) == 0) return true;
  if (errno != EINPROGRESS) return false;
  pollfd watched{tried.number(), POLLOUT, 0};
  if (poll(&watched, 1, static_cast<int>(patience.count())) != 1) return false;
  int problem = 0;
  socklen_t size = sizeof problem;
  return getsockopt(tried.number(), SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0;
}

result<void> try_port(const connector_options& options, const std::string& node,
                      const std::string& host, std::uint16_t port) {
  if (options.tls) return meet(*options.tls, node, host, port, options.patience);
  if (takes_connections(host, port, options.patience)) return ok();
  return fail(errc::unavailable, "nothing answers at " + host + ":" + std::to_string(port));
}

caf::behavior connector_behavior(caf::event_based_actor* self,
                                 const caf::io::middleman_actor& middleman,
                                 const connector_options& options) {
  return {[self, middleman, options](caf::connect_atom connect, std::string& host,
                                     std::uint16_t port, const std::string& node)
              -> caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>> {
            if (auto tried = try_port(options, node, host, port); !tried) {
              return to_caf_error(std::move(tried).error());
            }
            return self->delegate(middleman, connect, std::move(host), port);
          },
          [options](meet_atom, const std::string& host, std::uint16_t port,
                    const std::string& node) -> caf::result<void> {
            if (auto tried = try_port(options, node, host, port); !tried) {
              return to_caf_error(std::move(tried).error());
            }
            return caf::unit;
          }};
}

}  // namespace

bool takes_connections(const std::string& host, std::uint16_t port, milliseconds patience) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &first) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found{first, &freeaddrinfo};
  for (const auto* address = first; address != nullptr; address = address->ai_next) {
    if (answers(*address, patience)) return true;
  }
  return false;
}

caf::actor spawn_connector(caf::actor_system& system, caf::io::middleman_actor middleman,
                           connector_options options) {
  return system.spawn<caf::detached>(connector_behavior, std::move(middleman), std::move(options));
}

}  // namespace dhr
