#include "tests/simulation/recorder.hpp"

#include <algorithm>
#include <utility>

namespace dhr::simulation {
namespace {

std::string of(const conversation_id& id, session_epoch epoch) {
  return id.value + ", epoch " + std::to_string(epoch.value);
}

}  // namespace

// A row of the same tells the rules nothing that its first one does not.
void recorder::add(effect one) {
  const auto [last, is_first] = last_effect_.try_emplace(one.conversation, one);
  const auto& before = last->second;
  if (!is_first && before.kind == one.kind && before.epoch == one.epoch &&
      before.node == one.node) {
    return;
  }
  last->second = one;
  seen_.effects.push_back(std::move(one));
}

void recorder::stored(const conversation_snapshot& snapshot, const std::string& node) {
  add({now_, effect_kind::stored, snapshot.id, snapshot.epoch, node});
  for (const auto& item : snapshot.items) {
    if (!stored_at_.try_emplace(item.id, now_).second) continue;
    for (auto& turn : seen_.turns) {
      if (turn.item_id == item.id) turn.stored = now_;
    }
  }
  note("stored " + of(snapshot.id, snapshot.epoch) + ", " + std::to_string(snapshot.items.size()) +
       " items, by " + node);
}

void recorder::granted(granted_claim claim) {
  note("granted " + of(claim.conversation, claim.epoch) + ", to " + claim.node);
  seen_.claims.push_back(std::move(claim));
}

void recorder::restored(const conversation_id& id, session_epoch epoch, const std::string& node,
                        std::vector<std::string> item_ids) {
  note("begun " + of(id, epoch) + ", with " + std::to_string(item_ids.size()) + " items, on " +
       node);
  seen_.restored.push_back({now_, id, epoch, std::move(item_ids)});
}

void recorder::delivered(const conversation_id& id, session_epoch epoch, const std::string& node) {
  add({now_, effect_kind::delivered, id, epoch, node});
}

void recorder::told(const conversation_id& id, session_epoch epoch, const std::string& item_id) {
  if (!told_.insert(item_id).second) return;  // again, to a client that came back
  told_turn turn{now_, id, epoch, item_id, std::nullopt};
  if (const auto known = stored_at_.find(item_id); known != stored_at_.end()) {
    turn.stored = known->second;
  }
  // The items' own names are random.
  note("told " + of(id, epoch) + ", answer " + std::to_string(told_.size()) +
       (turn.stored ? "" : ", not stored"));
  seen_.turns.push_back(std::move(turn));
}

void recorder::believed(const std::string& node, const std::string& peer, nanoseconds silence) {
  const auto [place, is_first] = silence_of_.try_emplace({node, peer}, seen_.silences.size());
  if (is_first) seen_.silences.push_back({now_, node, peer, silence});
  auto& longest = seen_.silences[place->second];
  if (longest.lasted < silence) longest = {now_, node, peer, silence};
}

void recorder::queue_holds(const std::string& queue, std::size_t size, std::size_t bound) {
  const auto known = std::find_if(seen_.queues.begin(), seen_.queues.end(),
                                  [&](const auto& one) { return one.queue == queue; });
  if (known == seen_.queues.end()) {
    seen_.queues.push_back({now_, queue, size, bound});
  } else if (known->size < size) {
    *known = {now_, queue, size, bound};
  }
}

void recorder::answer_began(const std::string& request, const std::string& response) {
  if (begun_.insert(response).second) seen_.answers.push_back({now_, request, response});
}

void recorder::note(const std::string& what) {
  auto at = std::to_string(now_.count() / 1'000'000);
  at.insert(0, at.size() < 6 ? 6 - at.size() : 0, ' ');
  journal_.push_back(at + " ms  " + what);
}

}  // namespace dhr::simulation
