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

struct move_bench : deterministic_system<add_session_messages, add_avatar_messages,
                                         add_speech_messages, add_conversation_messages> {
  metrics counts;
  std::shared_ptr<client_link> link = std::make_shared<client_link>(link_limits{}, counts, [] {});
  std::deque<fake_session> sessions;
  std::vector<conversation_id> asked;
  std::optional<error> refusal;     // of the door
  fake_session* reopens = nullptr;  // what the door hands out instead of a new one
  conversation_door door;
  connected_client client;

  move_bench();
  ~move_bench();

  void start(milliseconds patience = 15s);
  session_actor begin_session();
  void say(fake_session& session, session_payload payload, std::uint64_t turn = 0);
  void kill(fake_session& session);
  // The client's actor ends, as when its socket is gone.
  void leave();

  // What has been put out since the last call.
  std::vector<boost::json::object> events();
  static const boost::json::object* find(const std::vector<boost::json::object>& in,
                                         std::string_view type);
};

}  // namespace dhr::testing
