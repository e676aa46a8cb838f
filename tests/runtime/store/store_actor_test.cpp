// The store actor on the deterministic scheduler, over a store whose disk fails when told to.

#include "runtime/store/store_actor.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "tests/runtime/store/failing_store.hpp"
#include "tests/runtime/store/snapshots.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const node_identity anna{{"anna"}, {11}};
const node_identity bert{{"bert"}, {22}};

struct counting_metrics final : store_metrics {
  void written(nanoseconds) override { ++writes; }
  void write_failed(errc) override { ++failures; }
  void write_refused() override { ++refused; }
  void snapshot_lost() override { ++lost; }
  void waiting(std::size_t conversations) override { now_waiting = conversations; }
  void expired(std::size_t conversations) override { gone += conversations; }
  void trouble(const error& reason, std::uint64_t times) override {
    told.push_back(reason.message + " x" + std::to_string(times));
  }
  int writes = 0;
  int failures = 0;
  int refused = 0;
  int lost = 0;
  std::size_t now_waiting = 0;
  std::size_t gone = 0;
  std::vector<std::string> told;
};

struct world : deterministic_system<add_store_messages> {
  disk on{clock};
  std::shared_ptr<counting_metrics> metrics = std::make_shared<counting_metrics>();
  store_actor store;
  caf::scoped_actor asker{system};

  ~world() {
    if (store) caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    store = nullptr;
    settle();
  }

  void start(write_behind_options writing = {}, std::chrono::hours retention = 0h) {
    store_actor_options options;
    options.store = std::make_unique<store_on>(on);
    options.time = &clock;
    options.metrics = metrics;
    options.writing = writing;
    options.retention = retention;
    store = spawn_store(system, store_spawn::scheduled, std::move(options));
    settle();
  }

