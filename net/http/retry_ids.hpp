#pragma once
// Ids that every attempt at one turn makes alike, so that a retry finds what an attempt before it
// has left. A key is known to its client alone; what is made of it tells nobody the key. Pure.

#include <string>
#include <string_view>

#include "runtime/base/ids.hpp"

namespace dhr::http {

// The conversation of a turn that named none. Other owners have others under the same key.
[[nodiscard]] conversation_id retry_conversation(std::string_view owner, std::string_view key);

// What is said in a turn's step: "text", "sound".
[[nodiscard]] std::string retry_item(const conversation_id& conversation, std::string_view key,
                                     std::string_view step);

}  // namespace dhr::http
