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

using test_system =
    testing::deterministic_system<add_session_messages, add_conversation_messages,
                                  add_speech_messages, add_avatar_messages, add_ears_messages,
                                  add_emotion_messages, add_store_messages>;

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

  session_bench();
  ~session_bench();

  // Ears that hear nothing by themselves; to be called before the first sound.
  void listen_with_fake_ears();
  void kill_ears();

  client_actor new_client();

  void tell(drain_session message);
  void tell(client_request_payload request);
  // Message: one of those that session_fixture.cpp names.
  template <class Message>
  void child_says(Message message);
  void attach(attach_client how = {});
  void ask();
  turn_id turn() const { return seen.converses.back().turn; }
  void end();
};

}  // namespace dhr
