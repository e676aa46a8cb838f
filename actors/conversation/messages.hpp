#pragma once
// What crosses the threshold of the conversation room. Durations that travel are budgets (time
// left), since a monotone time means nothing on another machine.

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct chat_message {
  std::string role;  // "system", "user" or "assistant"
  std::string content;
  friend bool operator==(const chat_message&, const chat_message&) = default;
};

struct sampling_options {
  double temperature = 0.7;  // 0 (greedy) to 2
  double top_p = 0.95;       // 0 < top_p <= 1
  int tokens_max = 500;      // most tokens of one reply
  friend bool operator==(const sampling_options&, const sampling_options&) = default;
};

struct token_usage {
  int input_tokens = 0;
  int cached_tokens = 0;  // of the input: taken from a prefix that was read before
  int output_tokens = 0;
  friend bool operator==(const token_usage&, const token_usage&) = default;
};

enum class finish_reason : std::uint8_t {
  stop,        // the model ended its reply
  max_tokens,  // sampling_options::tokens_max was reached
};

// From a conversation to an engine. Answered by any number of `token_piece` and then exactly one
// `generation_done` or `generation_failed`, sent to the asker; after `cancel_generation` that one
// is `generation_failed` with errc::cancelled.
struct generate {
  turn_id turn;
  std::vector<chat_message> messages;  // the system message first, if there is one
  sampling_options sampling;
  milliseconds budget{30'000};
  friend bool operator==(const generate&, const generate&) = default;
};

// From a conversation to its engine. Unknown turns are ignored.
struct cancel_generation {
  turn_id turn;
  friend bool operator==(const cancel_generation&, const cancel_generation&) = default;
};

// From an engine to a conversation: the next piece of the reply, valid UTF-8, never empty.
struct token_piece {
  turn_id turn;
  std::string text;
  friend bool operator==(const token_piece&, const token_piece&) = default;
};

// From an engine to a conversation: the reply is complete.
struct generation_done {
  turn_id turn;
  token_usage usage;
  finish_reason reason = finish_reason::stop;
  friend bool operator==(const generation_done&, const generation_done&) = default;
};

// From an engine to a conversation: there will be no more of this reply.
struct generation_failed {
  turn_id turn;
  error reason;
};

// From an engine to a conversation, before the first piece of a reply: another engine than the
// configured one will answer.
struct engine_fallback {
  turn_id turn;
  std::string from;
  std::string to;
  std::string why;  // a sentence for a person
  friend bool operator==(const engine_fallback&, const engine_fallback&) = default;
};

// From a session to its conversation child: begin the reply of this turn. Answered by
// `clause_ready` (if `speak`) or `text_ready` (if not) any number of times, then exactly one
// `reply_finished` or `reply_failed`. A new `converse` or a `cancel_reply` ends the one before it
// without an answer.
struct converse {
  turn_id turn;
  std::string instructions;           // the system message: persona and the session's own
  std::vector<chat_message> history;  // oldest first, ends with the user's words
  sampling_options sampling;
  bool speak = true;
  milliseconds budget{30'000};
  friend bool operator==(const converse&, const converse&) = default;
};

// From a session to its conversation child: the turn was interrupted.
struct cancel_reply {
  turn_id turn;
  friend bool operator==(const cancel_reply&, const cancel_reply&) = default;
};

// From a conversation to its session: a clause is whole and may be spoken. `text` is as written,
// with the white space that parts it from the clause before, so that the texts of a reply's clauses
// put together are the reply.
struct clause_ready {
  turn_id turn;
  std::uint32_t index = 0;  // 0, 1, 2, ... within the turn
  std::string text;
  friend bool operator==(const clause_ready&, const clause_ready&) = default;
};

// From a conversation to its session: the next piece of a reply that is not spoken.
struct text_ready {
  turn_id turn;
  std::string text;
  friend bool operator==(const text_ready&, const text_ready&) = default;
};

// From a conversation to its session: no more clauses or text will come.
struct reply_finished {
  turn_id turn;
  std::uint32_t clauses = 0;  // how many clause_ready were sent
  token_usage usage;
  finish_reason reason = finish_reason::stop;
  friend bool operator==(const reply_finished&, const reply_finished&) = default;
};

// From a conversation to its session: the reply broke off; what was sent stays valid.
struct reply_failed {
  turn_id turn;
  error reason;
};

// From a conversation to its session: the reply comes from another engine than the configured one.
struct engine_changed {
  turn_id turn;
  std::string from;
  std::string to;
  std::string why;  // a sentence for a person
  friend bool operator==(const engine_changed&, const engine_changed&) = default;
};

}  // namespace dhr
