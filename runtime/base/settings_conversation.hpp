#pragma once
// What is said: the engines that write the replies.

#include <cstdint>
#include <string>

#include "runtime/base/settings_values.hpp"

namespace dhr::settings {

enum class engine_kind : std::uint8_t { embedded, sglang, scripted };
enum class fallback_kind : std::uint8_t { embedded, none };

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
  int threads = 0;             // of the embedded engine; 0: as many as it can have
  int sequences_max = 8;       // conversations that the embedded engine writes for at once
  settings::sglang sglang;
  settings::scripted scripted;
};

}  // namespace dhr::settings
