#pragma once
// A turn's events. Pure and stateful; internal to the response writer.
//
//   response.created
//   then at once or, where the reply may be a function call, with the first words or sound:
//     response.output_item.added, conversation.item.added, response.content_part.added
//   for each text piece     response.output_text.delta or response.output_audio_transcript.delta
//   for each media chunk    audio, blendshapes, visemes, words (each only if asked for and there)
//   for each clause         digital_human.emotion, after its words
//   for each function call  response.output_item.added, conversation.item.added,
//     response.function_call_arguments.delta ..., then when it is whole
//     response.function_call_arguments.done, response.output_item.done, conversation.item.done
//   at the end, of the message: what was streamed `.done` in the order text, audio, blendshapes,
//     visemes, words, response.content_part.done, response.output_item.done,
//     conversation.item.done; of each call that was not whole the same two
//   response.done
//
// The beta has one conversation.item.created in place of conversation.item.added and .done. Nothing
// of a response out of band is told of the conversation. Azure Voice Live is told before the first
// sound and before response.done that its avatar speaks and is idle.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/ears/audio_encoder.hpp"
#include "actors/session/messages.hpp"
#include "net/realtime/event_shape.hpp"
#include "net/realtime/event_sink.hpp"

namespace dhr::realtime {

class turn_writer {
 public:
  // `sink` outlives the writer.
  turn_writer(event_sink& sink, event_shape shape) noexcept : sink_{sink}, shape_{shape} {}

  // Nothing is written for a piece of another turn than the one that started last.
  void on(const turn_started& payload, const turn_id& turn);
  // What came between the turn's beginning and its next piece is no longer known, but was seen: its
  // message has begun.
  void miss_pieces();
  void on(const text_piece& payload, const turn_id& turn);
  void on(const media_chunk& payload, const turn_id& turn);
  void on(const felt& payload, const turn_id& turn);
  void on(const call_piece& payload, const turn_id& turn);
  void on(const call_ready& payload, const turn_id& turn);
  void on(const turn_finished& payload, const turn_id& turn);

  // The turn under way, if there is one, is no more.
  void forget() noexcept { turn_.reset(); }

 private:
  struct open_call {
    std::uint32_t index = 0;  // among the turn's calls
    int output_index = 0;
    conversation_item item;  // `text`: the arguments so far
    bool done = false;
  };

  struct open_turn {
    std::uint64_t number = 0;
    turn_started start;
    std::string conversation;  // "" out of band
    int next_output_index = 0;
    std::optional<int> message;  // its output index, once it has begun
    std::string common;          // the members that every delta of the message has
    std::vector<open_call> calls;
    std::string last_item;                   // of the conversation, as the client knows it
    std::unique_ptr<audio_encoder> encoder;  // none: it could not be made, and the client knows
    bool sounded = false;

    [[nodiscard]] bool spoken() const noexcept {
      return start.settings.modality == output_modality::audio;
    }
  };

  [[nodiscard]] bool is_current(const turn_id& turn) const noexcept;
  [[nodiscard]] std::string_view name(std::string_view ga, std::string_view beta) const noexcept {
    return shape_ == event_shape::ga ? ga : beta;
  }
  [[nodiscard]] std::string begin_delta(std::string_view type);

  void open_item(const conversation_item& item, int output_index, const std::string& previous);
  void close_item(const conversation_item& item, int output_index, const std::string& previous);
  void begin_message();
  void open_message();
  void close_message(const conversation_item& item, bool completed);
  open_call& call_of(std::uint32_t index, const conversation_item& item);
  void close_call(open_call& call, const conversation_item& item, const std::string& previous);
  void close_calls(const turn_finished& payload);

  void write_audio(const result<shared_bytes>& encoded);
  void write_frames(const media_chunk& payload);
  void write_visemes(const media_chunk& payload);
  void write_words(const media_chunk& payload);
  void finish_streams(const std::string& said, bool completed);

  event_sink& sink_;
  event_shape shape_;
  std::optional<open_turn> turn_;
};

}  // namespace dhr::realtime
