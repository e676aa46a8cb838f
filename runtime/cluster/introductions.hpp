#pragma once
// What a node answers to another one that it will not talk to. All of it are sentences for a
// person, who reads them in the log of either.

#include <optional>

#include "runtime/base/result.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

// Why `self` and `peer` cannot talk, by what they say of themselves: one name for both, or other
// messages (errc::invalid_argument); nothing when they can.
[[nodiscard]] std::optional<error> refusal_of(const node_facts& self, const node_facts& peer);

// The registry knows no such run of the node that the caller says it is. errc::unavailable.
[[nodiscard]] error unknown_caller(const node_facts& caller);

// Who answered at a seed says that it is a node that the registry does not know. errc::unavailable.
[[nodiscard]] error unknown_answerer(const node_facts& answerer);

// At the address of the node that the caller says it is, that node was not found, for `reason`.
[[nodiscard]] error false_caller(const node_facts& caller, error reason);

}  // namespace dhr
