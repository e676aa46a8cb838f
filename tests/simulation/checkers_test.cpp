// Each rule holds for a history that keeps it, and breaks for one that does not: a checker that
// cannot fail checks nothing.

#include "tests/simulation/checkers.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/simulation/chance.hpp"

using namespace dhr;
using namespace dhr::simulation;
using namespace std::chrono_literals;

namespace {

const conversation_id talk{"conv_1"};
const conversation_id other{"conv_2"};

effect saved(true_time at, std::uint64_t epoch, conversation_id of = talk) {
  return {at, effect_kind::stored, std::move(of), {epoch}, "a"};
}
effect heard(true_time at, std::uint64_t epoch, conversation_id of = talk) {
  return {at, effect_kind::delivered, std::move(of), {epoch}, "b"};
}

history one_turn(std::optional<true_time> stored, std::vector<std::string> taken_up) {
  history seen;
  seen.turns.push_back({1s, talk, {1}, "item_1", stored});
  seen.restored.push_back({9s, talk, {2}, std::move(taken_up)});
  return seen;
}

}  // namespace

TEST_CASE("effects whose epochs grow are one effective activation") {
  history seen;
  seen.effects = {heard(1s, 1), saved(2s, 1), saved(3s, 2), heard(4s, 2), heard(5s, 1, other)};
  CHECK(one_effective_activation(seen).empty());
}

TEST_CASE("an event of an older epoch after a newer one's save is found") {
  history seen;
  seen.effects = {heard(1s, 1), saved(2s, 2), heard(3s, 1)};
  REQUIRE(one_effective_activation(seen).size() == 1);
  CHECK(one_effective_activation(seen)[0].find("an event of epoch 1") != std::string::npos);
}

TEST_CASE("a save of an older epoch after a newer one's event is found") {
  history seen;
  seen.effects = {heard(1s, 2), saved(2s, 1), heard(3s, 2)};
  CHECK(one_effective_activation(seen).size() == 1);
}

TEST_CASE("a claim under the same epoch as the one before is found") {
  history seen;
  seen.claims = {{1s, talk, {1}, "a"}, {2s, other, {1}, "a"}, {3s, talk, {2}, "b"}};
  CHECK(claims_are_monotone(seen).empty());
  seen.claims.push_back({4s, talk, {2}, "a"});
  CHECK(claims_are_monotone(seen).size() == 1);
}

TEST_CASE("a conversation that is granted while another activation could act is found") {
  history seen;
  seen.claims = {{1s, talk, {1}, "a"}, {2s, talk, {2}, "b"}};
  CHECK(fenced_before_granted(seen).empty());
  seen.claims.push_back({3s, talk, {3}, "c", {"a", "b"}});
  REQUIRE(fenced_before_granted(seen).size() == 2);
  CHECK(fenced_before_granted(seen)[1].find("an activation at b could act") != std::string::npos);
}

