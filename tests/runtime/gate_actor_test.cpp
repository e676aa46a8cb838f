// The gate on the deterministic scheduler, before a directory that answers when the test says so.

#include "runtime/gate_actor.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <vector>

#include "runtime/base/error_caf.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

using answer_atom = caf::atom_constant<caf::atom("answer")>;
using scripted_directory =
    caf::typed_actor<caf::replies_to<open_conversation>::with<session_actor>,
                     caf::replies_to<drain_all>::with<std::uint32_t>, caf::reacts_to<keep_drained>,
                     caf::reacts_to<answer_atom, session_actor>>;  // the oldest; null: an error

session_actor::behavior_type fake_session() {
  return {[](const attach_client&, const client_actor&) {}, [](const client_request&) {},
          [](const drain_session&) {}, [](const leave_conversation&) {},
          [](sound_taken_atom x) { return x; }};
}

struct asked_open {
  open_conversation wanted;
  caf::typed_response_promise<session_actor> promise;
};

scripted_directory::behavior_type directory_behavior(scripted_directory::pointer self,
                                                     std::deque<asked_open>* asked,
                                                     std::vector<bool>* drained) {
  return {[self, asked](const open_conversation& x) -> caf::result<session_actor> {
            asked->push_back({x, self->make_response_promise<session_actor>()});
            return asked->back().promise;
          },
          [](const drain_all&) -> caf::result<std::uint32_t> { return std::uint32_t{7}; },
          [drained](const keep_drained& x) { drained->push_back(x.drained); },
          [asked](answer_atom, const session_actor& session) {
            auto promise = asked->front().promise;
            asked->pop_front();
            if (session) return static_cast<void>(promise.deliver(session));
            promise.deliver(to_caf_error({errc::unavailable, "the disk is gone", {}, {}}));
          }};
}

struct world : deterministic_system<add_store_messages, add_session_messages> {
  std::deque<asked_open> asked;
  std::vector<bool> drained;  // what the directory was told
  scripted_directory directory = system.spawn(directory_behavior, &asked, &drained);
  std::shared_ptr<gate_readings> readings = std::make_shared<gate_readings>();
  std::map<std::string, session_actor> sessions;
  node_load load;
  gate_actor gate;
  caf::scoped_actor asker{system};

  void open_gate(std::uint32_t most, bool has_ceiling = false) {
    gate_options options;
    options.admission.conversations_max = most;
    options.admission.retry_after = 2s;
    options.time = &clock;
    options.directory = directory;
    options.drains = directory;
    if (has_ceiling) options.load = [this] { return load; };
    options.zone = "rack-a";
    options.labels = {{"gpu", "a100"}};
    options.readings = readings;
    gate = spawn_gate(system, std::move(options));
  }

  ~world() {
    const auto end = [](auto& actor) {
      if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
      actor = nullptr;
    };
    for (auto& [name, one] : sessions) end(one);
    asked.clear();
    end(gate);
    end(directory);
    settle();
  }

  auto ask(const std::string& id, node_wish wish = {}) {
    auto pending = asker->request(gate, 60s, open_conversation{{id}, "key_a", std::move(wish)});
    settle();
    return pending;
  }
  // As the directory does with the oldest that it was asked for.
  void begin(const std::string& id) {
    auto& session = sessions[id];
    if (!session) {
      session = system.spawn(fake_session);
      caf::anon_send(gate, began_atom::value, conversation_id{id}, session);
    }
    caf::anon_send(directory, answer_atom::value, session);
    settle();
  }
  void fail_one() {
    caf::anon_send(directory, answer_atom::value, session_actor{});
    settle();
  }
  void end(const std::string& id) {
    caf::anon_send_exit(sessions[id], caf::exit_reason::user_shutdown);
    sessions.erase(id);
    settle();
  }
  template <class Pending>
  std::optional<error> problem_of(Pending& pending) {
    std::optional<error> problem;
    pending.receive([](const session_actor&) {},
                    [&](const caf::error& x) { problem = from_caf_error(x); });
    return problem;
  }
  std::uint32_t taken() const { return readings->taken; }
};

}  // namespace

TEST_CASE_METHOD(world, "two who saw the same free slot cannot both have it") {
  open_gate(1);
  auto first = ask("conv_1");
  auto second = ask("conv_2");
  CHECK(taken() == 1);
  // The second one cost the directory nothing.
  REQUIRE(asked.size() == 1);
  const auto problem = problem_of(second);
  REQUIRE(problem);
  CHECK(problem->code == errc::overloaded);
  CHECK(problem->retry_after == 2s);
  CHECK(problem->message == "the server holds its 1 conversations already");
  begin("conv_1");
  CHECK_FALSE(problem_of(first));
  CHECK(taken() == 1);
}

TEST_CASE_METHOD(world, "conversations without a name fill the slots and no more") {
  open_gate(2);
  auto first = ask("");
  auto second = ask("");
  auto third = ask("");
  CHECK(problem_of(third)->code == errc::overloaded);
  begin("conv_1");
  CHECK(taken() == 2);
  fail_one();
  CHECK_FALSE(problem_of(first));
  CHECK(problem_of(second)->code == errc::unavailable);
  CHECK(taken() == 1);
}

TEST_CASE_METHOD(world, "a conversation that is here is opened though all slots are taken") {
  open_gate(1);
  auto first = ask("");
  begin("conv_1");
  CHECK_FALSE(problem_of(first));
  auto again = ask("conv_1");
  REQUIRE(asked.size() == 1);
  begin("conv_1");
  CHECK_FALSE(problem_of(again));
  CHECK(taken() == 1);
}

