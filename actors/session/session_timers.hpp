#pragma once
// The session's messages to itself; they never leave the actor.

#include <cstdint>

#include "actors/session/wire_caf.hpp"

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

}  // namespace dhr

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_idle_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_client_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_forget_sent)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_grace_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_rest)
