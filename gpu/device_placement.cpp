#include "gpu/device_placement.hpp"

#include "runtime/base/assert.hpp"

namespace dhr {

device_placement::device_placement(std::size_t devices, place last_resort, bool is_wanted,
                                   placement_options options)
    : last_resort_{last_resort},
      last_resort_is_wanted_{is_wanted},
      options_{options},
      devices_(devices) {
  DHR_ASSERT(last_resort < devices);
}

void device_placement::take_out(place device) {
  devices_[device] = {};
  for (auto& [conversation, at] : homes_) {
    if (at.device != device) continue;
    at.device.reset();
    at.waiting = 0;
  }
}

device_placement::place device_placement::begin(const conversation_id& conversation,
                                                mono_time now) {
  drop_idle(now);
  auto& at = touch(conversation, now);
  if (!may_stay(at)) move(at, least_loaded().value_or(last_resort_));
  ++at.waiting;
  ++devices_[*at.device].waiting;
  return *at.device;
}

void device_placement::begin_at(place device, const conversation_id& conversation, mono_time now) {
  auto& at = touch(conversation, now);
  if (at.device != device) move(at, device);
  ++at.waiting;
  ++devices_[device].waiting;
}

void device_placement::end(const conversation_id& conversation) {
  const auto found = homes_.find(conversation);
  if (found == homes_.end() || found->second.waiting == 0) return;
  --found->second.waiting;
  --devices_[*found->second.device].waiting;
}

std::optional<device_placement::place> device_placement::home_of(
    const conversation_id& conversation) const {
  const auto found = homes_.find(conversation);
  return found == homes_.end() ? std::nullopt : found->second.device;
}

void device_placement::forget(const conversation_id& conversation) {
  const auto found = homes_.find(conversation);
  if (found != homes_.end()) drop(found);
}

bool device_placement::may_stay(const home& at) const {
  if (!at.device) return false;
  if (at.waiting > 0) return true;  // its order would be lost
  if (*at.device != last_resort_ || last_resort_is_wanted_) return true;
  return !least_loaded();
}

std::optional<device_placement::place> device_placement::least_loaded() const {
  std::optional<place> least;
  const auto load_of = [this](place i) { return devices_[i].conversations + devices_[i].waiting; };
  for (place i = 0; i < devices_.size(); ++i) {
    if (!devices_[i].ready || (i == last_resort_ && !last_resort_is_wanted_)) continue;
    if (!least || load_of(i) < load_of(*least)) least = i;
  }
  return least;
}

device_placement::home& device_placement::touch(const conversation_id& conversation,
                                                mono_time now) {
  const auto [found, is_new] = homes_.try_emplace(conversation);
  auto& at = found->second;
  at.last = now;
  auto& order = silent_longest_first_;
  if (is_new) {
    at.turn = order.insert(order.end(), conversation);
  } else {
    order.splice(order.end(), order, at.turn);
  }
  return at;
}

void device_placement::move(home& from, place to) {
  if (from.device) {
    auto& old = devices_[*from.device];
    --old.conversations;
    old.waiting -= from.waiting;
    from.waiting = 0;
  }
  from.device = to;
  ++devices_[to].conversations;
}

void device_placement::drop(homes::iterator gone) {
  const auto& at = gone->second;
  if (at.device) {
    auto& old = devices_[*at.device];
    --old.conversations;
    old.waiting -= at.waiting;
  }
  silent_longest_first_.erase(at.turn);
  homes_.erase(gone);
}

void device_placement::drop_idle(mono_time now) {
  // Whose requests wait is looked at again after the others.
  for (auto left = homes_.size(); left > 0; --left) {
    const auto oldest = homes_.find(silent_longest_first_.front());
    const bool is_idle = now - oldest->second.last >= options_.idle_after;
    if (!is_idle && homes_.size() < options_.conversations_max) return;
    if (oldest->second.waiting == 0) {
      drop(oldest);
    } else {
      touch(oldest->first, now);
    }
  }
}

}  // namespace dhr
