// The directory of a node whose store other nodes use as well: it owns each conversation before it
// begins, by the claim under the node's lease.

#include <catch2/catch.hpp>

#include "actors/session/memory_codec.hpp"
#include "runtime/store/store_actor.hpp"
#include "tests/actors/session/session_fixture.hpp"
#include "tests/runtime/store/failing_store.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const node_identity anna{{"anna"}, {11}};
const node_identity anna_again{{"anna"}, {12}};
const node_identity bert{{"bert"}, {22}};

struct node : session_bench {
  disk on{world.clock};
  store_actor store;
  directory_actor directory;
  caf::scoped_actor asker{world.system};
  std::vector<session_epoch> epochs;  // of the sessions that began
  std::vector<session_actor> sessions;
  std::optional<error> problem;

  node() {
    join(anna);
    join(bert);
    store_actor_options options;
    options.store = std::make_unique<store_on>(on);
    options.time = &world.clock;
    store = spawn_store(world.system, store_spawn::scheduled, std::move(options));
    directory_config limits;
    limits.store = store;
    limits.claims = true;
    directory = spawn_directory(world.system, limits,
                                [this](conversation_id id, std::string owner, session_epoch epoch,
                                       std::optional<session_memory> memory) {
                                  epochs.push_back(epoch);
                                  return spawn_session(world.system, environment, std::move(id),
                                                       std::move(owner), epoch, std::move(memory));
                                });
  }

  ~node() {
    for (const auto& one : sessions) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    sessions.clear();
    world.settle();
    caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    directory = nullptr;
    store = nullptr;
    end();
  }

  void join(const node_identity& who) {
    REQUIRE(on.kept.join({who, "host:1", "1", 1, {}, {}}, {}, milliseconds{3'600'000}));
  }
  void begin(const node_identity& who) {
    caf::anon_send(directory, begin_term{who});
    world.settle();
  }

  // The session, or null and the problem.
  session_actor open(const std::string& id) {
    problem.reset();
    session_actor opened;
    auto pending = asker->request(directory, 5s, open_conversation{{id}, "key_a"});
    world.settle();
    pending.receive([&](const session_actor& x) { opened = x; },
                    [&](const caf::error& x) { problem = from_caf_error(x); });
    if (opened) sessions.push_back(opened);
    return opened;
  }

  std::optional<node_identity> owner_of(const std::string& id) {
    const auto claim = on.kept.find_claim({id}).value();
    return claim ? claim->owner : std::nullopt;
  }
};

}  // namespace

TEST_CASE("a node without a lease opens no conversation") {
  node here;
  CHECK_FALSE(here.open("conv_9"));
  CHECK(here.problem->code == errc::unavailable);
  CHECK(here.problem->retry_after);
  CHECK_FALSE(here.open(""));
  CHECK(here.epochs.empty());
  here.begin(anna);
  CHECK(here.open("conv_9"));
}

TEST_CASE("a conversation is claimed before it begins, new ones as well") {
  node here;
  here.begin(anna);
  REQUIRE(here.open("conv_9"));
  CHECK(here.owner_of("conv_9") == anna);
  CHECK(here.epochs.back() == here.on.kept.find_claim({"conv_9"}).value()->epoch);
  REQUIRE(here.open(""));
  CHECK(here.on.kept.claims({}, 10).value().size() == 2);
}

TEST_CASE("what lives on another node is not opened here, and the node is named") {
  node here;
  here.begin(anna);
  REQUIRE(here.on.kept.claim({"conv_9"}, bert).value().granted);
  CHECK_FALSE(here.open("conv_9"));
  CHECK(here.problem->code == errc::unavailable);
  CHECK(here.problem->where == "owner:bert");
  CHECK(here.epochs.empty());
}

TEST_CASE("a conversation whose owner died goes on here from what it saved, under a higher epoch") {
  node here;
  here.begin(anna);
  const auto of_bert = here.on.kept.claim({"conv_9"}, bert).value().claim.epoch;
  session_memory memory;
  memory.items = {{"i1", item_role::user, item_status::completed, "Hi", false}};
  memory.owner = "key_a";
  REQUIRE(here.on.kept.save(snapshot_of({{"conv_9"}, of_bert, 4}, memory, 0)));
  REQUIRE(here.on.kept.evict(bert.name).value());
  REQUIRE(here.open("conv_9"));
  CHECK(here.epochs.back() > of_bert);
  CHECK(here.owner_of("conv_9") == anna);
}

