#include "runtime/cluster/dialer.hpp"

#include <algorithm>

namespace dhr {

void dialer::found(const node_identity& peer, mono_time now) {
  const bool waits = peer.name < self_;
  calls_.try_emplace(peer,
                     call{state::due, waits ? now + nanoseconds{config_.wait_for_call} : now, 0});
}

void dialer::linked(const node_identity& peer) {
  // A peer that calls before the registry has told of it is known from now on.
  calls_.insert_or_assign(peer, call{state::linked, {}, 0});
}

void dialer::lost(const node_identity& peer, mono_time now) {
  const auto known = calls_.find(peer);
  if (known == calls_.end() || known->second.is != state::linked) return;
  again(known->second, now);
  if (peer.name < self_) known->second.at += config_.wait_for_call;
}

void dialer::failed(const node_identity& peer, mono_time now) {
  const auto known = calls_.find(peer);
  if (known != calls_.end() && known->second.is == state::dialling) again(known->second, now);
}

void dialer::gone(const node_identity& peer) { calls_.erase(peer); }

std::vector<node_identity> dialer::due(mono_time now) {
  std::vector<node_identity> found;
  for (auto& [peer, known] : calls_) {
    if (known.is != state::due || now < known.at) continue;
    known.is = state::dialling;
    found.push_back(peer);
  }
  return found;
}

std::optional<mono_time> dialer::due_at() const {
  std::optional<mono_time> first;
  for (const auto& [peer, known] : calls_) {
    if (known.is == state::due) first = std::min(first.value_or(known.at), known.at);
  }
  return first;
}

nanoseconds dialer::back_off(std::uint32_t failures) {
  const nanoseconds whole = std::min<nanoseconds>(
      config_.retry_first * (1u << std::min(failures, 16u)), config_.retry_max);
  std::uniform_int_distribution<std::int64_t> spread{whole.count() / 2, whole.count()};
  return nanoseconds{spread(chance_)};
}

void dialer::again(call& of, mono_time now) {
  of.is = state::due;
  of.at = now + back_off(of.failures);
  ++of.failures;
}

}  // namespace dhr
