#pragma once
// A session on a deterministic system, with children and a client that write down what they get.

#include <string>
#include <vector>

#include "actors/session/directory_actor.hpp"
#include "actors/session/session_actor.hpp"
#include "actors/session/session_state.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr {

using namespace std::chrono_literals;

using test_system = testing::deterministic_system<
    caf::id_block::dhr_session, caf::id_block::dhr_session_events,
    caf::id_block::dhr_session_handles, caf::id_block::dhr_conversation, caf::id_block::dhr_speech,
    caf::id_block::dhr_avatar, caf::id_block::dhr_ears, caf::id_block::dhr_emotion,
    caf::id_block::dhr_store, caf::id_block::dhr_registry>;

// What the children were told and the client was sent.
struct record {
  std::vector<converse> converses;
  std::vector<cancel_reply> cancelled_replies;
  std::vector<prepare_reply> prepared;
  std::vector<speak> speaks;
  std::vector<cancel_speech> cancelled_speech;
  std::vector<animate> animates;
  std::vector<session_event> events;
  std::vector<ears_request_payload> ears;
  std::vector<session_memory> saved;
  std::vector<snapshot_listener> listeners;  // of snapshots whose writing is waited for
  int ears_spawned = 0;
  int sound_marks = 0;
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
  int told_too_soon = 0;
  int answered_again = 0;
  int taken_over = 0;
  explicit counting_metrics(record& r) : seen{r} {}
  void session_began() noexcept override { ++seen.living; }
  void session_ended() noexcept override { --seen.living; }
  void told_unstored() noexcept override { ++told_too_soon; }
  void turn_answered_again() noexcept override { ++answered_again; }
  void client_taken_over() noexcept override { ++taken_over; }
  void child_restarted(std::string_view) noexcept override { ++restarts; }
};

inline conversation_actor::behavior_type fake_conversation(conversation_actor::pointer self,
                                                           record* seen) {
  return {[=](const token_piece& x) {
            if (x.text == "throw") throw std::runtime_error{"a child's own trouble"};
            if (x.text == "quit") self->quit(caf::exit_reason::kill);
          },
          [](const tool_call_piece&) {},
          [](const generation_done&) {},
          [](const generation_failed&) {},
          [](const engine_fallback&) {},
          [=](const converse& x) { seen->converses.push_back(x); },
          [=](const cancel_reply& x) { seen->cancelled_replies.push_back(x); },
          [=](const prepare_reply& x) { seen->prepared.push_back(x); }};
}

// A session with children that only write down what they are told.
struct session_bench {
  record seen;
  test_system world;
  std::shared_ptr<counting_metrics> metrics = std::make_shared<counting_metrics>(seen);
  conversation_actor conversation;
  voice_actor voice;
  ears_actor ears;
  std::shared_ptr<session_environment> environment = std::make_shared<session_environment>();
  session_actor session;
  client_actor client;
  bool store_is_away = false;  // then nobody is told that a snapshot is stored

  session_bench() {
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
    environment->save = [this](const turn_id& of, session_memory memory,
                               const snapshot_listener& listener) {
      seen.saved.push_back(std::move(memory));
      if (!listener) return;
      if (store_is_away) return seen.listeners.push_back(listener);
      caf::anon_send(listener, conversation_stored{of.number});
    };
    session = spawn_session(world.system, environment, {"conv_1"}, "key_a", {1});
    client = new_client();
    world.settle();
  }

  // Ears that hear nothing by themselves; to be called before the first sound.
  void listen_with_fake_ears() {
    environment->spawn_ears = [this](const ears_client&, const turn_id&) {
      ++seen.ears_spawned;
      return ears = world.system.spawn([this]() -> ears_actor::behavior_type {
        return {[](const transcript_ready&) {},
                [](const transcript_failed&) {},
                [](const end_judged&) {},
                [](const melody_measured&) {},
                [this](const ears_request& x) { seen.ears.push_back(x.what); },
                [this](sound_taken_atom x) {
                  ++seen.sound_marks;
                  return x;
                }};
      });
    };
  }
  void kill_ears() {
    caf::anon_send_exit(ears, caf::exit_reason::kill);
    world.settle();
  }

  client_actor new_client() {
    return world.system.spawn([this]() -> client_actor::behavior_type {
      return {[this](const session_event& x) { seen.events.push_back(x); }};
    });
  }

  void tell(drain_session message) {
    caf::anon_send(session, message);
    world.settle();
  }
  void tell(client_request_payload request) {
    caf::anon_send(session, client_request{std::move(request)});
    world.settle();
  }
  template <class Message>
  void child_says(Message message) {
    caf::anon_send(caf::actor_cast<session_self>(session), std::move(message));
    world.settle();
  }
  void attach(attach_client how = {}) {
    caf::anon_send(session, std::move(how), client);
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

}  // namespace dhr
