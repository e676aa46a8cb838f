#pragma once
// The promises of the cluster as rules on a history; they know nothing of faults. Each answers with
// a sentence for every place where its rule is broken, and with none when it holds. Pure.

#include <string>
#include <vector>

#include "tests/simulation/history.hpp"

namespace dhr::simulation {

using violations = std::vector<std::string>;

// G1: once an activation of a conversation had an effect, no older one has any.
[[nodiscard]] violations one_effective_activation(const history& seen);
// G1: each claim of a conversation is granted under a higher epoch than the one before.
[[nodiscard]] violations claims_are_monotone(const history& seen);
// G2: what was asked once is not done twice, whatever the network doubles.
[[nodiscard]] violations nothing_done_twice(const history& seen);
// A client that comes back and is told that nothing is missing has missed nothing, and nothing
// came twice.
[[nodiscard]] violations nothing_missed(const history& seen);
// G3: no request of a client stays without an end for longer than `patience`.
[[nodiscard]] violations no_silent_request(const history& seen, nanoseconds patience);
// G5: an answer that was told and stored is in the history of every later activation. What was
// told and not yet stored may be lost with its node: see unstored_turns.
[[nodiscard]] violations no_stored_turn_lost(const history& seen);
// G4: a peer of which nothing is heard is not believed to be alive for longer than 6 s.
[[nodiscard]] violations silence_is_noticed(const history& seen);
// G6: a node that was told to end is granted no conversation, but for claims that were at the
// store.
[[nodiscard]] violations drained_nodes_take_nothing(const history& seen);
// G6: and it has ended 60 s later; what it does not run does not count.
[[nodiscard]] violations drained_nodes_end(const history& seen);
// G7: whoever had a conversation has fenced it before the store gives it to somebody.
[[nodiscard]] violations fenced_before_granted(const history& seen);
// G8
[[nodiscard]] violations queues_are_bounded(const history& seen);
// After the faults every client is answered, no conversation has two owners, and what was wished of
// one is done or dropped.
[[nodiscard]] violations healed(const history& seen);

// Answers that were told to a client and are in no later activation, since no save of them was
// accepted: what write-behind costs when a node dies. No violation of its own.
[[nodiscard]] std::vector<told_turn> unstored_turns(const history& seen);

// All of them.
[[nodiscard]] violations check(const history& seen, nanoseconds patience);

}  // namespace dhr::simulation
