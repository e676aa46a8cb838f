#include "runtime/cluster/admission.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <vector>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

const mono_time start{1h};

reservation_request ask(const std::string& request, const std::string& conversation,
                        bool sticky = false) {
  return {request, {conversation}, sticky};
}

errc code_of(const result<admission_answer>& answer) {
  REQUIRE(answer.has_error());
  return answer.error().code;
}

errc code_of(const result<void>& answer) {
  REQUIRE(answer.has_error());
  return answer.error().code;
}

admission_answer granted(admission& node, const reservation_request& wanted, mono_time now) {
  const auto answer = node.reserve(wanted, now);
  REQUIRE(answer.has_value());
  return answer.value();
}

}  // namespace

TEST_CASE("a full node refuses with the time after which to try again") {
  admission node{{.conversations_max = 2, .retry_after = 700ms}};
  CHECK(granted(node, ask("r1", "c1"), start) == admission_answer::reserved);
  REQUIRE(node.commit("r1", start).has_value());
  CHECK(granted(node, ask("r2", "c2"), start) == admission_answer::reserved);
  const auto answer = node.reserve(ask("r3", "c3"), start);
  CHECK(code_of(answer) == errc::overloaded);
  CHECK(answer.error().retry_after == 700ms);
  CHECK(node.conversations() == 1);
  CHECK(node.reservations() == 1);
  CHECK(node.taken() == 2);
  CHECK(node.counts().granted == 2);
  CHECK(node.counts().refused == 1);
}

TEST_CASE("a reserve that comes twice takes one slot and keeps its deadline") {
  admission node{{.conversations_max = 2}};
  (void)granted(node, ask("r1", "c1"), start);
  CHECK(granted(node, ask("r1", "c1"), start + 3s) == admission_answer::reserved);
  CHECK(node.taken() == 1);
  CHECK(node.due_at() == start + 5s);
  CHECK(node.counts().granted == 1);
}

TEST_CASE("a reservation that is not used in 5 s frees its slot, is counted, and cannot be used") {
  admission node{{.conversations_max = 1}};
  (void)granted(node, ask("r1", "c1"), start);
  CHECK(code_of(node.reserve(ask("r2", "c2"), start + 5s - 1ns)) == errc::overloaded);
  CHECK(granted(node, ask("r3", "c3"), start + 5s) == admission_answer::reserved);
  CHECK(node.counts().expired == 1);
  CHECK(code_of(node.commit("r1", start + 5s)) == errc::deadline);
  CHECK(code_of(node.reserve(ask("r1", "c1"), start + 5s)) == errc::deadline);
  CHECK(node.conversations() == 0);
  CHECK(node.taken() == 1);
}

TEST_CASE("a reservation can be used until just before its deadline") {
  admission node{{.conversations_max = 1}};
  (void)granted(node, ask("r1", "c1"), start);
  CHECK(node.commit("r1", start + 5s - 1ns).has_value());
  CHECK_FALSE(node.due_at());
  CHECK(node.conversations() == 1);
}

TEST_CASE("a commit that comes twice makes one conversation") {
  admission node{{.conversations_max = 2}};
  (void)granted(node, ask("r1", "c1"), start);
  CHECK(node.commit("r1", start).has_value());
  CHECK(node.commit("r1", start + 1min).has_value());
  CHECK(node.conversations() == 1);
  CHECK(code_of(node.commit("r2", start)) == errc::not_found);
}

TEST_CASE("a cancel frees the slot, also when it overtakes its reserve") {
  admission node{{.conversations_max = 1}};
  (void)granted(node, ask("r1", "c1"), start);
  node.cancel("r1", start);
  CHECK(node.taken() == 0);
  CHECK(code_of(node.commit("r1", start)) == errc::cancelled);
  CHECK(code_of(node.reserve(ask("r1", "c1"), start)) == errc::cancelled);
  node.cancel("r2", start);
  CHECK(code_of(node.reserve(ask("r2", "c2"), start)) == errc::cancelled);
  CHECK(node.taken() == 0);
}

TEST_CASE("a cancel after the commit does not end the conversation") {
  admission node{{.conversations_max = 1}};
  (void)granted(node, ask("r1", "c1"), start);
  REQUIRE(node.commit("r1", start).has_value());
  node.cancel("r1", start);
  CHECK(node.conversations() == 1);
  CHECK(node.commit("r1", start).has_value());
}

TEST_CASE("a conversation that is here takes no second slot, whoever asks") {
  admission node{{.conversations_max = 2}};
  (void)granted(node, ask("r1", "c1"), start);
  (void)granted(node, ask("r2", "c1"), start);
  REQUIRE(node.commit("r1", start).has_value());
  CHECK(granted(node, ask("r3", "c1"), start) == admission_answer::present);
  CHECK(node.taken() == 2);
  REQUIRE(node.commit("r2", start).has_value());
  CHECK(node.taken() == 1);
  CHECK(node.ended({"c1"}));
  CHECK_FALSE(node.ended({"c1"}));
  CHECK(node.taken() == 0);
}

TEST_CASE("a late reserve of a conversation that has left takes nothing") {
  admission node{{.conversations_max = 2}};
  (void)granted(node, ask("r1", "c1"), start);
  REQUIRE(node.commit("r1", start).has_value());
  REQUIRE(node.ended({"c1"}));
  CHECK(code_of(node.reserve(ask("r1", "c1"), start)) == errc::cancelled);
  CHECK(node.taken() == 0);
}

