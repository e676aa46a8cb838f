#include "actors/session/session_actor.hpp"

#include <catch2/catch.hpp>

#include "actors/session/directory_actor.hpp"
#include "actors/session/session_state.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using test_system =
    testing::deterministic_system<caf::id_block::dhr_session, caf::id_block::dhr_session_handles,
                                  caf::id_block::dhr_conversation, caf::id_block::dhr_speech,
                                  caf::id_block::dhr_avatar>;

// What the children were told and the client was sent.
struct record {
  std::vector<converse> converses;
  std::vector<cancel_reply> cancelled_replies;
  std::vector<speak> speaks;
  std::vector<cancel_speech> cancelled_speech;
  std::vector<animate> animates;
  std::vector<session_event> events;
  int conversations = 0;
  int voices = 0;
  int living = 0;

  template <class Payload>
  std::vector<Payload> sent() const {
    std::vector<Payload> found;
    for (const auto& event : events) {
      if (const auto* payload = std::get_if<Payload>(&event.payload)) found.push_back(*payload);
    }
    return found;
  }
};

struct counting_metrics : session_metrics {
  record& seen;
  int restarts = 0;
  explicit counting_metrics(record& r) : seen{r} {}
  void session_began() noexcept override { ++seen.living; }
  void session_ended() noexcept override { --seen.living; }
  void child_restarted(std::string_view) noexcept override { ++restarts; }
};

conversation_actor::behavior_type fake_conversation(conversation_actor::pointer self,
                                                    record* seen) {
  return {[=](const token_piece& x) {
            if (x.text == "throw") throw std::runtime_error{"a child's own trouble"};
            if (x.text == "quit") self->quit(caf::exit_reason::kill);
          },
          [](const generation_done&) {},
          [](const generation_failed&) {},
          [](const engine_fallback&) {},
          [=](const converse& x) { seen->converses.push_back(x); },
          [=](const cancel_reply& x) { seen->cancelled_replies.push_back(x); }};
}

struct bench {
  record seen;
  test_system world;
  std::shared_ptr<counting_metrics> metrics = std::make_shared<counting_metrics>(seen);
  conversation_actor conversation;
  voice_actor voice;
  std::shared_ptr<session_environment> environment = std::make_shared<session_environment>();
  session_actor session;
  client_actor client;

  bench() {
    environment->time = &world.clock;
    environment->metrics = metrics;
    environment->spawn_conversation = [this](const conversation_client&) {
      ++seen.conversations;
      return conversation = world.system.spawn(fake_conversation, &seen);
    };
    environment->spawn_voice = [this](const speech_client&) {
      ++seen.voices;
      return voice = world.system.spawn([this]() -> voice_actor::behavior_type {
        return {[](const speech_ready&) {}, [](const speech_failed&) {},
                [this](const speak& x) { seen.speaks.push_back(x); },
                [this](const cancel_speech& x) { seen.cancelled_speech.push_back(x); }};
      });
    };
    environment->spawn_avatar = [this](const avatar_client& owner, std::uint64_t) {
      return world.system.spawn(
          [this, owner](avatar_actor::pointer self) -> avatar_actor::behavior_type {
            return {[this](const animate& x) { seen.animates.push_back(x); },
                    [self, owner](const idle_request& x) {
                      const std::vector<face_frame> frames(x.frame_count);
                      self->send(owner, idle_ready{0, shared_bytes::of(std::span{frames})});
                    }};
          });
    };
    environment->resolve_voice = [](std::string_view name) -> result<std::string> {
      if (name == "joe") return std::string{"joe"};
      return fail(errc::not_found, "there is no such voice", "voice");
    };
    session = spawn_session(world.system, environment, {"conv_1"}, {1});
    client = new_client();
    world.settle();
  }

  client_actor new_client() {
    return world.system.spawn([this]() -> client_actor::behavior_type {
      return {[this](const session_event& x) { seen.events.push_back(x); }};
    });
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(session, std::move(message));
    world.settle();
  }
  template <class Message>
  void child_says(Message message) {
    caf::anon_send(caf::actor_cast<session_self>(session), std::move(message));
    world.settle();
  }
  void attach() {
    caf::anon_send(session, attach_client{}, client);
    world.settle();
  }
  void ask() {
    attach();
    tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}});
    tell(create_response{"e2", {}});
  }
  turn_id turn() const { return seen.converses.back().turn; }
  void end() {
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    world.settle();
  }
};

}  // namespace

