#pragma once
// What relays tell themselves and write into their last message; no other room needs it.

#include <caf/all.hpp>
#include <cstdint>

namespace dhr {

using relay_alone_atom = caf::atom_constant<caf::atom("alone")>;
using relay_over_atom = caf::atom_constant<caf::atom("over")>;

// A reason's context stays behind: it may hold types that the other node does not know.
inline std::uint64_t category_of(const caf::error& reason) {
  return static_cast<std::uint64_t>(reason.category());
}
inline caf::error make_reason(std::uint8_t code, std::uint64_t category) {
  return caf::error{code, static_cast<caf::atom_value>(category)};
}

}  // namespace dhr
