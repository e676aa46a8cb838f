#pragma once
// When to call the addresses that the configuration names: at once, again with growing pauses while
// nobody fit answers, and never while the node that answered is linked. One that leads back to this
// node, as it does where all nodes have one list, is called no more.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/cluster/dialer.hpp"

namespace dhr {

// Lives on: the links' actor. Not thread-safe. `now` does not go back.
class seed_list {
 public:
  // `addresses`: a double one counts once. `seed` of the jitter: another one on each node.
  seed_list(const std::vector<std::string>& addresses, dialer_config config, std::uint64_t seed,
            mono_time now);

  // The addresses to call now; each is told once until one of the next three names it.
  [[nodiscard]] std::vector<std::string> due(mono_time now);
  // When due() has the next one; nothing while there is none.
  [[nodiscard]] std::optional<mono_time> due_at() const;

  void found(const std::string& address, const node_identity& node);
  void is_own(const std::string& address);
  void failed(const std::string& address, mono_time now);

  // A link is no more. Nothing happens when it was not found by a seed.
  void lost(const node_identity& node, mono_time now);

 private:
  dialer dialer_;  // an address stands there as the name of a node
  std::map<std::string, node_identity> found_;
};

}  // namespace dhr
