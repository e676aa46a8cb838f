#pragma once
// The session actor's state: one method per message. Only session_actor.cpp and its tests know it.

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "actors/session/item_log.hpp"
#include "actors/session/session_actor.hpp"

namespace dhr {

// The session's messages to itself; they never leave the actor.
struct session_wake {
  std::uint64_t turn_number = 0;
};
struct session_idle_frames {
  std::uint64_t generation = 0;  // of the settings and turns; an older one has been superseded
};
struct session_client_timeout {
  std::uint64_t generation = 0;
};
struct session_grace_over {};

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
typename Inspector::result_type inspect(Inspector& f, session_grace_over&) {
  return f(caf::meta::type_name("session_grace_over"));
}

using session_self =
    session_actor::extend_with<conversation_client>::extend_with<speech_client>::extend_with<
        avatar_client>::extend<caf::reacts_to<session_wake>, caf::reacts_to<session_idle_frames>,
                               caf::reacts_to<session_client_timeout>,
                               caf::reacts_to<session_grace_over>>;

class session_state {
 public:
  static inline const char* name = "session";

  explicit session_state(session_self::pointer self) noexcept : self_{self} {}
  session_state(const session_state&) = delete;
  session_state& operator=(const session_state&) = delete;
  ~session_state();
  void begin(std::shared_ptr<const session_environment> environment, conversation_id conversation,
             session_epoch epoch);

  // From clients.
  void on(const attach_client& message, const client_actor& client);
  void on(const update_session& message);
  void on(const create_item& message);
  void on(const delete_item& message);
  void on(const retrieve_item& message);
  void on(const create_response& message);
  void on(const cancel_response& message);
  void on(const drain_session& message);
  // From children.
  void on_turn_event(const turn_event& event);
  void on(const engine_changed& message);
  void on(const voice_changed& message);
  void on(const idle_ready& message);
  // From itself.
  void on(const session_wake& message);
  void on(const session_idle_frames& message);
  void on(const session_client_timeout& message);
  void on(const session_grace_over& message);
  void on_down(const caf::down_msg& message);

 private:
  void perform(turn_effects effects);
  void perform_one(turn_effect& effect);
  void send(const turn_id& turn, session_payload payload);
  void send(session_payload payload);
  void refuse(const std::string& request, error reason);
  [[nodiscard]] result<settings_patch> checked(settings_patch patch) const;
  void on_turn_end(const turn_finished& message);
  void client_lost();
  void wait_for_client();
  void restart_idle_animation();
  void child_lost(std::string_view child, const caf::error& reason);
  void spawn_children(bool conversation, bool voice, bool avatar);
  void close(std::string reason, std::string message);
  [[nodiscard]] mono_time now() const noexcept { return environment_->time->now(); }

  session_self::pointer self_;
  std::shared_ptr<const session_environment> environment_;
  session_settings settings_;
  item_log items_;
  std::optional<turn_machine> turn_;
  std::uint64_t sequence_ = 0;
  client_actor client_;
  bool paced_ = true;
  bool draining_ = false;
  bool closed_ = false;
  std::uint64_t client_generation_ = 0;
  std::uint64_t idle_generation_ = 0;
  conversation_actor conversation_;
  voice_actor voice_;
  avatar_actor avatar_;
  std::optional<restart_budget> conversation_restarts_;
  std::optional<restart_budget> voice_restarts_;
  std::optional<restart_budget> avatar_restarts_;
};

}  // namespace dhr

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_idle_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_client_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::session_grace_over)
