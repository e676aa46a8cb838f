#pragma once
// What crosses the threshold of the conversation room. Durations that travel are budgets (time
// left), since a monotone time means nothing on another machine.

#include <cstdint>
#include <string>
#include <vector>

#include "actors/conversation/types.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// From a conversation to an engine. Answered by any number of `token_piece` and `tool_call_piece`
// and then exactly one `generation_done` or `generation_failed`, sent to the asker; after
// `cancel_generation` that one is `generation_failed` with errc::cancelled.
struct generate {
  turn_id turn;
  std::vector<chat_message> messages;  // the system message first, if there is one
  sampling_options sampling;
  milliseconds budget{30'000};
  std::vector<tool_definition> tools = {};
  tool_choice choice = {};
  friend bool operator==(const generate&, const generate&) = default;
};

// From a conversation to an engine: the next `generate` of this conversation will probably begin
// with these messages. A hint that nothing answers; an engine that can read them ahead may do so.
struct prefill {
  turn_id turn;
  std::vector<chat_message> messages;
  std::vector<tool_definition> tools = {};
  tool_choice choice = {};
  milliseconds useful_for{10'000};
  friend bool operator==(const prefill&, const prefill&) = default;
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

// From an engine to a conversation: the next piece of a function call. Calls are numbered 0, 1, 2,
// ... within the turn; the first piece of each has its id and name, and its pieces' arguments put
// together are a JSON object by the time of a `generation_done` with finish_reason::tool_calls.
struct tool_call_piece {
  turn_id turn;
  std::uint32_t index = 0;
  std::string call_id;    // with the first piece
  std::string name;       // with the first piece
  std::string arguments;  // the next piece of the JSON text; may be empty with the first piece
  friend bool operator==(const tool_call_piece&, const tool_call_piece&) = default;
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
// `clause_ready` (if `speak`) or `text_ready` (if not) and `function_call_piece` any number of
// times, `function_call_ready` for each call, then exactly one `reply_finished` or `reply_failed`.
// A new `converse` or a `cancel_reply` ends the one before it without an answer.
struct converse {
  turn_id turn;
  std::string instructions;           // the system message: persona and the session's own
  std::vector<chat_message> history;  // oldest first; may be empty
  sampling_options sampling;
  bool speak = true;
  milliseconds budget{30'000};
  std::vector<tool_definition> tools = {};
  tool_choice choice = {};
  friend bool operator==(const converse&, const converse&) = default;
};

// From a session to its conversation child, while the user speaks: what `converse` will probably
// say. A hint, so that the engine can read the words before they are all there; nothing answers it,
// and it is ignored while a reply is written.
struct prepare_reply {
  turn_id turn;
  std::string instructions;
  std::vector<chat_message> history;  // without the words that are being spoken
  std::string partial;                // those, as far as they are understood
  sampling_options sampling;
  std::vector<tool_definition> tools = {};
  tool_choice choice = {};
  friend bool operator==(const prepare_reply&, const prepare_reply&) = default;
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

// From a conversation to its session: the next piece of a function call, as in `tool_call_piece`,
// but with the id and the name in each.
struct function_call_piece {
  turn_id turn;
  std::uint32_t index = 0;  // 0, 1, 2, ... within the turn
  std::string call_id;
  std::string name;
  std::string arguments;  // may be empty with the first piece
  friend bool operator==(const function_call_piece&, const function_call_piece&) = default;
};

// From a conversation to its session, when the reply is complete: a function call is whole.
struct function_call_ready {
  turn_id turn;
  std::uint32_t index = 0;
  std::string call_id;
  std::string name;
  std::string arguments;  // a JSON object, the pieces put together
  friend bool operator==(const function_call_ready&, const function_call_ready&) = default;
};

// From a conversation to its session: no more clauses, text or calls will come.
struct reply_finished {
  turn_id turn;
  std::uint32_t clauses = 0;  // how many clause_ready were sent
  token_usage usage;
  finish_reason reason = finish_reason::stop;
  std::uint32_t function_calls = 0;  // how many function_call_ready were sent
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
