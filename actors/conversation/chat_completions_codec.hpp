#pragma once
// The OpenAI chat-completions stream as SGLang, vLLM and others speak it. Pure; JSON's exceptions
// stop in the source file.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/messages.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// The request's body: streamed, with usage at the end. A tool's parameters are JSON already; where
// they are no JSON object the tool is sent without them.
[[nodiscard]] std::string encode_chat_request(const generate& request, const std::string& model);

// A piece of a function call as the server numbers it. Servers differ: some send a call in one
// piece, some number all calls 0 and tell them apart by the id, some give no id.
struct tool_call_delta {
  std::int64_t index = 0;
  std::string id;
  std::string name;
  std::string arguments;
};

// One event's data of the answer. Keys that are null and keys that are missing are the same.
struct chat_chunk {
  std::string text;  // may be empty; reasoning is left out
  std::vector<tool_call_delta> calls;
  std::optional<finish_reason> finish;  // of the reply
  std::optional<token_usage> usage;
  bool done = false;  // "[DONE]"
};

// errc::unavailable for an error that the server put into the stream, errc::failed for what is no
// chunk.
[[nodiscard]] result<chat_chunk> decode_chat_chunk(std::string_view data);

// Gives the calls of one reply the room's own numbers and, where the server gave none, ids.
class tool_call_numbering {
 public:
  // A piece of a call that never began has the number after the last one and no name.
  [[nodiscard]] tool_call_piece number(const turn_id& turn, tool_call_delta delta);

 private:
  struct known_call {
    std::int64_t server_index;
    std::string server_id;
  };
  std::vector<known_call> known_;
};

}  // namespace dhr