TEST_CASE("a request that has ended is remembered until so many others have") {
  admission node{{.conversations_max = 2, .ended_max = 2}};
  node.cancel("r1", start);
  node.cancel("r2", start);
  node.cancel("r2", start);
  CHECK(code_of(node.reserve(ask("r1", "c1"), start)) == errc::cancelled);
  node.cancel("r3", start);
  CHECK(code_of(node.reserve(ask("r2", "c2"), start)) == errc::cancelled);
  CHECK(node.reserve(ask("r1", "c1"), start).has_value());
}

TEST_CASE("a node over its ceiling refuses, and later for conversations that it had before") {
  admission node{{.conversations_max = 60}};
  node.set_load({0.75, 0.75, 0.75});
  CHECK(node.reserve(ask("r1", "c1"), start).has_value());
  node.set_load({0.78, 0.78, 0.78});
  CHECK(code_of(node.reserve(ask("r2", "c2"), start)) == errc::overloaded);
  CHECK(node.reserve(ask("r3", "c3", true), start).has_value());
  node.set_load({0.81, 0.81, 0.81});
  CHECK(code_of(node.reserve(ask("r4", "c4", true), start)) == errc::overloaded);
}

TEST_CASE("a node that drains takes nobody, not even who had reserved") {
  admission node{{.conversations_max = 60}};
  (void)granted(node, ask("r1", "c1"), start);
  REQUIRE(node.commit("r1", start).has_value());
  (void)granted(node, ask("r2", "c2"), start);
  node.drain();
  CHECK(node.draining());
  CHECK(node.reservations() == 0);
  CHECK(node.conversations() == 1);
  CHECK_FALSE(node.due_at());
  CHECK(code_of(node.commit("r2", start)) == errc::unavailable);
  CHECK(code_of(node.reserve(ask("r3", "c3"), start)) == errc::unavailable);
  CHECK(code_of(node.reserve(ask("r4", "c1"), start)) == errc::unavailable);
  CHECK(node.counts().expired == 0);
}

TEST_CASE("no slot is filled twice, however routers, lost answers and duplicates interleave") {
  std::uint64_t full = 0;
  std::uint64_t expired = 0;
  std::uint64_t late = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random{seed};
    const auto below = [&](int limit) {
      return std::uniform_int_distribution{0, limit - 1}(random);
    };
    const auto slots = static_cast<std::uint32_t>(1 + below(12));
    admission node{{.conversations_max = slots}};
    enum class verb { reserve, commit, cancel };
    struct message {
      verb what;
      reservation_request request;
    };
    std::vector<message> wire;  // in no order; a message may be delivered more than once
    std::set<std::string> present;
    auto now = start;
    int requests = 0;
    const int routers = 2 + below(6);

    for (int turn = 0; turn < 1'500; ++turn) {
      now += milliseconds{below(400)};
      if (below(2) == 0) {
        const auto router = std::to_string(below(routers));
        wire.push_back({verb::reserve, ask("router" + router + "_" + std::to_string(requests++),
                                           "conv_" + std::to_string(below(40)))});
      }
      if (!present.empty() && below(8) == 0) {
        auto leaves = present.begin();
        std::advance(leaves, below(static_cast<int>(present.size())));
        REQUIRE(node.ended({*leaves}));
        present.erase(leaves);
      }
      if (wire.empty()) continue;
      const auto place = static_cast<std::size_t>(below(static_cast<int>(wire.size())));
      const auto one = wire[place];
      if (below(4) != 0) wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(place));
      const auto& id = one.request.request;
      switch (one.what) {
        case verb::reserve: {
          const auto answer = node.reserve(one.request, now);
          if (answer.has_error()) {
            full += answer.error().code == errc::overloaded ? 1 : 0;
          } else if (answer.value() == admission_answer::reserved && below(5) != 0) {
            wire.push_back({below(4) == 0 ? verb::cancel : verb::commit, one.request});
          } else if (answer.value() == admission_answer::present) {
            REQUIRE(present.contains(one.request.conversation.value));
          }
          break;
        }
        case verb::commit: {
          const auto before = node.conversations();
          const auto answer = node.commit(id, now);
          if (answer.has_value() && node.conversations() > before) {
            REQUIRE(present.insert(one.request.conversation.value).second);
          }
          late += answer.has_error() && answer.error().code == errc::deadline ? 1 : 0;
          break;
        }
        case verb::cancel:
          node.cancel(id, now);
          break;
      }
      REQUIRE(node.taken() <= slots);
      REQUIRE(node.conversations() == present.size());
      REQUIRE(node.taken() == node.conversations() + node.reservations());
    }
    node.expire(now + 5s);
    REQUIRE(node.reservations() == 0);
    expired += node.counts().expired;
  }
  CHECK(full > 100);
  CHECK(expired > 100);
  CHECK(late > 100);
}

TEST_CASE("what is adopted is counted beyond the bound, and frees its slot when it ends") {
  admission_config config;
  config.conversations_max = 1;
  admission slots{config};
  REQUIRE(slots.reserve({"r1", {"conv_1"}, false}, mono_time{}));
  slots.adopt({"conv_2"});
  CHECK(slots.taken() == 2);
  slots.cancel("r1", mono_time{});
  CHECK_FALSE(slots.reserve({"r2", {"conv_3"}, false}, mono_time{}));
  CHECK(slots.ended({"conv_2"}));
  CHECK(slots.reserve({"r3", {"conv_3"}, false}, mono_time{}));
}
