#pragma once
// The OpenAI chat-completions stream as SGLang, vLLM and others speak it. Pure; JSON's exceptions
// stop in the source file.

#include <optional>
#include <string>
#include <string_view>

#include "actors/conversation/messages.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// The request's body: streamed, with usage at the end.
[[nodiscard]] std::string encode_chat_request(const generate& request, const std::string& model);

// One event's data of the answer. Keys that are null and keys that are missing are the same.
struct chat_chunk {
  std::string text;                     // may be empty; reasoning is left out
  std::optional<finish_reason> finish;  // of the reply
  std::optional<token_usage> usage;
  bool done = false;  // "[DONE]"
};

// errc::unavailable for an error that the server put into the stream, errc::failed for what is no
// chunk.
[[nodiscard]] result<chat_chunk> decode_chat_chunk(std::string_view data);

}  // namespace dhr
