#pragma once
// Which messages two nodes must have in common to talk.

#include <cstdint>
#include <string>

namespace dhr {

// To be raised when the meaning of a message changes and its fields do not.
inline constexpr int wire_version = 1;

// Each message and each struct within one, a line each, in the order of their names: what it is
// called and which fields it has. The same in every build in which it is written the same way.
[[nodiscard]] std::string message_listing();

// Of that listing and of wire_version: nodes with the same number understand each other.
[[nodiscard]] std::uint64_t types_hash();
[[nodiscard]] std::uint64_t types_hash(const std::string& listing, int version);

}  // namespace dhr
