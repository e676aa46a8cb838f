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

namespace {

error not_registered(const std::string& who, const node_facts& node) {
  return {errc::unavailable,
          who + " says that it is node " + node.identity.name.value +
              ", and the registry knows no such run of it",
          {},
          {}};
}

}  // namespace

error unknown_caller(const node_facts& caller) { return not_registered("a caller", caller); }

error unknown_answerer(const node_facts& answerer) {
  return not_registered("who answers there", answerer);
}

error false_caller(const node_facts& caller, error reason) {
  reason.message = "a caller says that it is node " + caller.identity.name.value +
                   ", and at that node's address " + reason.message;
  return reason;
}

}  // namespace dhr
