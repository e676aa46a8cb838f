#include <catch2/catch.hpp>

#include "actors/session/memory_codec.hpp"
#include "runtime/store/memory_store.hpp"
#include "runtime/store/store_actor.hpp"
#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct bench : session_bench {
  void attach_resumable() { attach({true, true, {}}); }
  void lose_client() {
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    world.settle();
    client = new_client();
    seen.events.clear();
  }
  void come_back(event_mark mark) { attach({true, true, mark}); }
  std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> found;
    for (const auto& event : seen.events) found.push_back(event.sequence);
    return found;
  }
  void ask_resumable() {
    attach_resumable();
    tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
    tell(create_response{"e2", {}});
  }
  void speak_for(std::int64_t seconds) {
    child_says(clause_ready{turn(), 0, "Long."});
    child_says(
        speech_ready{turn(),
                     0,
                     shared_bytes{std::string(static_cast<std::size_t>(seconds) * 48'000, '\0')},
                     {},
                     {},
                     0ms});
    child_says(reply_finished{turn(), 1, {}, finish_reason::stop});
  }
};

}  // namespace

TEST_CASE("a client that comes back is sent what it missed under the old numbers, then the rest") {
  bench b;
  b.ask_resumable();
  b.speak_for(10);
  const auto last = b.seen.events.back().sequence;
  b.lose_client();
  b.world.advance(30s, 1s);
  CHECK(b.seen.events.empty());
  b.come_back({1, last - 2, 0});
  REQUIRE(b.seen.sent<session_resumed>().size() == 1);
  CHECK(b.seen.sent<session_opened>().empty());
  CHECK(b.seen.sent<turn_started>().size() == 1);  // for the door's writer
  b.world.advance(12s, 100ms);
  std::int64_t samples = 0;
  std::uint64_t before = last;
  for (const auto& event : b.seen.events) {
    const auto* media = std::get_if<media_chunk>(&event.payload);
    if (media == nullptr || event.sequence <= last) continue;
    CHECK(event.sequence > before);
    before = event.sequence;
    if (samples == 0) samples = media->first_sample;
    CHECK(media->first_sample == samples);
    samples += static_cast<std::int64_t>(media->pcm.size() / 2);
  }
  CHECK(samples == 240'000);
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::completed);
  b.end();
}

TEST_CASE("a client whose last event is no longer there is told of the gap and all items") {
  bench b;
  b.ask_resumable();
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  b.world.advance(60s, 1s);
  b.lose_client();
  b.come_back({1, 1, 0});
  CHECK(b.seen.sent<session_opened>().size() == 1);
  REQUIRE(b.seen.sent<resume_gap>().size() == 1);
  REQUIRE(b.seen.sent<item_added>().size() == 2);
  CHECK(b.seen.sent<item_added>()[1].previous_item_id == b.seen.sent<item_added>()[0].item.id);
  b.end();
}

TEST_CASE("a mark of another epoch is a gap") {
  bench b;
  b.attach_resumable();
  b.lose_client();
  b.come_back({2, 1, 0});
  CHECK(b.seen.sent<resume_gap>().size() == 1);
  b.end();
}

TEST_CASE("a resumable client that stays away loses its conversation after the idle time-out") {
  bench b;
  b.ask_resumable();
  b.speak_for(10);
  b.lose_client();
  b.world.advance(119s, 1s);
  CHECK(b.seen.living == 1);
  b.world.advance(2s, 1s);
  CHECK(b.seen.living == 0);
}

TEST_CASE("a conversation is saved after each item and turn") {
  bench b;
  b.ask_resumable();
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  b.child_says(speech_ready{b.turn(), 0, shared_bytes{std::string(9'600, '\0')}, {}, {}, 0ms});
  b.child_says(reply_finished{b.turn(), 1, {}, finish_reason::stop});
  REQUIRE_FALSE(b.seen.saved.empty());
  const auto& last = b.seen.saved.back();
  REQUIRE(last.items.size() == 2);
  CHECK(last.items[1].text == "Hello.");
  CHECK(last.turn_number == 1);
  b.end();
}

TEST_CASE("a conversation that ended is restored from the store when it is asked for by its id") {
  bench b;
  auto store = spawn_store(b.world.system, store_spawn::scheduled,
                           {std::make_unique<memory_store>(), &b.world.clock});
  session_memory memory;
  memory.items = {{"i1", item_role::user, item_status::completed, "Hi", false}};
  memory.settings.instructions = "Be brief.";
  memory.turn_number = 4;
  caf::anon_send(store, save_conversation{snapshot_of({{"conv_9"}, {7}, 4}, memory, 0)});
  directory_config limits;
  limits.store = store;
  std::vector<session_epoch> epochs;
  std::vector<std::optional<session_memory>> restored;
  auto directory = spawn_directory(
      b.world.system, limits,
      [&](conversation_id id, session_epoch e, std::optional<session_memory> m) {
        epochs.push_back(e);
        restored.push_back(m);
        return spawn_session(b.world.system, b.environment, std::move(id), e, std::move(m));
      });
  caf::scoped_actor self{b.world.system};
  std::vector<session_actor> sessions;
  for (const auto* id : {"conv_9", "conv_9", "conv_new"}) {
    auto handle = self->request(directory, 1s, open_conversation{{id}});
    b.world.settle();
    handle.receive([&](const session_actor& x) { sessions.push_back(x); },
                   [&](const caf::error& x) { FAIL(from_caf_error(x).message); });
  }
  REQUIRE(epochs.size() == 2);
  CHECK(epochs[0].value == 8);
  REQUIRE(restored[0]);
  CHECK(restored[0]->items == memory.items);
  CHECK(restored[0]->settings.instructions == "Be brief.");
  CHECK_FALSE(restored[1]);
  CHECK(sessions[0] == sessions[1]);
  for (const auto& session : sessions) {
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
  }
  sessions.clear();
  caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  b.end();
}
