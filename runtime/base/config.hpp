#pragma once
// What a person may set: one struct per part, with defaults and units. A key's path in
// config/digital_human.yml is the member's path here (`conversation.max_tokens`), so the keys keep
// the file's names. Ranges and meanings: config_schema_*.cpp; checks: config_validate.cpp.
//
// Plain values, copied to whoever needs them; only main reads the file and the environment
// (config_load.hpp).

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace dhr {

// Text that must never reach a log, a complaint or a listing. Take `value` only to use it.
struct secret {
  std::string value;
  friend bool operator==(const secret&, const secret&) = default;
};

// Pixels.
struct image_size {
  int width = 1920;
  int height = 1080;
  friend bool operator==(const image_size&, const image_size&) = default;
};

namespace settings {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class engine_kind : std::uint8_t { embedded, sglang, scripted };
enum class fallback_kind : std::uint8_t { embedded, none };
enum class voice_kind : std::uint8_t { joe, slt, tone };  // Piper's, Flite's, an instant tone
enum class voice_fallback : std::uint8_t { slt, none };
enum class face_quality : std::uint8_t { low, medium, high };
enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

// Any OpenAI-compatible streaming server.
struct sglang {
  std::string base_url = "http://127.0.0.1:30000";  // without /v1
  secret api_key;                                   // empty: no Authorization header
  milliseconds connect_timeout_ms{2'000};
  milliseconds first_token_timeout_ms{10'000};
  milliseconds idle_timeout_ms{5'000};  // between two tokens
  int retries = 2;                      // before the first token, with back-off
  int breaker_failures = 3;             // in a row: the server is left alone for ...
  seconds breaker_cooldown_s{30};       // ... this long
};

// The words of `text`, repeated until there are `tokens` of them, one per interval; sentences end
// at token `first_sentence_tokens` and at the last.
struct scripted {
  int tokens = 20;
  milliseconds token_interval_ms{20};
  int first_sentence_tokens = 10;
  std::string text =
      "the market opened a little higher this morning because investors liked the news from "
      "several large companies and bond prices hardly moved";
};

struct conversation {
  engine_kind engine = engine_kind::embedded;
  // embedded: a .gguf file (see model_path); sglang: the name under which the server serves it.
  std::string model = "language/smollm2-135m-instruct-q4_0.gguf";
  fallback_kind fallback = fallback_kind::embedded;  // what answers when sglang does not
  std::string fallback_model = "language/smollm2-135m-instruct-q4_0.gguf";
  double temperature = 0.3;  // 0 is greedy; a small model rambles when it is freer
  double top_p = 0.95;
  int max_tokens = 500;  // of one reply
  std::string instructions =
      "You are Ada, a friendly digital human who likes to talk and to help. Ada answers in one or "
      "two short sentences. For example, when someone asks who you are, you say: I am Ada, a "
      "digital human, and I am glad to meet you.";
  int context_tokens = 2'048;  // prompt and reply together
  int threads = 0;             // of the embedded engine; 0: all cores but one
  int sequences_max = 8;       // conversations that the embedded engine writes for at once
  settings::sglang sglang;
  settings::scripted scripted;
};

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

struct avatar {
  std::string model = "realistic_human_v2";
  image_size resolution;
  int fps = 30;
  double emotion_blend_speed = 0.3;  // share of the way per frame
  double lip_strength = 1.0;
  std::uint64_t seed = 0;            // of blinks and small motion; 0: one per conversation
  milliseconds chunk_ms{200};        // sound and frames that go out together
  milliseconds run_ahead_ms{2'000};  // how far the server runs ahead of the sound
};

struct audio2face {
  bool enabled = false;
  std::string server = "localhost:50051";  // host:port
  std::string version = "3.0";
  face_quality quality = face_quality::high;
  bool enable_eye_tracking = true;
  bool enable_wrinkle_maps = true;
};

// The weight from which an emotion counts.
struct emotions {
  double joy_threshold = 0.7;
  double confidence_threshold = 0.8;
  double surprise_threshold = 0.6;
};

struct gpu {
  std::string device = "cuda:0";  // or "cpu"
  double memory_fraction = 0.8;
  int batch_size = 1;
};

// Port 0: any free one.
struct http_door {
  std::string address = "127.0.0.1";
  int port = 8000;
  int connections_max = 1'024;
  std::int64_t body_bytes_max = 1'048'576;
  int header_bytes_max = 16'384;
  seconds read_timeout_s{30};  // for one whole request
};

struct realtime_door {
  std::string address = "127.0.0.1";
  int port = 8080;
  int connections_max = 1'024;
  std::int64_t message_bytes_max = 1'048'576;
  int outbox_frames_max = 256;  // events that wait for a slow client before it is disconnected
  std::int64_t outbox_bytes_max = 8'388'608;
  seconds handshake_timeout_s{10};
  seconds ping_interval_s{20};
};

struct doors {
  http_door http;
  realtime_door realtime;
};

struct runtime {
  std::string deps_dir;  // empty: the folder that the program was built with
  int sessions_max = 1'000;
  int scheduler_threads = 0;  // 0: one per core
  int network_threads = 1;
  milliseconds turn_timeout_ms{30'000};
  seconds idle_timeout_s{120};  // a conversation without a client ends after this
  int restart_max = 3;          // of one child of a session within ...
  seconds restart_window_s{60};
  milliseconds shutdown_grace_ms{5'000};  // for turns in progress
  int conversation_queue_max = 64;        // requests of one conversation that wait
};

struct log {
  log_level level = log_level::info;
  log_format format = log_format::text;
};

}  // namespace settings

// `digital_human:` of the file.
struct config {
  settings::conversation conversation;
  settings::voice voice;
  settings::avatar avatar;
  settings::audio2face audio2face;
  settings::emotions emotions;
  settings::gpu gpu;
  settings::doors doors;
  settings::runtime runtime;
  settings::log log;
};

// Where a model file of the configuration is: as given if absolute, else below deps_dir/models.
[[nodiscard]] inline std::filesystem::path model_path(const std::filesystem::path& deps_dir,
                                                      const std::string& file) {
  return deps_dir / "models" / file;  // an absolute `file` replaces what stands before it
}

}  // namespace dhr
