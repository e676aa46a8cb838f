#include "runtime/cluster/link_book.hpp"

#include <utility>

namespace dhr {

void link_book::add(const node_identity& peer, remote_links other, node_door door) {
  std::vector<node_identity> runs;
  for (const auto& [known, one] : links_) {
    if (known.name == peer.name) runs.push_back(known);
  }
  for (const auto& run : runs) drop(run);
  owner_.monitor(other);
  links_.emplace(peer, link{std::move(other), std::move(door)});
}

bool link_book::drop(const node_identity& peer) {
  const auto known = links_.find(peer);
  if (known == links_.end()) return false;
  owner_.demonitor(known->second.peer.address());
  links_.erase(known);
  return true;
}

void link_book::drop_all() {
  for (const auto& [peer, one] : links_) owner_.demonitor(one.peer.address());
  links_.clear();
}

std::optional<node_identity> link_book::ended(const caf::actor_addr& source) {
  for (const auto& [peer, one] : links_) {
    if (one.peer.address() != source) continue;
    const auto lost = peer;
    links_.erase(lost);
    return lost;
  }
  return std::nullopt;
}

const link* link_book::find(const node_identity& peer) const {
  const auto known = links_.find(peer);
  return known == links_.end() ? nullptr : &known->second;
}

peer_list list_of(const node_facts& self, const node_report& report, const membership_table& table,
                  const link_book& links) {
  peer_list told;
  told.peers.push_back({self, report, peer_state::alive, true});
  for (const auto& [name, known] : table.peers()) {
    const bool is_linked = links.find(known.facts.identity) != nullptr;
    told.peers.push_back({known.facts, known.report, known.state, is_linked});
  }
  return told;
}

std::vector<node_door> doors_of(const peer_list& list, const node_door& own,
                                const link_book& links) {
  std::vector<node_door> doors;
  for (const auto& line : list.peers) {
    const auto* known = links.find(line.facts.identity);
    doors.push_back(known == nullptr ? node_door{} : known->door);
  }
  if (!doors.empty()) doors.front() = own;
  return doors;
}

}  // namespace dhr
