#pragma once
// Ids are types, never bare integers or strings that could be swapped.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dhr {

// Names a conversation for its whole life, across connections, nodes and restarts.
struct conversation_id {
  std::string value;
  friend auto operator<=>(const conversation_id&, const conversation_id&) = default;
};

// One activation of a conversation; a later activation has the higher epoch.
struct session_epoch {
  std::uint64_t value = 0;
  friend auto operator<=>(const session_epoch&, const session_epoch&) = default;
};

// Rides on every token, chunk and frame. Within one epoch the number only grows; whatever carries
// an older one than the session's is stale and dropped at the next queue that it meets.
struct turn_id {
  conversation_id conversation;
  session_epoch epoch;
  std::uint64_t number = 0;
  friend auto operator<=>(const turn_id&, const turn_id&) = default;
};

// "conv_" and 16 random hexadecimal digits of the system's entropy; thread-safe.
conversation_id make_conversation_id();

// 64 bits of the system's entropy; thread-safe.
std::uint64_t random_number();

// `prefix` and 16 random hexadecimal digits, for item and request ids; thread-safe.
std::string make_random_id(std::string_view prefix);

// True for the ids that a client may bring: 1 to 64 of letters, digits, '_' and '-'.
bool is_valid_id(std::string_view text) noexcept;

std::string to_string(const turn_id& turn);

}  // namespace dhr

template <>
struct std::hash<dhr::conversation_id> {
  std::size_t operator()(const dhr::conversation_id& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};

template <>
struct std::hash<dhr::turn_id> {
  std::size_t operator()(const dhr::turn_id& id) const noexcept {
    return std::hash<std::string>{}(id.conversation.value) ^
           (id.epoch.value * 0x9e3779b97f4a7c15u) ^ (id.number * 0xc2b2ae3d27d4eb4fu);
  }
};
