#pragma once
// The session actor's state: one method per message. Only the session_*.cpp files and their tests
// know it. Where the methods are: session_actor.cpp (life, children), session_clients.cpp (who
// listens to the session, resuming), session_requests.cpp (what clients ask), session_turns.cpp
// (the turn), session_listening.cpp (what the ears hear), session_storing.cpp (what waits for the
// store), session_resting.cpp (passivation), session_retries.cpp (retries), session_feelings.cpp
// (what is felt).

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "actors/session/item_log.hpp"
#include "actors/session/session_inner.hpp"

namespace dhr {

class session_state {
 public:
  static inline const char* name = "session";

  explicit session_state(session_self::pointer self) noexcept : self_{self} {}
  session_state(const session_state&) = delete;
  ~session_state();
  void begin(std::shared_ptr<const session_environment> environment, conversation_id conversation,
             std::string owner, session_epoch epoch, std::optional<session_memory> restored);

  // From clients.
  void on(const attach_client& message, const client_actor& client);
  void on(const client_request& message);
  void on(const drain_session& message);
  void on(const leave_conversation& message);
  [[nodiscard]] caf::result<sound_taken_atom> on(sound_taken_atom taken);
  // From children.
  void on_turn_event(const turn_event& event);
  void on(const engine_changed& message);
  void on(const voice_changed& message);
  void on(const idle_ready& message);
  void on(const ears_event& message);
  void on(const mood_known& message);
  // From itself.
  void on(const session_wake& message);
  void on(const session_idle_frames& message);
  void on(const session_client_timeout& message);
  void on(const session_forget_sent& message);
  void on(const session_grace_over& message);
  void on(const session_rest& message);
  void on(const session_store_late& message);
  void on(const conversation_stored& message);  // from the store
  void on_down(const caf::down_msg& message);

 private:
  // session_requests.cpp
  void take(const update_session& request);
  void take(const create_item& request);
  void take(const delete_item& request);
  void take(const retrieve_item& request);
  void take(const truncate_item& request);
  void take(const create_response& request);
  void take(const cancel_response& request);
  void take(const append_audio& request);
  void take(const commit_audio& request);
  void take(const clear_audio& request);
  void take(const clear_output& request);
  void refuse(const std::string& request, error reason);
  [[nodiscard]] result<settings_patch> checked(settings_patch patch) const;

  // session_retries.cpp
  [[nodiscard]] bool is_retry(const create_response& request);
  void tell_again(const answered_turn& turn, const create_response& request);
  void keep_outcome(const turn_finished& message);

  // session_turns.cpp
  void respond(const create_response& request, const hearing_timings& hearing);
  [[nodiscard]] bool may_begin(bool by_voice) const;
  void respond_when_free(waiting_response response);
  [[nodiscard]] turn_request new_turn() const;
  void respond_to_waiting();
  [[nodiscard]] result<std::vector<conversation_item>> referenced(
      std::vector<conversation_item> input) const;
  [[nodiscard]] result<turn_request> request_for(const create_response& request) const;
  void perform(turn_effects effects);
  void perform_one(turn_effect& effect);
  void end_turn(const turn_id& turn, turn_finished message);
  [[nodiscard]] turn_id told_turn(turn_id turn) const;
  void send(const turn_id& turn, session_payload payload);
  void send(session_payload payload);
  void deliver(session_event event);
  void restart_idle_animation();

  // session_listening.cpp
  void take(const speech_began& event);
  void take(const words_heard& event);
  void take(const end_expected& event);
  void take(const end_withdrawn& event);
  void take(const speech_ended& event);
  void take(const audio_taken& event);
  void take(const commit_refused& event);
  void take(const utterance_heard& event);
  void take(const utterance_dropped& event);
  void take(const utterance_failed& event);
  void take(const item_heard& event);
  void take(const item_unheard& event);
  void take(const nothing_heard& event);
  void take(const hearing_failed& event);
  void take(const hearing_changed& event);
  void ignore_speech(std::uint64_t utterance, std::string reason);
  void prepare_for(std::uint64_t utterance, const std::string& words);
  [[nodiscard]] result<item_added> add_spoken_item(const std::string& item_id, std::string text);
  void tell_committed(item_added added);
  void words_known(const std::string& item_id);
  [[nodiscard]] std::string item_of(std::uint64_t utterance);
  [[nodiscard]] bool has_no_item(std::uint64_t utterance) const;
  [[nodiscard]] bool somebody_speaks() const noexcept { return !unsettled_.empty(); }
  void go_on();
  [[nodiscard]] bool listens();
  void tell_ears(ears_request_payload request);
  void tell_ears_settings();

  // session_feelings.cpp
  void spawn_emotion();
  void emotion_lost(const caf::error& reason);
  void feel_words(const std::string& item_id, const std::string& text);
  void take(const melody_heard& event);

  // session_clients.cpp
  void go_on_with(const client_actor& client);
  [[nodiscard]] std::vector<std::string> last_items() const;
  [[nodiscard]] std::optional<std::vector<session_event>> missed_since(
      const event_mark& seen) const;
  void replay(const std::optional<std::vector<session_event>>& missed);
  void forget_half_said();
  void forget_later();
  void client_lost();
  void wait_for_client();

  // session_storing.cpp
  void save(const snapshot_listener& listener = {});
  void save_turn();
  [[nodiscard]] bool awaits_store() const noexcept { return stored_.turn != 0; }
  void tell_held();
  void end_when_drained();

  // session_resting.cpp
  void stir();  // something happened
  void watch_for_rest();
  [[nodiscard]] bool may_rest() const;
  void rest();

  // session_actor.cpp
  void child_lost(std::string_view child, const caf::error& reason);
  void ears_lost(const caf::error& reason);
  void spawn_children(bool conversation, bool voice, bool avatar);
  void close(std::string reason, std::string message);
  void close_drained();
  [[nodiscard]] error ending() const;  // why nothing new begins while it is drained
  [[nodiscard]] bool may_act() const;
  [[nodiscard]] mono_time now() const noexcept { return environment_->time->now(); }

  session_self::pointer self_;
  std::shared_ptr<const session_environment> environment_;
  std::string owner_;
  session_settings settings_;
  item_log items_;
  std::optional<turn_machine> turn_;
  bool out_of_band_ = false;  // the turn under way
  std::string turn_key_;      // its key
  turn_retry_cache answered_;
  std::deque<waiting_response> waiting_;

  std::uint64_t sequence_ = 0;
  event_log sent_;
  store_wait stored_;
  bool will_forget_sent_ = false;
  client_actor client_;
  bool paced_ = true;
  bool resumable_ = false;
  bool draining_ = false, moves_ = false;  // moves: to another node, once it is drained
  bool closed_ = false;
  rest_state rest_;
  std::uint64_t client_generation_ = 0;
  std::uint64_t idle_generation_ = 0;

  std::map<std::uint64_t, std::string> utterance_items_;  // the last few; "": it has none
  std::set<std::uint64_t> unsettled_;  // utterances that began and of which nothing came yet
  std::pair<std::uint64_t, std::string> partial_;  // utterance and its words so far
  std::set<std::string> wordless_;                 // items whose words are awaited

  conversation_actor conversation_;
  voice_actor voice_;
  avatar_actor avatar_;
  ears_actor ears_;
  session_heart heart_;
  std::optional<child_budgets> restarts_;
};

}  // namespace dhr
