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

TEST_CASE("a client that is told of a gap gets no turn without its beginning") {
  bench b;
  b.ask_resumable();
  b.child_says(clause_ready{b.turn(), 0, "Long."});
  b.child_says(
      speech_ready{b.turn(), 0, shared_bytes{std::string(10 * 48'000, '\0')}, {}, {}, 0ms});
  b.lose_client();
  b.come_back({2, 1, 0});
  REQUIRE_FALSE(b.seen.events.empty());
  CHECK(std::holds_alternative<session_opened>(b.seen.events[0].payload));
  CHECK(b.seen.cancelled_replies.size() == 1);
  b.world.advance(12s, 100ms);
  CHECK(b.seen.sent<media_chunk>().empty());
  CHECK(b.seen.sent<turn_finished>().empty());
  REQUIRE(b.seen.sent<item_added>().size() == 2);  // what was heard of the answer is told
  CHECK(b.seen.sent<item_added>()[1].item.text == "Long.");
  b.end();
}

TEST_CASE("what waited for a turn that a gap cut begins after the client knows where it is") {
  bench b;
  b.ask_resumable();
  create_response beside{"e3", {}};
  beside.out_of_band = true;
  b.tell(beside);
  CHECK(b.seen.converses.size() == 1);
  b.lose_client();
  b.come_back({2, 1, 0});
  CHECK(b.seen.converses.size() == 2);
  REQUIRE(b.seen.sent<turn_started>().size() == 1);
  CHECK(std::holds_alternative<session_opened>(b.seen.events.front().payload));
  CHECK(std::holds_alternative<turn_started>(b.seen.events.back().payload));
  b.end();
}

TEST_CASE("a response that waited for a client that is gone for good does not begin for nobody") {
  bench b;
  b.ask();
  create_response beside{"e3", {}};
  beside.out_of_band = true;
  b.tell(beside);
  b.lose_client();
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("what is old is forgotten without a turn's end, but not while the client is away") {
  for (const bool away : {false, true}) {
    bench b;
    b.attach_resumable();
    b.tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
    if (away) b.lose_client();
    b.world.advance(60s, 1s);
    if (!away) b.lose_client();
    b.come_back({1, 1, 0});
    CHECK(b.seen.sent<resume_gap>().size() == (away ? 0 : 1));
    b.end();
  }
}

TEST_CASE("what another client was sent and nobody kept is a gap") {
  bench b;
  b.attach_resumable();
  const auto seen = b.seen.events.back().sequence;
  b.attach();
  b.tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
  b.attach_resumable();
  b.come_back({1, seen, 0});
  CHECK(b.seen.sent<resume_gap>().size() == 1);
  b.end();
}

TEST_CASE("half a sentence of a microphone that is gone is forgotten") {
  for (const bool resumable : {false, true}) {
    bench b;
    b.listen_with_fake_ears();
    b.attach({true, resumable, {}});
    b.tell(append_audio{"a", shared_bytes{"\1\2"}});
    CHECK_FALSE(std::holds_alternative<forget_heard>(b.seen.ears.back()));
    b.lose_client();
    CHECK(std::holds_alternative<forget_heard>(b.seen.ears.back()));
    b.end();
  }
}

TEST_CASE("a client that takes over does not go on with the other's sentence") {
  bench b;
  b.listen_with_fake_ears();
  b.attach();
  b.tell(append_audio{"a", shared_bytes{"\1\2"}});
  b.client = b.new_client();
  b.attach();
  CHECK(std::holds_alternative<forget_heard>(b.seen.ears.back()));
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
  memory.owner = "key_a";
  caf::anon_send(store, save_conversation{snapshot_of({{"conv_9"}, {7}, 4}, memory, 0)});
  directory_config limits;
  limits.store = store;
  std::vector<session_epoch> epochs;
  std::vector<std::string> owners;
  std::vector<std::optional<session_memory>> restored;
  auto directory = spawn_directory(
      b.world.system, limits,
      [&](conversation_id id, std::string owner, session_epoch e, std::optional<session_memory> m) {
        epochs.push_back(e);
        restored.push_back(m);
        owners.push_back(owner);
        return spawn_session(b.world.system, b.environment, std::move(id), std::move(owner), e,
                             std::move(m));
      });
  caf::scoped_actor self{b.world.system};
  std::vector<session_actor> sessions;
  std::vector<error> errors;
  const auto open = [&](std::string id, std::string owner) {
    auto handle =
        self->request(directory, 1s, open_conversation{{std::move(id)}, std::move(owner)});
    b.world.settle();
    handle.receive([&](const session_actor& x) { sessions.push_back(x); },
                   [&](const caf::error& x) { errors.push_back(from_caf_error(x)); });
  };
  open("conv_9", "key_b");
  open("conv_9", "");
  CHECK(epochs.empty());  // it is not even taken up for them
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].code == errc::not_found);
  CHECK(errors[0].message == "there is no conversation 'conv_9'");
  open("conv_9", "key_a");
  open("conv_9", "key_a");
  open("conv_new", "key_b");
  open("conv_9", "key_b");
  REQUIRE(errors.size() == 3);
  CHECK(errors[2].message == errors[0].message);
  CHECK(owners == std::vector<std::string>{"key_a", "key_b"});
  auto first = self->request(directory, 1s, open_conversation{{"conv_race"}, "key_a"});
  auto second = self->request(directory, 1s, open_conversation{{"conv_race"}, "key_b"});
  b.world.settle();
  const auto keep = [&](const session_actor& x) { sessions.push_back(x); };
  const auto note = [&](const caf::error& x) { errors.push_back(from_caf_error(x)); };
  first.receive(keep, note);
  second.receive(keep, note);
  CHECK(errors.size() == 4);
  CHECK(owners.back() == "key_a");
  REQUIRE(epochs.size() == 3);
  REQUIRE(sessions.size() == 4);
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
