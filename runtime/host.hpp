#pragma once
// A whole node in one object: the actor system, the workers with their models, and the doors. The
// program `dhr` is a thin shell around it; another program may embed it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/session/actors.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct host_options {
  bool doors = true;  // false: no sockets; conversations come from this process alone
  // Recites this text as every answer instead of asking an engine.
  std::optional<std::string> recite;
  std::filesystem::path web_root;  // the page's folder; needed with doors
  const clock* time = &system_clock();
};

struct part_health {
  std::string name;  // "engine", "voice", "directory"
  bool ready = false;
  std::string detail;
};

class host {
 public:
  // Loads the models and opens the doors; blocks until both are done (seconds). errc::unavailable
  // when a model or a program is missing or a port is taken, with what to do about it.
  [[nodiscard]] static result<std::unique_ptr<host>> start(const config& settings,
                                                           host_options options);
  host(const host&) = delete;
  host& operator=(const host&) = delete;
  // Calls stop.
  ~host();

  // Takes no more work, lets the turns under way end within shutdown_grace_ms, tells those that do
  // not, closes the doors and ends all actors. Blocks; the second call does nothing.
  void stop();

  // Reads the expressions of the faces anew, for all conversations, and the doors' certificate and
  // keys file for those who come from now on, and logs what is in force. What cannot be used is
  // logged as an error and the old stays. Thread-safe.
  void reload();

  [[nodiscard]] caf::actor_system& system() noexcept;
  [[nodiscard]] const directory_actor& directory() const noexcept;
  [[nodiscard]] std::string page_url() const;
  [[nodiscard]] std::string realtime_url() const;
  // Thread-safe.
  [[nodiscard]] std::vector<part_health> health() const;

 private:
  struct impl;
  explicit host(std::unique_ptr<impl> parts) noexcept;
  std::unique_ptr<impl> impl_;
};

}  // namespace dhr
