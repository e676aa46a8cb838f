#include "runtime/cluster/introductions.hpp"

#include <utility>

namespace dhr {

std::optional<error> refusal_of(const node_facts& self, const node_facts& peer) {
  const auto& name = peer.identity.name.value;
  if (peer.identity.name == self.identity.name) {
    return error{errc::invalid_argument, "two nodes are named " + name, "cluster.node", {}};
  }
  if (peer.types_hash != self.types_hash) {
    return error{errc::invalid_argument,
                 "node " + name + " (version " + peer.build + ") and node " +
                     self.identity.name.value + " (version " + self.build +
                     ") have different messages and cannot talk: run versions that can",
                 "build",
                 {}};
  }
  return std::nullopt;
}

error unknown_caller(const node_facts& caller) {
  return {errc::unavailable,
          "a caller says that it is node " + caller.identity.name.value +
              ", and the registry knows no such run of it",
          {},
          {}};
}

error false_caller(const node_facts& caller, error reason) {
  reason.message = "a caller says that it is node " + caller.identity.name.value +
                   ", and at that node's address " + reason.message;
  return reason;
}

}  // namespace dhr
