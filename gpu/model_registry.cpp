#include "gpu/model_registry.hpp"

#include <algorithm>
#include <utility>

namespace dhr {

const char* to_string(model_state state) noexcept {
  switch (state) {
    case model_state::loading:
      return "loading";
    case model_state::warming:
      return "warming";
    case model_state::ready:
      return "ready";
    case model_state::resting:
      return "resting";
    case model_state::retired:
      return "retired";
  }
  return "other";
}

std::uint64_t model_registry::add(model_facts facts, std::string precision, std::string device,
                                  model_state state, wall_time now) {
  const std::lock_guard lock{mutex_};
  entries_.push_back(
      {++last_id_, std::move(facts), std::move(precision), std::move(device), state, now});
  return last_id_;
}

void model_registry::change(std::uint64_t id, model_state state, wall_time now) {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(entries_, id, &model_entry::id);
  if (found == entries_.end() || found->state == state) return;
  found->state = state;
  found->since = now;
  if (state != model_state::retired) return;
  const auto name = found->facts.name;
  const auto device = found->device;
  std::erase_if(entries_, [&](const model_entry& other) {
    return other.id != id && other.state == model_state::retired && other.facts.name == name &&
           other.device == device;
  });
}

void model_registry::remove(std::uint64_t id) {
  const std::lock_guard lock{mutex_};
  std::erase_if(entries_, [id](const model_entry& one) { return one.id == id; });
}

void model_registry::tell_hash(std::uint64_t id, std::string hash) {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(entries_, id, &model_entry::id);
  if (found != entries_.end()) found->facts.hash = std::move(hash);
}

void model_registry::tell_precision(std::uint64_t id, std::string precision) {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(entries_, id, &model_entry::id);
  if (found != entries_.end()) found->precision = std::move(precision);
}

std::vector<model_entry> model_registry::list() const {
  const std::lock_guard lock{mutex_};
  return entries_;
}

}  // namespace dhr
