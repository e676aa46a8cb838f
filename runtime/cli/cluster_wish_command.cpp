// What operators wish of running nodes. The wishes go into the store, where the nodes see them
// within a second or two; the commands look there at what becomes of them.

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <iostream>

#include "runtime/base/clock.hpp"
#include "runtime/cli/wanted_store.hpp"

namespace dhr::cli {
namespace {

constexpr milliseconds look_every{250};

void pause() {
  boost::asio::io_context io;
  boost::asio::steady_timer{io, look_every}.wait();
}

const node_record* living(const std::vector<node_record>& nodes, const std::string& name) {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const node_record& node) {
    return node.facts.identity.name.value == name && node.lease_left > milliseconds{0};
  });
  return found == nodes.end() ? nullptr : &*found;
}

// Of those that have a lease and shall have conversations.
std::string others_than(const std::vector<node_record>& nodes, const std::string& name) {
  std::string names;
  for (const auto& node : nodes) {
    const auto& one = node.facts.identity.name.value;
    if (one == name || living(nodes, one) == nullptr || node.drain_wanted) continue;
    names += (names.empty() ? "" : ", ") + one;
  }
  return names;
}

int no_such_node(const char* command, const std::vector<node_record>& nodes,
                 const std::string& wanted, const std::string& store) {
  const auto others = others_than(nodes, wanted);
  std::cerr << command << ": no node " << wanted << " has a lease in " << store
            << (others.empty() ? "" : "; these have: " + others) << '\n';
  return 1;
}

class waiting {
 public:
  explicit waiting(std::chrono::seconds patience) : end_{system_clock().now() + patience} {}
  // False when the time is over; otherwise a moment has passed.
  bool goes_on() const {
    if (system_clock().now() >= end_) return false;
    pause();
    return true;
  }

 private:
  mono_time end_;
};

std::string conversations(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " conversation" : " conversations");
}

int wait_until_drained(const char* command, const cluster_options& options, lease_store& leases) {
  const waiting until{std::chrono::seconds{options.patience_s}};
  std::optional<std::size_t> before;
  do {
    const auto claims = leases.claims({options.node}, static_cast<std::size_t>(-1));
    if (!claims) return complain(command, claims.error());
    const auto left = claims.value().size();
    if (left == 0) {
      std::cout << options.node << " has no conversations; end it, or let it take some again: "
                << "dhr cluster resume " << options.node << '\n';
      return 0;
    }
    if (before != left) std::cout << conversations(left) << " on " << options.node << std::endl;
    before = left;
  } while (until.goes_on());
  std::cerr << command << ": " << conversations(*before) << " on " << options.node << " after "
            << options.patience_s
            << " s. The wish stands: look again with dhr cluster status, or take it back with dhr "
               "cluster resume "
            << options.node << '\n';
  return 1;
}

int wait_until_moved(const char* command, const cluster_options& options, lease_store& leases) {
  const waiting until{std::chrono::seconds{options.patience_s}};
  std::optional<conversation_claim> claim;
  do {
    auto found = leases.find_claim({options.conversation});
    if (!found) return complain(command, found.error());
    claim = std::move(found).value();
    if (!claim) break;
    if (claim->owner && claim->owner->name.value == options.node) {
      std::cout << options.conversation << " is on " << options.node << '\n';
      return 0;
    }
    if (claim->wanted_node.value != options.node) {
      std::cerr << command << ": " << options.node << " did not get " << options.conversation
                << (claim->owner ? ", which is on " + claim->owner->name.value : "")
                << "; the log of the node that had it says why\n";
      return 1;
    }
  } while (until.goes_on());
  if (claim && claim->owner) {
    std::cerr << command << ": " << claim->owner->name.value << " has not handed "
              << options.conversation << " over in " << options.patience_s
              << " s; the wish stands\n";
    return 1;
  }
  std::cout << options.conversation << " is stored; " << options.node
            << " takes it up when somebody asks for it\n";
  return 0;
}

}  // namespace

int cluster_drain(const cluster_options& options, const surroundings& around) {
  constexpr const char* command = "dhr cluster drain";
  return with_store(command, options.store, around, [&](durable_store& store, const auto& name) {
    const auto nodes = store.leases().nodes();
    if (!nodes) return complain(command, nodes.error());
    if (living(nodes.value(), options.node) == nullptr) {
      return no_such_node(command, nodes.value(), options.node, name);
    }
    if (others_than(nodes.value(), options.node).empty()) {
      std::cerr << command << ": no other node could take the conversations of " << options.node
                << "; start one first, or end this one\n";
      return 1;
    }
    const auto known = store.leases().want_drain({options.node}, true);
    if (!known) return complain(command, known.error());
    if (!known.value()) return no_such_node(command, nodes.value(), options.node, name);
    if (!options.wait) return 0;
    return wait_until_drained(command, options, store.leases());
  });
}

int cluster_resume(const cluster_options& options, const surroundings& around) {
  constexpr const char* command = "dhr cluster resume";
  return with_store(command, options.store, around, [&](durable_store& store, const auto& name) {
    const auto known = store.leases().want_drain({options.node}, false);
    if (!known) return complain(command, known.error());
    if (known.value()) {
      std::cout << options.node << " takes conversations again\n";
      return 0;
    }
    const auto nodes = store.leases().nodes();
    if (!nodes) return complain(command, nodes.error());
    return no_such_node(command, nodes.value(), options.node, name);
  });
}

int cluster_move(const cluster_options& options, const surroundings& around) {
  constexpr const char* command = "dhr cluster move";
  return with_store(command, options.store, around, [&](durable_store& store, const auto& name) {
    const auto nodes = store.leases().nodes();
    if (!nodes) return complain(command, nodes.error());
    const auto* wanted = living(nodes.value(), options.node);
    if (wanted == nullptr) return no_such_node(command, nodes.value(), options.node, name);
    if (wanted->drain_wanted || wanted->report.draining) {
      std::cerr << command << ": " << options.node << " is drained and takes no conversations\n";
      return 1;
    }
    const auto known = store.leases().want_owner({options.conversation}, {options.node});
    if (!known) return complain(command, known.error());
    if (!known.value()) {
      std::cerr << command << ": no node ever had a conversation " << options.conversation << " in "
                << name << '\n';
      return 1;
    }
    if (!options.wait) return 0;
    return wait_until_moved(command, options, store.leases());
  });
}

}  // namespace dhr::cli
