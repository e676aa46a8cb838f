#pragma once
// How it sounds and how it hears.

#include <cstdint>
#include <string>

#include "runtime/base/settings_values.hpp"

namespace dhr::settings {

enum class voice_kind : std::uint8_t { joe, slt, tone };  // Piper's, Flite's, an instant tone
enum class voice_fallback : std::uint8_t { slt, none };
enum class transcription_kind : std::uint8_t { moonshine, server, none };
enum class ears_fallback : std::uint8_t { moonshine, none };
enum class turn_detection_kind : std::uint8_t { server_vad, semantic_vad, none };
enum class eagerness_kind : std::uint8_t { low, medium, high, automatic };

struct voice {
  voice_kind name = voice_kind::joe;
  voice_fallback fallback = voice_fallback::slt;     // what speaks when `name` cannot
  double rate = 1.0;                                 // of speech; 0.5 is slow
  int threads = 1;                                   // of the synthesis
  int queue_max = 256;                               // clauses that wait for the synthesis
  std::string piper_model = "voice/piper-joe.onnx";  // see model_path
  std::string piper_tokens = "voice/piper-joe.tokens.txt";
  std::string espeak_program = "espeak-ng";  // gives Piper its phonemes
};

// Any server with OpenAI's /v1/audio/transcriptions.
struct ears_server {
  std::string base_url = "http://127.0.0.1:8001";  // without /v1
  std::string model = "whisper-1";
  secret api_key;  // empty: no Authorization header
  milliseconds connect_timeout_ms{2'000};
  milliseconds timeout_ms{10'000};  // for one utterance, from the request to its text
  int retries = 2;
  ears_fallback fallback = ears_fallback::moonshine;  // what hears when the server does not
};

// A session may set turn_detection and what follows it down to interrupt_response for itself.
struct ears {
  transcription_kind transcription = transcription_kind::moonshine;
  std::string encoder = "ears/moonshine-encoder.onnx";  // see model_path, as all files here
  std::string decoder = "ears/moonshine-decoder.onnx";
  std::string tokens = "ears/moonshine-tokens.txt";
  int threads = 1;      // of the transcription
  int queue_max = 256;  // utterances that wait for it
  std::string voice_activity_model = "nets/silero-vad.weights";
  std::string turn_end_model = "nets/smart-turn.weights";
  turn_detection_kind turn_detection = turn_detection_kind::semantic_vad;
  double threshold = 0.5;               // from which a sound counts as speech
  milliseconds prefix_padding_ms{300};  // kept of the sound before speech was noticed
  milliseconds silence_duration_ms{500};
  eagerness_kind eagerness = eagerness_kind::automatic;
  bool interrupt_response = true;
  bool preemptive_generation = true;
  seconds utterance_max_s{60};
  bool echo_guard = true;
  ears_server server;
};

}  // namespace dhr::settings
