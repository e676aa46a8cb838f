#include <algorithm>
#include <utility>

#include "tests/simulation/cluster.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

constexpr nanoseconds look_every = 20ms;
constexpr nanoseconds wishes_every = 500ms;

}  // namespace

// What ran until now went on for so long.
void cluster::pass(nanoseconds time) {
  now_ += time;
  for (auto& one : places_) {
    if (!one.told_to_end || !runs(one)) continue;
    one.ran += time;
    if (one.store_hangs == 0) one.answered += time;
  }
}

void cluster::process_is_over(place& at) {
  if (!at.told_to_end) return;
  seen_.ended(
      process_end{*at.told_to_end, at.node->name(), at.node->state() == node_state::ended, at.ran});
  at.told_to_end.reset();
  at.ran = at.answered = 0ns;
}

void cluster::look_at_claim(granted_claim& claim) const {
  for (const auto& one : places_) {
    if (!one.node) continue;
    if (one.way->node == claim.node && one.told_to_end) claim.told_to_end = one.answered;
    if (one.node->could_act(claim.conversation, now_)) claim.held_by.push_back(one.node->name());
  }
}

// Who stood still, or has just begun, could not have noticed anything.
void cluster::look_for_silence() {
  if (now_ < looks_for_silence_at_) return;
  looks_for_silence_at_ = now_ + look_every;
  for (std::size_t at = 0; at < places_.size(); ++at) {
    const auto& here = places_[at];
    if (!runs(here)) continue;
    const auto believed = here.node->believed_alive();
    for (std::size_t from = 0; from < places_.size(); ++from) {
      if (!believed.contains(name_of(from))) continue;
      auto& heard = ways_[{from, at}].heard;
      if (places_[from].node) {
        heard = std::max(heard, wire_.heard_at(places_[from].index, here.index).value_or(0ns));
      }
      seen_.believed(name_of(at), name_of(from), now_ - std::max(heard, here.runs_since));
    }
  }
}

void cluster::look_for_wishes() {
  if (now_ < looks_for_wishes_at_) return;
  looks_for_wishes_at_ = now_ + wishes_every;
  std::map<conversation_id, known_wish> standing;
  const auto owned = disk_.kept.claims({}, clients_.size());
  for (const auto& claim : owned.value()) {
    if (claim.wanted_node.value.empty() || claim.wanted_node == claim.owner->name) continue;
    const auto before = wishes_.find(claim.id);
    const bool is_known = before != wishes_.end() && before->second.epoch == claim.epoch &&
                          before->second.wanted == claim.wanted_node;
    standing[claim.id] =
        is_known ? before->second : known_wish{claim.epoch, claim.wanted_node, now_};
  }
  wishes_ = std::move(standing);
}

final_state cluster::look_around() const {
  final_state state;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const auto answered = clients_[i]->answered_of();
    const bool is_well = answered && *answered > scale_.end - 10s;
    if (!is_well) state.clients_unanswered.push_back(static_cast<int>(i));
  }
  for (const auto& one : places_) {
    if (!one.node || !one.node->has_lease()) continue;
    for (const auto& id : one.node->conversations()) state.owners[id].push_back(one.node->name());
  }
  for (const auto& [id, one] : wishes_) {
    state.wishes.push_back({id, one.wanted.value, now_ - one.since});
  }
  return state;
}

}  // namespace dhr::simulation
