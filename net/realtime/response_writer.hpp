#pragma once
// What a session says, as events of the Realtime protocol in the shape that the client asked for,
// with the events of Azure Voice Live for the face. Pure and stateful: one writer per connection,
// fed with its session's events in order. The order of a turn's events: turn_writer.hpp.

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/session/messages.hpp"
#include "net/door/rate_limiter.hpp"
#include "net/realtime/event_problem.hpp"
#include "net/realtime/event_shape.hpp"
#include "net/realtime/event_sink.hpp"
#include "net/realtime/outgoing.hpp"
#include "net/realtime/turn_writer.hpp"

namespace dhr::realtime {

struct writer_options {
  int fps = 30;
  std::string model;  // what the session object calls the model
  event_shape shape = event_shape::ga;
  // The client has seen all up to this event: the session's events go into the writer's state, and
  // of what becomes of them only the rest is put out.
  std::optional<event_mark> skip_through;
};

// The `error` event of a problem that the door itself found.
[[nodiscard]] outgoing error_event(const event_problem& problem, std::string_view event_id);

class response_writer {
 public:
  explicit response_writer(writer_options options)
      : options_{std::move(options)}, sink_{options_.skip_through}, turn_{sink_, options_.shape} {}
  response_writer(const response_writer&) = delete;
  response_writer& operator=(const response_writer&) = delete;

  // Appends the events of `event` to `out`; none for a piece of a turn that is over.
  void write(const session_event& event, std::vector<outgoing>& out);

  // The next session_taken_over ends a rest of which the client knows nothing: it is told only of
  // what was lost, if anything was.
  void take_over_quietly() { quiet_ = true; }

  // Appends rate_limits.updated, as a further event of what was written last.
  void write_rate_limits(std::span<const door::rate_limit> limits, std::vector<outgoing>& out);

 private:
  // A turn's piece.
  template <class Payload>
  void on(const Payload& payload) {
    turn_.on(payload, event_->turn);
  }
  void on(const turn_started& payload);
  void on(const turn_finished& payload);

  void on(const session_opened& payload);
  void on(const session_resumed& payload);
  void on(const session_taken_over& payload);
  void on(const resume_gap& payload);
  void on(const settings_changed& payload);
  void on(const item_added& payload);
  void on(const item_deleted& payload);
  void on(const item_retrieved& payload);
  void on(const item_truncated& payload);
  void on(const request_failed& payload);
  void on(const listening_began& payload);
  void on(const listening_ended& payload);
  void on(const listening_ignored& payload);
  void on(const listening_timed_out& payload);
  void on(const audio_committed& payload);
  void on(const audio_cleared& payload);
  void on(const output_cleared& payload);
  void on(const transcript_piece& payload);
  void on(const transcript_done& payload);
  void on(const transcript_failed_for& payload);
  void on(const speech_melody& payload);
  void on(const felt& payload) { turn_.on(payload, event_->turn); }
  void on(const idle_chunk& payload);
  void on(const notice& payload);
  void on(const session_closed& payload);

  void begin(const session_event& event);
  void write_session(std::string_view type, const session_settings& settings);
  void learn(const session_settings& settings);
  void know(const std::string& item_id);

  writer_options options_;
  event_sink sink_;
  turn_writer turn_;
  bool transcripts_ = true;  // are wanted; until the settings are known, better told than missed
  session_settings told_settings_;
  bool out_of_band_ = false;             // the turn under way
  std::deque<std::string> known_items_;  // the client's, the newest last; as many as are taken over
  std::uint64_t last_sequence_ = 0;
  bool quiet_ = false;
  bool is_first_ = true;                  // no event has been written before
  const session_event* event_ = nullptr;  // being written
};

}  // namespace dhr::realtime
