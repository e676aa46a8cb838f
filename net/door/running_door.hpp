#pragma once
// A door that is open: what both servers are once they have started.

#include <cstdint>
#include <future>
#include <memory>

#include "runtime/base/clock.hpp"

namespace dhr::door {

class entrance;

// Thread-safe.
class running_door {
 public:
  explicit running_door(entrance opened);
  // Call stop() first and wait for it; pending connections would keep the actor system in use.
  ~running_door();
  running_door(const running_door&) = delete;
  running_door& operator=(const running_door&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] std::size_t connections() const;

  void stop_accepting();

  // Stops accepting and tells each connection to end; after `grace` what is left is cut off. Ready
  // when no connection lives. To be called once; the io_context must run.
  [[nodiscard]] std::future<void> stop(milliseconds grace);

 private:
  const std::unique_ptr<entrance> entrance_;
};

}  // namespace dhr::door