TEST_CASE("a client that attaches is told the settings first") {
  bench b;
  b.attach();
  REQUIRE(b.seen.events.size() == 1);
  CHECK(b.seen.events[0].sequence == 1);
  CHECK(b.seen.sent<session_opened>().size() == 1);
  b.end();
}

TEST_CASE("a turn's events carry its id and sequence numbers without a gap") {
  bench b;
  b.ask();
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  b.child_says(speech_ready{b.turn(), 0, shared_bytes{std::string(9'600, '\0')}, {}, {}, 0ms});
  b.child_says(reply_finished{b.turn(), 1, {}, finish_reason::stop});
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::completed);
  std::uint64_t expected = 0;
  for (const auto& event : b.seen.events) {
    CHECK(event.sequence == ++expected);
    CHECK(event.turn.conversation.value == "conv_1");
    const bool of_turn = std::holds_alternative<media_chunk>(event.payload) ||
                         std::holds_alternative<text_piece>(event.payload);
    if (of_turn) CHECK(event.turn == b.turn());
  }
  b.end();
}

TEST_CASE("the next turn is told what was said before") {
  bench b;
  b.ask();
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  b.child_says(speech_ready{b.turn(), 0, shared_bytes{std::string(9'600, '\0')}, {}, {}, 0ms});
  b.child_says(reply_finished{b.turn(), 1, {}, finish_reason::stop});
  b.tell(create_item{"e3", "", {"", item_role::user, item_status::completed, "And?", false}});
  b.tell(create_response{"e4", {}});
  CHECK(b.seen.converses.back().history ==
        std::vector<chat_message>{{"user", "Hi"}, {"assistant", "Hello."}, {"user", "And?"}});
  b.end();
}

TEST_CASE("a second response while one is under way is refused and disturbs nothing") {
  bench b;
  b.ask();
  b.tell(create_response{"again", {}});
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].request == "again");
  CHECK(b.seen.converses.size() == 1);
  CHECK(b.seen.sent<turn_finished>().empty());
  b.end();
}

TEST_CASE("a cancelled turn ends at once and its children are told to stop") {
  bench b;
  b.ask();
  const auto turn = b.turn();
  b.tell(cancel_response{"c", ""});
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::cancelled);
  CHECK(b.seen.cancelled_replies.size() == 1);
  CHECK(b.seen.cancelled_speech.size() == 1);
  b.child_says(clause_ready{turn, 0, "Late."});
  CHECK(b.seen.speaks.empty());
  b.tell(cancel_response{"c2", ""});
  CHECK(b.seen.sent<request_failed>().size() == 1);
  b.end();
}

TEST_CASE("an unknown voice is refused with its field and the settings stay") {
  bench b;
  b.attach();
  settings_patch patch;
  patch.voice = "nobody";
  patch.instructions = "Be brief.";
  b.tell(update_session{"u1", patch});
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].reason.where == "voice");
  patch.voice = "joe";
  b.tell(update_session{"u2", patch});
  REQUIRE(b.seen.sent<settings_changed>().size() == 1);
  CHECK(b.seen.sent<settings_changed>()[0].settings.instructions == "Be brief.");
  b.end();
}

TEST_CASE("a child that throws is restarted alone, its turn fails and the next turn works") {
  bench b;
  b.ask();
  caf::anon_send(b.conversation, token_piece{b.turn(), "throw"});
  b.world.settle();
  CHECK(b.seen.conversations == 2);
  CHECK(b.seen.voices == 1);
  CHECK(b.metrics->restarts == 1);
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::failed);
  CHECK(b.seen.sent<notice>().size() == 1);
  b.tell(create_response{"e3", {}});
  CHECK(b.seen.converses.size() == 2);
  b.end();
}

TEST_CASE("the fourth death of a child within a minute ends the conversation with a reason") {
  bench b;
  b.attach();
  for (int i = 0; i < 4; ++i) {
    CHECK(b.seen.sent<session_closed>().empty());
    caf::anon_send(b.conversation, token_piece{{}, "quit"});
    b.world.advance(1s, 100ms);
  }
  REQUIRE(b.seen.sent<session_closed>().size() == 1);
  CHECK(b.seen.sent<session_closed>()[0].reason == "failed");
  CHECK(b.seen.conversations == 4);
  CHECK(b.seen.living == 0);
  b.end();
}

TEST_CASE("deaths that are more than a minute apart do not add up") {
  bench b;
  b.attach();
  for (int i = 0; i < 6; ++i) {
    caf::anon_send(b.conversation, token_piece{{}, "quit"});
    b.world.advance(61s, 1s);
  }
  CHECK(b.seen.sent<session_closed>().empty());
  CHECK(b.seen.conversations == 7);
  b.end();
}

TEST_CASE("a session whose client is gone interrupts its turn and ends after the idle time-out") {
  bench b;
  b.ask();
  caf::anon_send_exit(b.client, caf::exit_reason::user_shutdown);
  b.world.settle();
  CHECK(b.seen.cancelled_replies.size() == 1);
  b.world.advance(119s, 1s);
  CHECK(b.seen.living == 1);
  b.world.advance(2s, 1s);
  CHECK(b.seen.living == 0);
}

TEST_CASE("a client that comes back in time keeps the session") {
  bench b;
  b.attach();
  caf::anon_send_exit(b.client, caf::exit_reason::user_shutdown);
  b.world.advance(100s, 1s);
  b.client = b.new_client();
  b.attach();
  b.world.advance(100s, 1s);
  CHECK(b.seen.living == 1);
  b.end();
}

TEST_CASE("a drained session lets its turn end and closes") {
  bench b;
  b.ask();
  b.tell(drain_session{5s});
  b.tell(create_response{"late", {}});
  CHECK(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<session_closed>().empty());
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::completed);
  REQUIRE(b.seen.sent<session_closed>().size() == 1);
  CHECK(b.seen.sent<session_closed>()[0].reason == "shutdown");
  CHECK(b.seen.living == 0);
  b.end();
}

