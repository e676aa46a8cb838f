#include "tests/simulation/checkers.hpp"

#include <algorithm>

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

// G4's 6 s on a clock that loses up to a hundredth, and what the steps of the time may add.
constexpr nanoseconds silence_max = 6'060ms + 10ms;
// What was claimed before waits in a row at the store, whose calls take up to 20 ms each.
constexpr nanoseconds claim_under_way = 1s;
constexpr nanoseconds end_max = 60s;
// A node looks once a second, and gives the turn under way 5 s.
constexpr nanoseconds wish_max = 10s;

std::string when(true_time at) { return std::to_string(at.count() / 1'000'000) + " ms"; }

std::string what(const effect& one) {
  return std::string{one.kind == effect_kind::stored ? "a save" : "an event"} + " of epoch " +
         std::to_string(one.epoch.value) + " at node " + one.node;
}

bool is_in(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// The activations that began after the turn was told, with a higher epoch.
std::vector<const restored_history*> later(const history& seen, const told_turn& turn) {
  std::vector<const restored_history*> found;
  for (const auto& one : seen.restored) {
    if (one.conversation == turn.conversation && turn.epoch < one.epoch) found.push_back(&one);
  }
  return found;
}

}  // namespace

violations one_effective_activation(const history& seen) {
  violations found;
  std::map<conversation_id, effect> newest;
  for (const auto& one : seen.effects) {
    const auto [entry, is_first] = newest.try_emplace(one.conversation, one);
    if (is_first) continue;
    if (one.epoch < entry->second.epoch) {
      found.push_back(when(one.at) + ": " + what(one) + " of " + one.conversation.value +
                      " took effect after " + what(entry->second) + " at " +
                      when(entry->second.at));
    } else {
      entry->second = one;
    }
  }
  return found;
}

violations claims_are_monotone(const history& seen) {
  violations found;
  std::map<conversation_id, session_epoch> last;
  for (const auto& one : seen.claims) {
    const auto [entry, is_first] = last.try_emplace(one.conversation, one.epoch);
    if (is_first) continue;
    if (!(entry->second < one.epoch)) {
      found.push_back(when(one.at) + ": epoch " + std::to_string(one.epoch.value) + " of " +
                      one.conversation.value + " was granted to " + one.node + " after epoch " +
                      std::to_string(entry->second.value));
    }
    entry->second = std::max(entry->second, one.epoch);
  }
  return found;
}

violations nothing_done_twice(const history& seen) {
  violations found;
  std::map<std::string, std::string> first;
  for (const auto& one : seen.answers) {
    const auto [known, is_first] = first.try_emplace(one.request, one.response);
    if (is_first || known->second == one.response) continue;
    found.push_back(when(one.at) + ": request " + one.request + " is answered a second time");
  }
  return found;
}

violations nothing_missed(const history& seen) {
  violations found;
  std::map<std::string, std::size_t> sound_of;  // of spoken answers, by their words
  for (const auto& one : seen.heard) {
    const auto who = when(one.at) + ": client " + std::to_string(one.client) + " heard ";
    if (one.heard != one.whole) {
      found.push_back(who + "'" + one.heard + "' of the answer '" + one.whole + "'");
    }
    if (one.sound == 0) continue;
    const auto first = sound_of.try_emplace(one.whole, one.sound).first->second;
    if (one.sound == first) continue;
    found.push_back(who + std::to_string(one.sound) + " bytes of sound of the answer '" +
                    one.whole + "', and another time " + std::to_string(first));
  }
  return found;
}

violations no_silent_request(const history& seen, nanoseconds patience) {
  violations found;
  for (const auto& one : seen.requests) {
    if (one.reachable <= patience) continue;
    found.push_back(when(one.asked) + ": request " + one.id + " of client " +
                    std::to_string(one.client) +
                    (one.ended ? " ended after " : " has no end after ") + when(one.reachable) +
                    " with a way to the service");
  }
  return found;
}

