#pragma once
// A client actor on the deterministic scheduler: the test is the door that knows where
// conversations are, and the sessions behind it.

#include <boost/json.hpp>
#include <deque>

#include "net/realtime/client_actor.hpp"
#include "runtime/base/error_caf.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr::testing {

using namespace realtime;
using namespace std::chrono_literals;

inline const conversation_id talk{"conv_1"};

struct fake_session {
  session_actor actor;
  session_epoch epoch;
  std::vector<attach_client> attached;
  client_actor client;
  std::uint64_t sequence = 0;
};

inline session_actor::behavior_type fake_session_behavior(session_actor::pointer,
                                                          fake_session* session) {
  return {[session](const attach_client& x, const client_actor& client) {
            session->attached.push_back(x);
            session->client = client;
          },
          [](const client_request&) {}, [](const drain_session&) {},
          [](const leave_conversation&) {}, [](sound_taken_atom x) { return x; }};
}

struct move_bench
    : deterministic_system<caf::id_block::dhr_session, caf::id_block::dhr_session_events,
                           caf::id_block::dhr_session_handles, caf::id_block::dhr_avatar,
                           caf::id_block::dhr_speech, caf::id_block::dhr_conversation> {
  metrics counts;
  std::shared_ptr<client_link> link = std::make_shared<client_link>(link_limits{}, counts, [] {});
  std::deque<fake_session> sessions;
  std::vector<conversation_id> asked;
  std::optional<error> refusal;     // of the door
  fake_session* reopens = nullptr;  // what the door hands out instead of a new one
  conversation_door door;
  connected_client client;

  ~move_bench() {
    end(client);
    end(door);
    for (auto& one : sessions) {
      one.client = nullptr;
      end(one.actor);
    }
    link->disconnected();
    settle();
  }
  template <class Handle>
  static void end(Handle& actor) {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
  }

  void start(milliseconds patience = 15s) {
    door = system.spawn([this]() -> conversation_door::behavior_type {
      return {[this](const open_conversation& x) -> caf::result<session_actor> {
        asked.push_back(x.id);
        if (refusal) return to_caf_error(*refusal);
        return reopens != nullptr ? reopens->actor : begin_session();
      }};
    });
    client_options options;
    options.conversation = talk;
    options.move_patience = patience;
    client = spawn_client(system, door, link, std::move(options));
    settle();
  }

  session_actor begin_session() {
    auto& made = sessions.emplace_back();
    made.epoch = {sessions.size()};
    made.actor = system.spawn(fake_session_behavior, &made);
    return made.actor;
  }

  void say(fake_session& session, session_payload payload, std::uint64_t turn = 0) {
    caf::anon_send(
        session.client,
        session_event{{talk, session.epoch, turn}, ++session.sequence, std::move(payload)});
    settle();
  }
  void kill(fake_session& session) {
    session.client = nullptr;
    caf::anon_send_exit(session.actor, caf::exit_reason::kill);
    session.actor = nullptr;
    settle();
  }

  // What has been put out since the last call.
  std::vector<boost::json::object> events() {
    std::vector<boost::json::object> taken;
    for (auto step = link->next(); step.message; step = link->next()) {
      taken.push_back(boost::json::parse(*step.message).as_object());
    }
    return taken;
  }
  static const boost::json::object* find(const std::vector<boost::json::object>& in,
                                         std::string_view type) {
    for (const auto& event : in) {
      if (event.at("type").as_string() == type) return &event;
    }
    return nullptr;
  }
};

}  // namespace dhr::testing
