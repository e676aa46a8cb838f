#pragma once
// The function calls of a reply, put together from their pieces as they arrive. Pure; JSON's
// exceptions stop in the source file.

#include <vector>

#include "actors/conversation/messages.hpp"

namespace dhr {

// A JSON object and nothing after it. What a server writes is as untrusted as what a client does.
[[nodiscard]] bool is_json_object(std::string_view text);

// The id of a call for engines whose model or server gives none: unique within its conversation.
[[nodiscard]] std::string make_call_id(const turn_id& turn, std::uint32_t index);

class tool_call_table {
 public:
  // All calls of a reply and their arguments together.
  static constexpr std::size_t calls_max = 32;
  static constexpr std::size_t arguments_bytes_max = 262'144;

  // errc::failed for the arguments of a call that never began, a call without a name, a number that
  // leaves one out, and what is more than the bounds above.
  [[nodiscard]] result<void> take(const tool_call_piece& piece);

  // Whether every call's arguments are a JSON object now; errc::failed, with the call's name, if
  // not.
  [[nodiscard]] result<void> check() const;

  // Index and place agree.
  [[nodiscard]] const std::vector<tool_call>& calls() const noexcept { return calls_; }

 private:
  std::vector<tool_call> calls_;
  std::size_t bytes_ = 0;
};

}  // namespace dhr