TEST_CASE_METHOD(world, "those who wait for one conversation share its slot") {
  open_gate(1);
  auto wrong_owner = ask("conv_1");
  auto right_owner = ask("conv_1");
  REQUIRE(asked.size() == 2);
  fail_one();
  CHECK(taken() == 1);
  begin("conv_1");
  CHECK(problem_of(wrong_owner)->code == errc::unavailable);
  CHECK_FALSE(problem_of(right_owner));
  CHECK(taken() == 1);
  end("conv_1");
  CHECK(taken() == 0);
}

TEST_CASE_METHOD(world, "a slot is free again when its conversation ends") {
  open_gate(1);
  auto first = ask("conv_1");
  begin("conv_1");
  CHECK_FALSE(problem_of(first));
  end("conv_1");
  CHECK(taken() == 0);
  auto second = ask("conv_2");
  CHECK(asked.size() == 1);
  begin("conv_2");
  CHECK_FALSE(problem_of(second));
}

TEST_CASE_METHOD(world, "a slot is free again when the directory fails or is silent") {
  open_gate(1);
  auto first = ask("conv_1");
  fail_one();
  CHECK(problem_of(first)->code == errc::unavailable);
  CHECK(taken() == 0);
  auto second = ask("conv_2");
  CHECK(taken() == 1);
  advance(5s, 100ms);
  CHECK(problem_of(second)->code == errc::deadline);
  CHECK(taken() == 0);
}

TEST_CASE_METHOD(world, "what begins after its deadline is counted all the same") {
  open_gate(1);
  auto late = ask("conv_1");
  advance(5s, 100ms);
  CHECK(problem_of(late)->code == errc::deadline);
  begin("conv_1");
  CHECK(taken() == 1);
  auto next = ask("conv_2");
  CHECK(problem_of(next)->code == errc::overloaded);
}

TEST_CASE_METHOD(world, "a successor keeps the slot when the end of the one before is told late") {
  open_gate(2);
  auto first = ask("conv_1");
  begin("conv_1");
  CHECK_FALSE(problem_of(first));
  auto before = sessions["conv_1"];
  sessions.erase("conv_1");
  auto again = ask("conv_1");
  begin("conv_1");
  CHECK_FALSE(problem_of(again));
  caf::anon_send_exit(before, caf::exit_reason::user_shutdown);
  settle();
  CHECK(taken() == 1);
}

TEST_CASE_METHOD(world, "a node over its ceiling refuses, and takes back what it had up to 0.8") {
  open_gate(10, true);
  auto first = ask("conv_1");
  begin("conv_1");
  CHECK_FALSE(problem_of(first));
  end("conv_1");
  load = {0.78, 0.78, 0.78};
  auto fresh = ask("conv_2");
  CHECK(problem_of(fresh)->code == errc::overloaded);
  auto back = ask("conv_1");
  CHECK(asked.size() == 1);
  fail_one();
  CHECK(problem_of(back)->code == errc::unavailable);
  load = {0.9, 0.9, 0.9};
  auto too_late = ask("conv_1");
  CHECK(problem_of(too_late)->code == errc::overloaded);
}

TEST_CASE_METHOD(world, "a gate that drains refuses, and hands the drain on") {
  open_gate(10);
  auto pending = asker->request(gate, 60s, drain_all{});
  settle();
  std::uint32_t count = 0;
  pending.receive([&](std::uint32_t x) { count = x; }, [](const caf::error&) {});
  CHECK(count == 7);
  auto refused = ask("conv_1");
  CHECK(problem_of(refused)->code == errc::unavailable);
  CHECK(asked.empty());
}

TEST_CASE_METHOD(world,
                 "a drained gate refuses, tells the directory, and opens when it may again") {
  open_gate(10);
  caf::anon_send(gate, keep_drained{true, 5s});
  settle();
  CHECK(readings->drained);
  auto refused = ask("conv_1");
  const auto problem = problem_of(refused);
  REQUIRE(problem);
  CHECK(problem->code == errc::unavailable);
  CHECK(problem->message == "this node is drained: ask another one");
  CHECK(asked.empty());
  caf::anon_send(gate, keep_drained{false, 5s});
  settle();
  CHECK_FALSE(readings->drained);
  CHECK(drained == std::vector<bool>{true, false});
  auto first = ask("conv_1");
  begin("conv_1");
  CHECK_FALSE(problem_of(first));
}

TEST_CASE_METHOD(world, "a gate that ends for good is not opened by a wish that is taken back") {
  open_gate(10);
  caf::anon_send(gate, keep_drained{true, 5s});
  auto pending = asker->request(gate, 60s, drain_all{});
  settle();
  pending.receive([](std::uint32_t) {}, [](const caf::error&) {});
  caf::anon_send(gate, keep_drained{false, 5s});
  auto refused = ask("conv_1");
  CHECK(problem_of(refused)->code == errc::unavailable);
  CHECK(asked.empty());
}

TEST_CASE_METHOD(world, "what is wanted on other nodes is refused, unless it is here") {
  open_gate(10);
  auto zone = ask("conv_1", {"rack-b", {}});
  CHECK(problem_of(zone)->message == "this node is not in zone 'rack-b'");
  auto label = ask("conv_1", {"", {{"gpu", "h100"}}});
  CHECK(problem_of(label)->message == "this node has no label gpu=h100");
  CHECK(asked.empty());
  auto fits = ask("conv_1", {"rack-a", {{"gpu", "a100"}}});
  begin("conv_1");
  CHECK_FALSE(problem_of(fits));
  auto again = ask("conv_1", {"rack-b", {}});
  begin("conv_1");
  CHECK_FALSE(problem_of(again));
}