TEST_CASE("a peer that is believed alive for longer than 6 s of silence is found") {
  history seen;
  seen.silences = {{8s, "a", "b", 6s}, {9s, "b", "a", 6'060ms}};
  CHECK(silence_is_noticed(seen).empty());
  seen.silences.push_back({10s, "a", "c", 6'100ms});
  REQUIRE(silence_is_noticed(seen).size() == 1);
  CHECK(silence_is_noticed(seen)[0].find("a believes that c is alive") != std::string::npos);
}

TEST_CASE("a conversation that is granted to a node that was told to end is found") {
  history seen;
  seen.claims = {{1s, talk, {1}, "a"}, {2s, talk, {2}, "a", {}, 40ms}};
  CHECK(drained_nodes_take_nothing(seen).empty());
  seen.claims.push_back({4s, other, {1}, "a", {}, 1'500ms});
  CHECK(drained_nodes_take_nothing(seen).size() == 1);
}

TEST_CASE("a node that does not end within 60 s of being told to is found, ended or not") {
  history seen;
  seen.ends = {{1s, "a", true, 8s}, {2s, "b", false, 60s}};
  CHECK(drained_nodes_end(seen).empty());
  seen.ends.push_back({3s, "c", true, 61s});
  seen.ends.push_back({3s, "d", false, 65s});
  CHECK(drained_nodes_end(seen).size() == 2);
}

TEST_CASE("a request that is answered twice is found") {
  history seen;
  seen.answers = {{1s, "turn_1", "resp_1"}, {2s, "turn_2", "resp_2"}, {3s, "turn_1", "resp_1"}};
  CHECK(nothing_done_twice(seen).empty());
  seen.answers.push_back({4s, "turn_2", "resp_3"});
  CHECK(nothing_done_twice(seen).size() == 1);
}

TEST_CASE("an answer of which a piece is missing or came twice is found") {
  history seen;
  seen.heard = {{1s, 0, "One two.", "One two.", 0}, {1s, 0, "One two.", "One two.", 400}};
  CHECK(nothing_missed(seen).empty());
  seen.heard.push_back({2s, 0, "One.", "One two.", 0});
  seen.heard.push_back({3s, 0, "One two two.", "One two.", 0});
  seen.heard.push_back({4s, 0, "One two.", "One two.", 300});
  CHECK(nothing_missed(seen).size() == 3);
}

TEST_CASE("a request that stays silent for too long is found, ended or not") {
  history seen;
  seen.requests = {{0, "r1", 1s, 2s, 1s}, {0, "r2", 1s, std::nullopt, 30s}};
  CHECK(no_silent_request(seen, 30s).empty());
  seen.requests.push_back({0, "r3", 1s, 41s, 31s});
  seen.requests.push_back({0, "r4", 1s, std::nullopt, 31s});
  CHECK(no_silent_request(seen, 30s).size() == 2);
}

TEST_CASE("a stored turn that a later activation does not know is found") {
  CHECK(no_stored_turn_lost(one_turn(2s, {"item_0", "item_1"})).empty());
  CHECK(no_stored_turn_lost(one_turn(2s, {"item_0"})).size() == 1);
}

TEST_CASE("a turn that was told and never stored is counted, not blamed") {
  CHECK(no_stored_turn_lost(one_turn(std::nullopt, {})).empty());
  CHECK(unstored_turns(one_turn(std::nullopt, {})).size() == 1);
  CHECK(unstored_turns(one_turn(2s, {"item_1"})).empty());
}

TEST_CASE("an activation that began before the save need not know the turn") {
  CHECK(no_stored_turn_lost(one_turn(10s, {})).empty());
}

TEST_CASE("a queue over its bound is found") {
  history seen;
  seen.queues = {{1s, "outbox", 256, 256}};
  CHECK(queues_are_bounded(seen).empty());
  seen.queues.push_back({2s, "outbox", 257, 256});
  CHECK(queues_are_bounded(seen).size() == 1);
}

TEST_CASE("two owners or a client without an answer at the end are found") {
  history seen;
  seen.end.owners = {{talk, {"a"}}, {other, {}}};
  CHECK(healed(seen).empty());
  seen.end.owners[talk].push_back("b");
  seen.end.clients_unanswered = {3};
  CHECK(healed(seen).size() == 2);
  CHECK(check(seen, 30s).size() == 2);
}

TEST_CASE("a wish that is neither done nor dropped is found") {
  history seen;
  seen.end.wishes = {{talk, "b", 6s}};
  CHECK(healed(seen).empty());
  seen.end.wishes.push_back({other, "b", 12s});
  REQUIRE(healed(seen).size() == 1);
  CHECK(healed(seen)[0].find("conv_2 is wanted on b") != std::string::npos);
}

TEST_CASE("all rules together find what each of them finds") {
  history seen;
  seen.claims = {{1s, talk, {1}, "a", {"b"}, 2s}};
  seen.silences = {{9s, "a", "b", 7s}};
  seen.ends = {{1s, "a", false, 61s}};
  CHECK(check(seen, 30s).size() == 4);
}

TEST_CASE("a seed draws the same chances everywhere") {
  // What the standard asks of this engine: its 10,000th number.
  chance standard{5'489};
  for (int i = 1; i < 10'000; ++i) static_cast<void>(standard.below(2));
  CHECK(standard.below(~std::uint64_t{0}) == 9'981'545'732'273'789'042u);
  CHECK(chance{7}.split().below(1'000'000) != chance{8}.split().below(1'000'000));
}

TEST_CASE("what is drawn between two bounds reaches both and stays within") {
  chance draws{7};
  std::int64_t lowest = 9;
  std::int64_t highest = -9;
  for (int i = 0; i < 1'000; ++i) {
    const auto drawn = draws.between(-2, 2);
    lowest = std::min(lowest, drawn);
    highest = std::max(highest, drawn);
  }
  CHECK(lowest == -2);
  CHECK(highest == 2);
}