TEST_CASE("a turn that outlasts the grace of a drain is told so") {
  bench b;
  b.ask();
  b.tell(drain_session{5s});
  b.world.advance(6s, 1s);
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].reason == "server_shutdown");
  CHECK(b.seen.living == 0);
  b.end();
}

TEST_CASE("a resting face is sent once a second to a client that asked, and not during a turn") {
  bench b;
  b.attach();
  b.world.advance(3s, 100ms);
  CHECK(b.seen.sent<idle_chunk>().empty());
  settings_patch patch;
  patch.idle_animation = true;
  b.tell(update_session{"u", patch});
  b.world.advance(3'500ms, 100ms);
  CHECK(b.seen.sent<idle_chunk>().size() == 4);
  CHECK(b.seen.sent<idle_chunk>()[0].frames.size() == 30 * sizeof(face_frame));
  b.tell(create_response{"r", {}});
  b.world.advance(3s, 100ms);
  CHECK(b.seen.sent<idle_chunk>().size() == 4);
  b.tell(cancel_response{"c", ""});
  b.world.advance(1'500ms, 100ms);
  CHECK(b.seen.sent<idle_chunk>().size() > 4);
  b.end();
}

TEST_CASE("a directory gives the same session for an id and refuses more than its bound") {
  bench b;
  auto directory =
      spawn_directory(b.world.system, {1, 2s}, [&](conversation_id id, session_epoch e) {
        return spawn_session(b.world.system, b.environment, std::move(id), e);
      });
  caf::scoped_actor self{b.world.system};
  std::vector<session_actor> sessions;
  std::vector<error> errors;
  const auto open = [&](std::string id) {
    auto handle = self->request(directory, 1s, open_conversation{{std::move(id)}});
    b.world.settle();
    handle.receive([&](const session_actor& x) { sessions.push_back(x); },
                   [&](const caf::error& x) { errors.push_back(from_caf_error(x)); });
  };
  open("a");
  open("a");
  open("b");
  REQUIRE(sessions.size() == 2);
  CHECK(sessions[0] == sessions[1]);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].code == errc::overloaded);
  CHECK(errors[0].retry_after == 2s);
  auto drained = self->request(directory, 1s, drain_all{1s});
  b.world.settle();
  std::uint32_t ended = 0;
  drained.receive([&](std::uint32_t count) { ended = count; }, [](const caf::error&) {});
  CHECK(ended == 1);
  open("c");
  CHECK(errors.back().code == errc::unavailable);
  sessions.clear();
  caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
  b.end();
}
