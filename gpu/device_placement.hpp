#pragma once
// Which device works for which conversation.
//
// A conversation stays on its device, so that its requests keep their order and what a device may
// remember of it is at hand. A new one goes to the ready device with the least load: conversations
// that it was last asked for, and requests that wait. Where none is ready the last resort, the CPU,
// takes it; unless the configuration wants the CPU as well, a conversation leaves it as soon as
// another device is ready and nothing of it waits.
//
// Bounded: a conversation that is silent for long is forgotten, and so is the one that was silent
// longest where there are too many. Pure: now is an argument. Not thread-safe.

#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"

namespace dhr {

struct placement_options {
  std::size_t conversations_max = 8192;
  nanoseconds idle_after = std::chrono::minutes{10};
};

class device_placement {
 public:
  using place = std::size_t;  // of a device in the owner's list

  // Of `devices` devices, none of them ready; `last_resort` is one of them, `is_wanted` says
  // whether it is a device like the others.
  device_placement(std::size_t devices, place last_resort, bool is_wanted,
                   placement_options options = {});

  void now_ready(place device) { devices_[device].ready = true; }

  // It is not ready any more. Its conversations lose their place there, and their requests are no
  // longer counted: the owner asks `begin` for each anew, or answers it.
  void take_out(place device);

  // Where this request is worked on; counted there until `end`.
  [[nodiscard]] place begin(const conversation_id& conversation, mono_time now);
  // The same, whatever the load is. Nothing of the conversation waits elsewhere.
  void begin_at(place device, const conversation_id& conversation, mono_time now);
  void end(const conversation_id& conversation);

  [[nodiscard]] std::optional<place> home_of(const conversation_id& conversation) const;
  void forget(const conversation_id& conversation);

  [[nodiscard]] std::size_t conversations() const noexcept { return homes_.size(); }
  [[nodiscard]] std::size_t waiting(place device) const { return devices_[device].waiting; }

 private:
  struct home {
    std::optional<place> device;
    std::size_t waiting = 0;  // requests that began there
    mono_time last{};
    std::list<conversation_id>::iterator turn;
  };
  struct load {
    bool ready = false;
    std::size_t conversations = 0;
    std::size_t waiting = 0;
  };
  using homes = std::unordered_map<conversation_id, home>;

  [[nodiscard]] bool may_stay(const home& at) const;
  [[nodiscard]] std::optional<place> least_loaded() const;
  home& touch(const conversation_id& conversation, mono_time now);
  void move(home& from, place to);
  void drop(homes::iterator gone);
  void drop_idle(mono_time now);

  const place last_resort_;
  const bool last_resort_is_wanted_;
  const placement_options options_;
  std::vector<load> devices_;
  homes homes_;
  std::list<conversation_id> silent_longest_first_;
};

}  // namespace dhr
