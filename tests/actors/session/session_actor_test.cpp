#include "actors/session/session_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using bench = session_bench;

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
  auto directory = spawn_directory(
      b.world.system, {1, 2s},
      [&](conversation_id id, std::string owner, session_epoch e, std::optional<session_memory> m) {
        return spawn_session(b.world.system, b.environment, std::move(id), std::move(owner), e,
                             std::move(m));
      });
  caf::scoped_actor self{b.world.system};
  std::vector<session_actor> sessions;
  std::vector<error> errors;
  const auto open = [&](std::string id) {
    auto handle = self->request(directory, 1s, open_conversation{{std::move(id)}, "key_a"});
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
