#pragma once
// What a session says, as events of the Realtime protocol (GA names) and of Azure Voice Live for
// the face. Pure and stateful: one writer per connection, fed with its session's events in order.
//
// The order of a turn's events:
//   response.created, response.output_item.added, conversation.item.added,
//   response.content_part.added,
//   then for each text piece     response.output_text.delta or
//   response.output_audio_transcript.delta,
//        for each media chunk    audio, blendshapes, visemes, words (each only if asked for and
//        there),
//   then what was streamed `.done` in the order text, audio, blendshapes, visemes, words,
//   response.content_part.done, response.output_item.done, conversation.item.done, response.done.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/session/messages.hpp"
#include "net/realtime/event_problem.hpp"

namespace dhr::realtime {

struct writer_options {
  int fps = 30;
  std::string model;  // what the session object calls the model
};

// One event, ready for the wire.
struct outgoing {
  std::string json;
  std::uint64_t turn = 0;  // 0 outside of turns
  bool media = false;      // worthless once its turn is interrupted
  // Of a text delta: where its text begins in `json`, which ends in `"}` after it; else 0.
  std::size_t delta_at = 0;
};

// The `error` event of a problem that the door itself found.
[[nodiscard]] outgoing error_event(const event_problem& problem, std::string_view event_id);

class response_writer {
 public:
  explicit response_writer(writer_options options) : options_{std::move(options)} {}

  // Appends the events of `event` to `out`; none for a piece of a turn that is over.
  void write(const session_event& event, std::vector<outgoing>& out);

 private:
  struct open_turn {
    std::uint64_t number = 0;
    std::string response_id;
    std::string item_id;
    std::string previous_item_id;
    std::string common;  // the members that every delta has
    session_settings settings;
    [[nodiscard]] bool spoken() const noexcept {
      return settings.modality == output_modality::audio;
    }
  };

  void on(const session_opened& payload);
  void on(const settings_changed& payload);
  void on(const item_added& payload);
  void on(const item_deleted& payload);
  void on(const item_retrieved& payload);
  void on(const request_failed& payload);
  void on(const turn_started& payload);
  void on(const text_piece& payload);
  void on(const media_chunk& payload);
  void on(const turn_finished& payload);
  void on(const idle_chunk& payload);
  void on(const notice& payload);
  void on(const session_closed& payload);

  void finish_streams(const std::string& said);
  [[nodiscard]] bool of_current_turn() const noexcept;
  [[nodiscard]] std::string next_event_id();
  // Begins an event: `{"type":...,"event_id":...` with the turn's common members for a delta.
  [[nodiscard]] std::string begin(std::string_view type);
  [[nodiscard]] std::string begin_delta(std::string_view type);
  void end(std::string json, bool media = false, std::size_t delta_at = 0);

  writer_options options_;
  std::optional<open_turn> turn_;
  // Of the event being written.
  const session_event* event_ = nullptr;
  std::vector<outgoing>* out_ = nullptr;
  int index_ = 0;  // one session event may become several
};

}  // namespace dhr::realtime
