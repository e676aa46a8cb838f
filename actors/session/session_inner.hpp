#pragma once
// What the session actor has for itself alone: messages that never leave it, its whole interface,
// and what it holds back.

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "actors/session/session_actor.hpp"

namespace dhr {

struct session_wake {
  std::uint64_t turn_number = 0;
};
struct session_idle_frames {
  std::uint64_t generation = 0;  // of the settings and turns; an older one has been superseded
};
struct session_client_timeout {
  std::uint64_t generation = 0;
};
struct session_forget_sent {};  // what was sent is old enough
struct session_grace_over {};
struct session_rest {};  // time to see whether nothing has happened for long enough
struct session_store_late {
  std::uint64_t turn_number = 0;  // whose end is told, stored or not
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_wake& x) {
  return f(caf::meta::type_name("session_wake"), x.turn_number);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_idle_frames& x) {
  return f(caf::meta::type_name("session_idle_frames"), x.generation);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_client_timeout& x) {
  return f(caf::meta::type_name("session_client_timeout"), x.generation);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_forget_sent&) {
  return f(caf::meta::type_name("session_forget_sent"));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_grace_over&) {
  return f(caf::meta::type_name("session_grace_over"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_rest&) {
  return f(caf::meta::type_name("session_rest"));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_store_late& x) {
  return f(caf::meta::type_name("session_store_late"), x.turn_number);
}

}  // namespace dhr

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_idle_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_client_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_forget_sent)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_grace_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_rest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_store_late)

namespace dhr {

using session_self = session_actor::extend_with<conversation_client>::extend_with<
    speech_client>::extend_with<avatar_client>::extend_with<ears_client>::
    extend_with<emotion_client>::extend_with<snapshot_listener>::extend<
        caf::reacts_to<session_wake>, caf::reacts_to<session_idle_frames>,
        caf::reacts_to<session_client_timeout>, caf::reacts_to<session_forget_sent>,
        caf::reacts_to<session_grace_over>, caf::reacts_to<session_rest>,
        caf::reacts_to<session_store_late>>;

// What is left of each child's restarts.
struct child_budgets {
  explicit child_budgets(restart_limits limits)
      : conversation{limits}, voice{limits}, avatar{limits}, ears{limits}, emotion{limits} {}
  restart_budget conversation;
  restart_budget voice;
  restart_budget avatar;
  restart_budget ears;
  restart_budget emotion;
};

// A response that was asked for and cannot begin yet.
struct waiting_response {
  create_response request;
  hearing_timings hearing;
  bool by_voice = false;  // what somebody said asks for it, no client
};

// What a session knows of feelings.
struct session_heart {
  emotion_actor child;                        // null: nothing is felt
  feelings mood;                              // of the user
  std::pair<std::string, std::string> words;  // the last that were felt: their item and the text
};

// How far a silent conversation is on its way to rest.
struct rest_state {
  mono_time stirred_at{};   // something happened last
  bool is_watched = false;  // a session_rest is on its way
  bool rests = false;       // saved, and about to end
  bool let_go = false;      // the client was told to ask for the conversation anew
};

// A turn that has ended, and what is said once it is stored.
struct store_wait {
  std::uint64_t turn = 0;                                       // 0: nothing waits
  std::deque<session_event> events;                             // the turn's end first
  std::vector<std::pair<attach_client, client_actor>> clients;  // who attached meanwhile
  std::deque<client_request> requests;                          // what was asked since then
};

}  // namespace dhr
