#pragma once
// Nodes for the tests of this room.

#include <string>

#include "runtime/cluster/cluster_view.hpp"

namespace dhr::testing {

// All terms of its load are equal, so that its score is `load`.
inline node_view node(std::string name, double load, std::uint32_t conversations = 10,
                      std::uint32_t conversations_max = 100) {
  node_view made;
  made.name = {std::move(name)};
  made.load = {load, load, load};
  made.conversations = conversations;
  made.conversations_max = conversations_max;
  return made;
}

inline node_report report_of(double load, std::uint32_t conversations,
                             std::uint32_t conversations_max = 100) {
  return {{load, load, load}, conversations, conversations_max, false, true};
}

}  // namespace dhr::testing