  void enter(const node_identity& node) {
    REQUIRE(on.kept.join({node, "host:1", "1", 1, {}, {}}, {}, milliseconds{60'000}));
  }

  void save(conversation_snapshot snapshot) {
    caf::anon_send(store, save_conversation{std::move(snapshot)});
    settle();
  }

  // With a listener, which counts what it is told in `stored`.
  void save_and_listen(conversation_snapshot snapshot) {
    const auto listener =
        system.spawn([this](snapshot_listener::pointer self) -> snapshot_listener::behavior_type {
          return {[this, self](const conversation_stored& x) {
            stored.push_back(x.turn_number);
            self->quit();
          }};
        });
    caf::anon_send(store, save_conversation{std::move(snapshot)}, listener);
    settle();
  }

  bool on_disk(const std::string& id) { return on.kept.load({id}).value().has_value(); }

  // The answer or the error's code and message, once the actor has run.
  template <class Answer, class Request>
  std::optional<Answer> ask(Request request) {
    std::optional<Answer> answer;
    code.reset();
    auto pending = asker->request(store, 5s, std::move(request));
    settle();
    pending.receive([&](const Answer& value) { answer = value; },
                    [&](const caf::error& reason) {
                      REQUIRE(reason.category() == caf::atom("dhr"));
                      code = static_cast<errc>(reason.code() - 1);
                      words = reason.context().get_as<std::string>(0);
                    });
    return answer;
  }
  auto take_up(const std::string& id, const node_identity& node) {
    return ask<taken_up>(take_up_conversation{{id}, node});
  }
  auto give_up(const std::string& id, session_epoch epoch, const node_identity& node) {
    return ask<bool>(give_up_conversation{{id}, epoch, node});
  }
  auto load(const std::string& id) { return ask<conversation_snapshot>(load_conversation{{id}}); }
  auto erase(const std::string& id) { return ask<bool>(erase_conversation{{id}}); }
  auto flush() { return ask<std::uint64_t>(flush_store{}); }

  std::optional<errc> code;
  std::string words;
  std::vector<std::uint64_t> stored;
};

}  // namespace

TEST_CASE_METHOD(world, "the store's messages arrive at another node as they were sent") {
  auto snapshot = talk("conv_1", 9, 3);
  snapshot.settings = std::string{"\0\xff", 2};
  snapshot.saved_at_ms = -1;
  snapshot.items.push_back({"i", "function_call", "", "completed", "{}", true, "call_1", "f"});
  CHECK(round_trip(system, snapshot) == snapshot);
  CHECK(round_trip(system, save_conversation{snapshot}) == save_conversation{snapshot});
  CHECK(round_trip(system, conversation_stored{7}) == conversation_stored{7});
  CHECK(round_trip(system, load_conversation{{"a"}}) == load_conversation{{"a"}});
  CHECK(round_trip(system, erase_conversation{{"a"}}) == erase_conversation{{"a"}});
  CHECK(round_trip(system, flush_store{}) == flush_store{});
  const take_up_conversation asked{{"a"}, anna};
  CHECK(round_trip(system, asked) == asked);
  const give_up_conversation done{{"a"}, session_epoch{7}, anna};
  CHECK(round_trip(system, done) == done);
  const taken_up refused{false, {{"a"}, {7}, anna, anna.name}, std::nullopt};
  CHECK(round_trip(system, refused) == refused);
  const taken_up granted{true, {{"a"}, {8}, std::nullopt, {}}, snapshot};
  CHECK(round_trip(system, granted) == granted);
}

TEST_CASE_METHOD(world, "whoever takes up a conversation gets what was saved last, and its epoch") {
  start({.delay = 250ms});
  enter(anna);
  enter(bert);
  auto answer = take_up("conv_1", anna);
  REQUIRE(answer);
  CHECK(answer->granted);
  CHECK_FALSE(answer->stored);
  const auto said = talk("conv_1", answer->claim.epoch.value);
  save(said);
  answer = take_up("conv_1", bert);
  REQUIRE(answer);
  CHECK_FALSE(answer->granted);
  CHECK(answer->claim.owner == anna);
  CHECK_FALSE(answer->stored);
  answer = take_up("conv_1", anna);
  REQUIRE(answer);
  CHECK(answer->granted);
  CHECK(answer->claim.epoch > said.epoch);
  CHECK(answer->stored == said);
}

TEST_CASE_METHOD(world, "a conversation that is given up is on disk before another may have it") {
  start({.delay = 250ms});
  enter(anna);
  enter(bert);
  const auto epoch = take_up("conv_1", anna)->claim.epoch;
  save(talk("conv_1", epoch.value));
  CHECK_FALSE(on_disk("conv_1"));
  CHECK(give_up("conv_1", epoch, anna) == true);
  CHECK(on_disk("conv_1"));
  CHECK(metrics->now_waiting == 0);
  const auto answer = take_up("conv_1", bert);
  REQUIRE(answer);
  CHECK(answer->granted);
  CHECK(answer->stored == talk("conv_1", epoch.value));
  CHECK(give_up("conv_1", epoch, anna) == false);
}

TEST_CASE_METHOD(world, "on a failing disk nothing is given up, nor taken up without what waits") {
  start({.delay = 250ms});
  enter(anna);
  enter(bert);
  const auto epoch = take_up("conv_1", anna)->claim.epoch;
  save(talk("conv_1", epoch.value));
  on.fails = true;
  CHECK_FALSE(give_up("conv_1", epoch, anna));
  CHECK(code == errc::unavailable);
  CHECK_FALSE(take_up("conv_1", anna));
  CHECK(code == errc::unavailable);
  CHECK(on.kept.find_claim({"conv_1"}).value()->owner == anna);
  on.fails = false;
  CHECK(give_up("conv_1", epoch, anna) == true);
  CHECK(on_disk("conv_1"));
}

TEST_CASE_METHOD(world, "a node without a lease takes up nothing") {
  start();
  CHECK_FALSE(take_up("conv_1", anna));
  CHECK(code == errc::not_found);
}

TEST_CASE_METHOD(world, "a pool asks each conversation's own part, and flushes all of them") {
  disk others[]{disk{clock}, disk{clock}, disk{clock}};
  std::vector<store_actor> parts;
  for (auto& one : others) {
    store_actor_options options;
    options.store = std::make_unique<store_on>(one);
    options.time = &clock;
    options.writing.delay = 250ms;
    parts.push_back(spawn_store(system, store_spawn::scheduled, std::move(options)));
  }
  store = spawn_store_pool(system, parts);
  for (int i = 0; i < 60; ++i) save(talk("conv_" + std::to_string(i)));
  CHECK(load("conv_7") == talk("conv_7"));
  CHECK(erase("conv_7") == true);
  CHECK(flush() == std::uint64_t{59});
  std::size_t kept = 0;
  for (auto& one : others) {
    const auto here = one.kept.check().value().conversations;
    CHECK(here > 5);
    kept += here;
  }
  CHECK(kept == 59);
  others[1].fails = true;
  for (int i = 0; i < 60; ++i) save(talk("conv_" + std::to_string(i), 2));
  CHECK_FALSE(flush());
  CHECK(code == errc::unavailable);
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  store = nullptr;
  settle();  // the parts end with it, before their disks do
}

TEST_CASE_METHOD(world, "saves of one conversation within the delay become one write of the last") {
  start({.delay = 250ms});
  save(talk("conv_1", 1, 1));
  advance(200ms);
  save(talk("conv_1", 1, 2));
  CHECK(on.tries == 0);
  CHECK(metrics->now_waiting == 1);
  advance(50ms);
  CHECK(on.tries == 1);
  CHECK(metrics->writes == 1);
  CHECK(metrics->now_waiting == 0);
  CHECK(*on.kept.load({"conv_1"}).value() == talk("conv_1", 1, 2));
  advance(10s, 100ms);
  CHECK(on.tries == 1);
  save(talk("conv_1", 1, 3));
  advance(250ms);
  CHECK(*on.kept.load({"conv_1"}).value() == talk("conv_1", 1, 3));
}

TEST_CASE_METHOD(world, "a load sees what waits to be written, and what was written") {
  start();
  save(talk("conv_1", 1, 2));
  CHECK(load("conv_1") == talk("conv_1", 1, 2));
  CHECK(on.tries == 0);
  advance(250ms);
  CHECK(load("conv_1") == talk("conv_1", 1, 2));
}

TEST_CASE_METHOD(world, "a load of what there is not, or of a failing disk, is an error") {
  start();
  CHECK_FALSE(load("conv_1"));
  CHECK(code == errc::not_found);
  on.fails = true;
  CHECK_FALSE(load("conv_1"));
  CHECK(code == errc::unavailable);
  CHECK(words == "the disk is on fire");
}

TEST_CASE_METHOD(world, "an erased conversation is not written by a save that waited") {
  start();
  save(talk("conv_1"));
  CHECK(erase("conv_1") == true);
  advance(1s);
  CHECK_FALSE(on_disk("conv_1"));
  CHECK(metrics->now_waiting == 0);
  CHECK(erase("conv_1") == false);
  save(talk("conv_2"));
  advance(1s);
  CHECK(erase("conv_2") == true);
  CHECK_FALSE(on_disk("conv_2"));
}

TEST_CASE_METHOD(world, "a flush is answered when everything is on disk") {
  start({.delay = 1h});
  for (int i = 0; i < 5; ++i) save(talk("conv_" + std::to_string(i)));
  CHECK(flush() == 5);
  for (int i = 0; i < 5; ++i) CHECK(on_disk("conv_" + std::to_string(i)));
  CHECK(flush() == 0);
}

TEST_CASE_METHOD(world, "a flush on a failing disk is an error and keeps what waits") {
  start();
  save(talk("conv_1"));
  on.fails = true;
  CHECK_FALSE(flush());
  CHECK(code == errc::unavailable);
  on.fails = false;
  CHECK(flush() == 1);
  CHECK(on_disk("conv_1"));
}

TEST_CASE_METHOD(world, "a failing disk is tried again ever more seldom until it works") {
  start({.delay = 250ms, .retry_first = 500ms, .retry_max = 4s});
  on.fails = true;
  save(talk("conv_1"));
  save(talk("conv_2"));
  advance(20s, 50ms);
  CHECK(on.tries >= 6);
  CHECK(on.tries <= 9);
  CHECK(metrics->failures == on.tries);
  CHECK(metrics->now_waiting == 2);
  on.fails = false;
  advance(4s, 50ms);
  CHECK(on_disk("conv_1"));
  CHECK(on_disk("conv_2"));
  CHECK(metrics->now_waiting == 0);
}

TEST_CASE_METHOD(world, "after a flush that ended the back-off a save waits no longer than ever") {
  start({.delay = 250ms, .retry_first = 30s});
  on.fails = true;
  save(talk("conv_1"));
  advance(300ms);
  on.fails = false;
  CHECK(flush() == 1);
  save(talk("conv_2"));
  advance(250ms);
  CHECK(on_disk("conv_2"));
}

TEST_CASE_METHOD(world, "the log hears of a failing disk once a minute, with how often") {
  start({.delay = 1s, .retry_first = 1s, .retry_max = 1s});
  on.fails = true;
  save(talk("conv_1"));
  advance(59s, 1s);
  CHECK(metrics->told == std::vector<std::string>{"the disk is on fire x1"});
  advance(3s, 1s);
  CHECK(metrics->told.size() == 2);
  CHECK(metrics->failures > 50);
  CHECK(metrics->told.back() == "the disk is on fire x60");
}

TEST_CASE_METHOD(world, "with too many waiting the oldest is written at once") {
  start({.delay = 1h, .waiting_max = 2});
  for (int i = 1; i <= 3; ++i) save(talk("conv_" + std::to_string(i)));
  CHECK(on_disk("conv_1"));
  CHECK_FALSE(on_disk("conv_2"));
  CHECK(metrics->now_waiting == 2);
  CHECK(metrics->lost == 0);
}

TEST_CASE_METHOD(world, "on a failing disk no more wait than may, and what is lost is counted") {
  start({.delay = 1h, .waiting_max = 10, .retry_first = 1h, .retry_max = 1h});
  on.fails = true;
  for (int i = 0; i < 100; ++i) save(talk("conv_" + std::to_string(i)));
  CHECK(metrics->now_waiting == 10);
  CHECK(metrics->lost == 90);
  CHECK(on.tries == 1);
  on.fails = false;
  CHECK(flush() == 10);
  CHECK(on_disk("conv_99"));
}

TEST_CASE_METHOD(world, "a replaced owner's snapshot is dropped and counted, and no one waits") {
  start();
  save(talk("conv_1", 5, 1));
  save(talk("conv_1", 4, 9));
  CHECK(metrics->refused == 1);
  advance(1s);
  save(talk("conv_1", 4, 9));
  save(talk("conv_2"));
  advance(1s);
  CHECK(metrics->refused == 2);
  CHECK(metrics->failures == 0);
  CHECK(metrics->now_waiting == 0);
  CHECK(*on.kept.load({"conv_1"}).value() == talk("conv_1", 5, 1));
  CHECK(on_disk("conv_2"));
}

TEST_CASE_METHOD(world, "conversations expire after the retention, at the start and later") {
  const auto saved_at = [](std::chrono::hours age) {
    auto snapshot = talk("conv_" + std::to_string(age.count()));
    snapshot.saved_at_ms = milliseconds{age}.count();
    return snapshot;
  };
  clock.advance(100h);
  REQUIRE(on.kept.save(saved_at(10h)));
  REQUIRE(on.kept.save(saved_at(77h)));
  start({}, 24h);
  CHECK(metrics->gone == 1);
  CHECK_FALSE(on_disk("conv_10"));
  CHECK(on_disk("conv_77"));
  advance(3h, 10min);
  CHECK(metrics->gone == 2);
  CHECK_FALSE(on_disk("conv_77"));
}

TEST_CASE_METHOD(world, "the store writes what waits before it ends") {
  start({.delay = 1h});
  save(talk("conv_1"));
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  settle();
  CHECK(on_disk("conv_1"));
}

TEST_CASE("on a thread of its own the store answers, and the system ends after it") {
  caf::actor_system_config config;
  add_store_messages(config);
  caf::actor_system system{config};
  store_actor_options options;
  options.store = std::make_unique<memory_store>();
  options.time = &system_clock();
  auto store = spawn_store(system, store_spawn::detached, std::move(options));
  caf::scoped_actor asker{system};
  asker->send(store, save_conversation{talk("conv_1")});
  std::uint64_t written = 0;
  asker->request(store, 10s, flush_store{})
      .receive([&](std::uint64_t count) { written = count; }, [](const caf::error&) {});
  CHECK(written == 1);
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(world, "who listens is told when its snapshot is on disk, which is at once") {
  start({.delay = 250ms});
  save(talk("conv_1", 1, 1));
  save(talk("conv_2", 1, 1));
  save_and_listen(talk("conv_2", 1, 2));
  CHECK(stored == std::vector<std::uint64_t>{2});
  CHECK(*on.kept.load({"conv_2"}).value() == talk("conv_2", 1, 2));
  CHECK_FALSE(on_disk("conv_1"));
  advance(250ms);
  CHECK(on_disk("conv_1"));
  CHECK(metrics->writes == 2);
}

TEST_CASE_METHOD(world,
                 "who listens while the disk fails is told once it took the newest, and nobody of "
                 "an old epoch") {
  start({.delay = 250ms, .retry_first = 500ms});
  on.fails = true;
  save_and_listen(talk("conv_1", 1, 1));
  CHECK(on.tries == 1);
  save_and_listen(talk("conv_1", 1, 2));
  CHECK(on.tries == 1);  // it is given time
  on.fails = false;
  advance(1s, 50ms);
  CHECK(*on.kept.load({"conv_1"}).value() == talk("conv_1", 1, 2));
  CHECK(stored == std::vector<std::uint64_t>{2});
  save_and_listen(talk("conv_1", 5, 3));
  CHECK(stored == std::vector<std::uint64_t>{2, 3});
  save_and_listen(talk("conv_1", 4, 4));
  save(talk("conv_1", 5, 4));
  advance(1s, 50ms);
  CHECK(stored == std::vector<std::uint64_t>{2, 3});
  CHECK(metrics->refused == 1);
}
