#pragma once
// A conversation as its clients see it: settings, items, turns. Neither a protocol nor an actor.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/conversation/messages.hpp"
#include "actors/ears/types.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

enum class item_role : std::uint8_t { system, user, assistant };

enum class item_status : std::uint8_t {
  in_progress,
  completed,
  incomplete,  // the turn was interrupted or failed; `text` is what was sent of it
};

enum class item_kind : std::uint8_t { message, function_call, function_call_output };

// One entry of the conversation's history.
struct conversation_item {
  std::string id;
  item_role role = item_role::user;
  item_status status = item_status::completed;
  // Of a message: written, or the transcript of what was spoken. Of a function call its arguments
  // (JSON), of a function's output the output.
  std::string text;
  bool spoken = false;  // it went out or came in as sound; a user's text is empty until it is known
  item_kind kind = item_kind::message;
  std::string call_id;  // of a function call and its output
  std::string name;     // of the function
  friend bool operator==(const conversation_item&, const conversation_item&) = default;
};

enum class output_modality : std::uint8_t { text, audio };

struct session_settings {
  std::string instructions;
  std::string voice;  // a name of the voice catalogue
  double speech_rate = 1.0;
  output_modality modality = output_modality::audio;
  bool blendshapes = false;      // send the face's frames with the sound
  bool visemes = false;          // send viseme onsets
  bool word_timestamps = false;  // send when each word sounds
  bool idle_animation = false;   // send the resting face's life between turns
  sampling_options sampling;
  listening_settings listening;
  audio_format output;  // of the sound that is sent
  std::vector<tool_definition> tools;
  tool_choice choice;
  friend bool operator==(const session_settings&, const session_settings&) = default;
};

// What a client wants changed; what is empty stays.
struct settings_patch {
  std::optional<std::string> instructions;
  std::optional<std::string> voice;
  std::optional<double> speech_rate;
  std::optional<output_modality> modality;
  std::optional<bool> blendshapes;
  std::optional<bool> visemes;
  std::optional<bool> word_timestamps;
  std::optional<bool> idle_animation;
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<int> tokens_max;
  std::optional<audio_format> input;
  std::optional<audio_format> output;
  std::optional<turn_detection> detection;
  std::optional<transcription_settings> transcription;
  std::optional<std::vector<tool_definition>> tools;
  std::optional<tool_choice> choice;
  friend bool operator==(const settings_patch&, const settings_patch&) = default;
};

[[nodiscard]] session_settings apply(session_settings settings, const settings_patch& patch);

enum class turn_status : std::uint8_t {
  completed,
  cancelled,   // the client, a barge-in or the server's end interrupted it
  failed,      // `turn_finished::problem` says why
  incomplete,  // the token limit was reached
};

// Where a turn's time went, from the request or, for a spoken one, from when its words were known;
// zero means that it was not reached.
struct turn_timings {
  milliseconds first_clause{0};  // the first clause left the model
  milliseconds first_speech{0};  // its sound was made
  milliseconds first_audio{0};   // the first sample was sent
  milliseconds total{0};         // the turn ended
  hearing_timings hearing;       // before it all, of a spoken request
  friend bool operator==(const turn_timings&, const turn_timings&) = default;
};

// The values' names in the Realtime protocol, which are their names in metrics as well.
[[nodiscard]] const char* to_string(item_kind kind) noexcept;
[[nodiscard]] const char* to_string(item_role role) noexcept;
[[nodiscard]] const char* to_string(item_status status) noexcept;
[[nodiscard]] const char* to_string(turn_status status) noexcept;

}  // namespace dhr