violations no_stored_turn_lost(const history& seen) {
  violations found;
  for (const auto& turn : seen.turns) {
    if (!turn.stored) continue;
    for (const auto* one : later(seen, turn)) {
      if (one->at < *turn.stored || is_in(one->item_ids, turn.item_id)) continue;
      found.push_back(when(one->at) + ": epoch " + std::to_string(one->epoch.value) + " of " +
                      turn.conversation.value + " began without " + turn.item_id +
                      ", which was stored at " + when(*turn.stored));
    }
  }
  return found;
}

std::vector<told_turn> unstored_turns(const history& seen) {
  std::vector<told_turn> found;
  for (const auto& turn : seen.turns) {
    const auto activations = later(seen, turn);
    const bool lost = std::any_of(activations.begin(), activations.end(), [&](const auto* one) {
      return !is_in(one->item_ids, turn.item_id);
    });
    if (!turn.stored && lost) found.push_back(turn);
  }
  return found;
}

violations silence_is_noticed(const history& seen) {
  violations found;
  for (const auto& one : seen.silences) {
    if (one.lasted <= silence_max) continue;
    found.push_back(when(one.at) + ": " + one.node + " believes that " + one.peer +
                    " is alive, and has heard nothing of it for " + when(one.lasted));
  }
  return found;
}

violations drained_nodes_take_nothing(const history& seen) {
  violations found;
  for (const auto& one : seen.claims) {
    if (one.told_to_end.value_or(0ns) <= claim_under_way) continue;
    found.push_back(when(one.at) + ": " + one.conversation.value + " was granted to " + one.node +
                    ", which was told to end and ran for " + when(*one.told_to_end) + " since");
  }
  return found;
}

violations drained_nodes_end(const history& seen) {
  violations found;
  for (const auto& one : seen.ends) {
    if (one.ran <= end_max) continue;
    found.push_back(when(one.told) + ": " + one.node + " was told to end" +
                    (one.ended ? ", and ended after " : ", and runs on for ") + when(one.ran));
  }
  return found;
}

violations fenced_before_granted(const history& seen) {
  violations found;
  for (const auto& one : seen.claims) {
    for (const auto& holder : one.held_by) {
      found.push_back(when(one.at) + ": epoch " + std::to_string(one.epoch.value) + " of " +
                      one.conversation.value + " was granted to " + one.node +
                      " while an activation at " + holder + " could act");
    }
  }
  return found;
}

violations queues_are_bounded(const history& seen) {
  violations found;
  for (const auto& one : seen.queues) {
    if (one.size <= one.bound) continue;
    found.push_back(when(one.at) + ": " + std::to_string(one.size) + " wait in " + one.queue +
                    ", and " + std::to_string(one.bound) + " may");
  }
  return found;
}

violations healed(const history& seen) {
  violations found;
  for (const auto client : seen.end.clients_unanswered) {
    found.push_back("client " + std::to_string(client) + " gets no answer after all faults");
  }
  for (const auto& [conversation, nodes] : seen.end.owners) {
    if (nodes.size() < 2) continue;
    found.push_back(conversation.value + " lives on " + nodes[0] + " and on " + nodes[1]);
  }
  for (const auto& one : seen.end.wishes) {
    if (one.stood <= wish_max) continue;
    found.push_back(one.conversation.value + " is wanted on " + one.wanted + " for " +
                    when(one.stood) + ", and nobody does or drops it");
  }
  return found;
}

violations check(const history& seen, nanoseconds patience) {
  violations all;
  for (auto& some :
       {one_effective_activation(seen), claims_are_monotone(seen), nothing_done_twice(seen),
        nothing_missed(seen), no_silent_request(seen, patience), silence_is_noticed(seen),
        no_stored_turn_lost(seen), drained_nodes_take_nothing(seen), drained_nodes_end(seen),
        fenced_before_granted(seen), queues_are_bounded(seen), healed(seen)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace dhr::simulation