TEST_CASE("a conversation that ended is given up, and its last words are stored before") {
  node here;
  here.begin(anna);
  const auto session = here.open("conv_9");
  REQUIRE(session);
  caf::anon_send(here.store,
                 save_conversation{snapshot_of({{"conv_9"}, here.epochs.back(), 1}, {}, 0)});
  caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
  here.world.settle();
  CHECK_FALSE(here.owner_of("conv_9"));
  CHECK(here.on.kept.load({"conv_9"}).value());
  CHECK(here.on.kept.claim({"conv_9"}, bert).value().granted);
}

TEST_CASE("a conversation that its asker may not have is given up at once") {
  node here;
  here.begin(anna);
  session_memory memory;
  memory.owner = "key_b";
  REQUIRE(here.on.kept.save(snapshot_of({{"conv_9"}, {3}, 4}, memory, 0)));
  CHECK_FALSE(here.open("conv_9"));
  CHECK(here.problem->code == errc::not_found);
  CHECK_FALSE(here.owner_of("conv_9"));
}

TEST_CASE("with the lease all conversations end at once, unsaved, and are told to move") {
  node here;
  here.begin(anna);
  const auto session = here.open("conv_9");
  REQUIRE(session);
  caf::anon_send(session, attach_client{}, here.client);
  here.world.settle();
  here.seen.saved.clear();
  auto pending = here.asker->request(here.directory, 5s, end_term{});
  here.world.settle();
  std::optional<std::uint32_t> ended;
  pending.receive([&](std::uint32_t count) { ended = count; }, [](const caf::error&) {});
  CHECK(ended == 1u);
  CHECK(here.seen.saved.empty());
  const auto closed = here.seen.sent<session_closed>();
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].reason == "moved");
  CHECK_FALSE(here.open("conv_9"));
  here.join(bert);
  REQUIRE(here.on.kept.evict(anna.name).value());
  here.join(anna_again);
  here.begin(anna_again);
  CHECK(here.open("conv_9"));
  CHECK(here.owner_of("conv_9") == anna_again);
}

TEST_CASE("the end of a term without conversations is answered at once") {
  node here;
  here.begin(anna);
  auto pending = here.asker->request(here.directory, 5s, end_term{});
  here.world.settle();
  std::optional<std::uint32_t> ended;
  pending.receive([&](std::uint32_t count) { ended = count; }, [](const caf::error&) {});
  CHECK(ended == 0u);
}

TEST_CASE("a claim that is granted after its term ended begins nothing") {
  node here;
  here.begin(anna);
  auto opening = here.asker->request(here.directory, 5s, open_conversation{{"conv_9"}, "key_a"});
  auto ending = here.asker->request(here.directory, 5s, end_term{});
  here.world.settle();
  std::optional<error> refused;
  opening.receive([](const session_actor&) {},
                  [&](const caf::error& x) { refused = from_caf_error(x); });
  ending.receive([](std::uint32_t) {}, [](const caf::error&) {});
  REQUIRE(refused);
  CHECK(refused->code == errc::unavailable);
  CHECK(here.epochs.empty());
}

TEST_CASE("a store that fails refuses the conversation and says so") {
  node here;
  here.begin(anna);
  here.on.fails = true;
  CHECK_FALSE(here.open("conv_9"));
  CHECK(here.problem->code == errc::unavailable);
  CHECK(here.problem->message.find("on fire") != std::string::npos);
}

TEST_CASE("a conversation that the store gives to another ends here when it saves") {
  node here;
  here.begin(anna);
  const auto session = here.open("conv_9");
  REQUIRE(session);
  caf::anon_send(session, attach_client{}, here.client);
  here.world.settle();
  const auto epoch = here.epochs.back();
  REQUIRE(here.on.kept.give_up({"conv_9"}, epoch, anna).value());
  REQUIRE(here.on.kept.claim({"conv_9"}, bert).value().granted);
  caf::anon_send(here.store, save_conversation{snapshot_of({{"conv_9"}, epoch, 1}, {}, 0)});
  here.world.advance(1s, 100ms);
  REQUIRE(here.seen.sent<session_closed>().size() == 1);
  CHECK(here.seen.sent<session_closed>()[0].reason == "moved");
  CHECK(here.owner_of("conv_9") == bert);
}

TEST_CASE("what the store did not take back is given up again until it does") {
  node here;
  here.begin(anna);
  const auto session = here.open("conv_9");
  REQUIRE(session);
  here.on.fails = true;
  caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
  here.world.advance(12s, 1s);
  CHECK(here.owner_of("conv_9") == anna);
  here.on.fails = false;
  here.world.advance(6s, 1s);
  CHECK_FALSE(here.owner_of("conv_9"));
}

