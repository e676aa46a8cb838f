#pragma once
// What relays tell themselves and write into their last message; no other room needs it.

#include <caf/all.hpp>
#include <cstdint>

namespace dhr {

using relay_alone_atom = caf::atom_constant<caf::atom("alone")>;
using relay_over_atom = caf::atom_constant<caf::atom("over")>;

// The reason of an actor's end, as it travels. Its context stays behind: it may hold types that the
// other node does not know. An actor that ends as it should has no reason, and in CAF 0.17 an error
// that is none has no code and no category to be asked for.
struct travelling_reason {
  std::uint8_t code = 0;  // 0: none
  std::uint64_t category = 0;

  static travelling_reason of(const caf::error& reason) {
    if (!reason) return {};
    return {reason.code(), static_cast<std::uint64_t>(reason.category())};
  }
  [[nodiscard]] caf::error unpacked() const {
    if (code == 0) return {};
    return caf::error{code, static_cast<caf::atom_value>(category)};
  }
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, travelling_reason& x) {
  return f(caf::meta::type_name("travelling_reason"), x.code, x.category);
}

}  // namespace dhr
