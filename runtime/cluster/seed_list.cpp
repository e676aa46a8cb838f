#include "runtime/cluster/seed_list.hpp"

namespace dhr {
namespace {

node_identity as_node(const std::string& address) { return {{address}, {}}; }

}  // namespace

// No address is smaller than the empty name: for none of them a call is waited for.
seed_list::seed_list(const std::vector<std::string>& addresses, dialer_config config,
                     std::uint64_t seed, mono_time now)
    : dialer_{{}, config, seed} {
  for (const auto& address : addresses) dialer_.found(as_node(address), now);
}

std::vector<std::string> seed_list::due(mono_time now) {
  std::vector<std::string> addresses;
  for (auto& one : dialer_.due(now)) addresses.push_back(std::move(one.name.value));
  return addresses;
}

std::optional<mono_time> seed_list::due_at() const { return dialer_.due_at(); }

void seed_list::found(const std::string& address, const node_identity& node) {
  dialer_.linked(as_node(address));
  found_.insert_or_assign(address, node);
}

void seed_list::is_own(const std::string& address) { dialer_.gone(as_node(address)); }

void seed_list::failed(const std::string& address, mono_time now) {
  dialer_.failed(as_node(address), now);
}

void seed_list::lost(const node_identity& node, mono_time now) {
  std::erase_if(found_, [&](const auto& one) {
    if (one.second != node) return false;
    dialer_.lost(as_node(one.first), now);
    return true;
  });
}

}  // namespace dhr