TEST_CASE("a conversation that is asked for again is not given up under its feet") {
  node here;
  here.begin(anna);
  here.on.fails = true;
  CHECK_FALSE(here.open("conv_9"));
  here.on.fails = false;
  REQUIRE(here.open("conv_9"));
  here.world.advance(12s, 1s);
  CHECK(here.owner_of("conv_9") == anna);
}

TEST_CASE(
    "a conversation that is handed over tells its client, and is nobody's here from then on") {
  node here;
  here.begin(anna);
  const auto session = here.open("conv_9");
  REQUIRE(session);
  REQUIRE(here.open("conv_10"));
  caf::anon_send(session, attach_client{}, here.client);
  caf::anon_send(here.directory, hand_over_conversation{{"conv_9"}, 5s});
  here.world.settle();
  REQUIRE(here.seen.sent<session_closed>().size() == 1);
  CHECK(here.seen.sent<session_closed>()[0].reason == "moved");
  CHECK_FALSE(here.owner_of("conv_9"));
  CHECK(here.on.kept.claim({"conv_9"}, bert).value().granted);
  CHECK(here.owner_of("conv_10") == anna);
}

TEST_CASE("what was handed over is not taken up here again by who asks too late") {
  node here;
  here.begin(anna);
  REQUIRE(here.open("conv_9"));
  caf::anon_send(here.directory, hand_over_conversation{{"conv_9"}, 5s});
  here.world.settle();
  CHECK_FALSE(here.owner_of("conv_9"));
  CHECK_FALSE(here.open("conv_9"));  // its asker had looked up the owner before
  CHECK(here.problem->code == errc::unavailable);
  here.world.advance(3s, 1s);
  CHECK(here.open("conv_9"));
}

TEST_CASE("until the store has it back, what is handed over is not taken up here again") {
  node here;
  here.begin(anna);
  REQUIRE(here.open("conv_9"));
  here.on.fails = true;
  caf::anon_send(here.directory, hand_over_conversation{{"conv_9"}, 5s});
  here.world.settle();
  CHECK_FALSE(here.open("conv_9"));
  CHECK(here.problem->code == errc::unavailable);
  here.on.fails = false;
  CHECK_FALSE(here.open("conv_9"));
  here.world.advance(6s, 1s);
  CHECK_FALSE(here.owner_of("conv_9"));
  here.world.advance(3s, 1s);
  CHECK(here.open("conv_9"));
}

TEST_CASE("handing over what is not here does nothing, and twice is as once") {
  node here;
  here.begin(anna);
  caf::anon_send(here.directory, hand_over_conversation{{"conv_9"}, 5s});
  const auto session = here.open("conv_9");
  REQUIRE(session);
  caf::anon_send(session, attach_client{}, here.client);
  for (int i = 0; i < 2; ++i) {
    caf::anon_send(here.directory, hand_over_conversation{{"conv_9"}, 5s});
  }
  here.world.settle();
  CHECK(here.seen.sent<session_closed>().size() == 1);
  here.world.advance(3s, 1s);
  CHECK(here.open("conv_9"));
}

TEST_CASE("a drained node hands over all that it has and takes nothing until it is told") {
  node here;
  here.begin(anna);
  REQUIRE(here.open("conv_9"));
  REQUIRE(here.open("conv_10"));
  caf::anon_send(here.directory, keep_drained{true, 5s});
  here.world.settle();
  CHECK_FALSE(here.owner_of("conv_9"));
  CHECK_FALSE(here.owner_of("conv_10"));
  CHECK_FALSE(here.open("conv_9"));
  CHECK(here.problem->code == errc::unavailable);
  CHECK_FALSE(here.open(""));
  caf::anon_send(here.directory, keep_drained{false, 5s});
  here.world.settle();
  CHECK(here.open("conv_9"));
}

TEST_CASE("what is being loaded when the node is drained goes back to the store") {
  node here;
  here.begin(anna);
  auto opening = here.asker->request(here.directory, 5s, open_conversation{{"conv_9"}, "key_a"});
  caf::anon_send(here.directory, keep_drained{true, 5s});
  here.world.settle();
  std::optional<error> refused;
  opening.receive([](const session_actor&) {},
                  [&](const caf::error& x) { refused = from_caf_error(x); });
  REQUIRE(refused);
  CHECK(refused->code == errc::unavailable);
  CHECK_FALSE(here.owner_of("conv_9"));
}
