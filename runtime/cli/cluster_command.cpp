#include <boost/json.hpp>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>

#include "runtime/cli/wanted_store.hpp"

namespace dhr::cli {
namespace {

constexpr const char* command = "dhr cluster";

std::string state_of(const node_record& node) {
  if (node.lease_left <= milliseconds{0}) return "gone";
  if (node.report.draining || node.drain_wanted) return "draining";
  return node.report.healthy ? "alive" : "unhealthy";
}

std::string two_digits(double value) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << value;
  return text.str();
}

boost::json::object to_json(const node_record& node, std::size_t claims) {
  boost::json::object labels;
  for (const auto& [key, value] : node.facts.labels) labels[key] = value;
  return {{"name", node.facts.identity.name.value},
          {"incarnation", std::to_string(node.facts.identity.incarnation.value)},
          {"state", state_of(node)},
          {"lease_left_ms", node.lease_left.count()},
          {"address", node.facts.address},
          {"version", node.facts.build},
          {"zone", node.facts.zone},
          {"labels", std::move(labels)},
          {"load", boost::json::object{{"gpu", node.report.load.gpu},
                                       {"memory", node.report.load.memory},
                                       {"queue", node.report.load.queue}}},
          {"drain_wanted", node.drain_wanted},
          {"links", node.report.links},
          {"conversations", node.report.conversations},
          {"conversations_max", node.report.conversations_max},
          {"claims", claims}};
}

using table = std::vector<std::vector<std::string>>;

void print(const table& lines) {
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  for (const auto& line : lines) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      std::cout << std::left << std::setw(static_cast<int>(widths[i]) + 2) << line[i];
    }
    std::cout << line.back() << '\n';
  }
}

void print_nodes(const std::vector<node_record>& nodes,
                 const std::map<std::string, std::size_t>& claims) {
  table lines{{"NODE", "STATE", "LEASE", "GPU", "MEMORY", "QUEUE", "CONVERSATIONS", "LINKS",
               "ADDRESS", "ZONE", "VERSION"}};
  for (const auto& node : nodes) {
    const auto& load = node.report.load;
    const auto owned = claims.find(node.facts.identity.name.value);
    lines.push_back({node.facts.identity.name.value, state_of(node),
                     std::to_string(node.lease_left.count()) + " ms", two_digits(load.gpu),
                     two_digits(load.memory), two_digits(load.queue),
                     std::to_string(owned == claims.end() ? 0 : owned->second) + " of " +
                         std::to_string(node.report.conversations_max),
                     std::to_string(node.report.links), node.facts.address, node.facts.zone,
                     node.facts.build});
  }
  print(lines);
}

}  // namespace

int cluster_status(const cluster_options& options, const surroundings& around) {
  return with_store(command, options.store, around, [&](durable_store& store, const auto&) {
    const auto nodes = store.leases().nodes();
    if (!nodes) return complain(command, nodes.error());
    const auto claims = store.leases().claims({}, static_cast<std::size_t>(-1));
    if (!claims) return complain(command, claims.error());
    std::map<std::string, std::size_t> owned;
    for (const auto& claim : claims.value()) ++owned[claim.owner->name.value];
    if (options.json) {
      boost::json::array lines;
      for (const auto& node : nodes.value()) {
        lines.push_back(to_json(node, owned[node.facts.identity.name.value]));
      }
      std::cout << boost::json::serialize(boost::json::object{{"nodes", std::move(lines)}}) << '\n';
      return 0;
    }
    if (nodes.value().empty()) {
      std::cout << "no node has ever joined; start some with cluster.enabled\n";
      return 0;
    }
    print_nodes(nodes.value(), owned);
    return 0;
  });
}

int cluster_conversations(const cluster_options& options, const surroundings& around) {
  return with_store(command, options.store, around, [&](durable_store& store, const auto&) {
    const auto claims = store.leases().claims({options.node}, options.store.limit);
    if (!claims) return complain(command, claims.error());
    if (options.json) {
      boost::json::array lines;
      for (const auto& claim : claims.value()) {
        lines.push_back(boost::json::object{{"id", claim.id.value},
                                            {"node", claim.owner->name.value},
                                            {"epoch", claim.epoch.value}});
      }
      std::cout << boost::json::serialize(lines) << '\n';
      return 0;
    }
    table lines{{"CONVERSATION", "NODE", "EPOCH"}};
    for (const auto& claim : claims.value()) {
      lines.push_back({claim.id.value, claim.owner->name.value, std::to_string(claim.epoch.value)});
    }
    print(lines);
    return 0;
  });
}

int cluster_evict(const cluster_options& options, const surroundings& around) {
  return with_store(command, options.store, around, [&](durable_store& store, const auto& name) {
    const auto evicted = store.leases().evict({options.node});
    if (!evicted) return complain(command, evicted.error());
    if (!evicted.value()) {
      std::cerr << command << ": no node " << options.node << " has a lease in " << name << '\n';
      return 1;
    }
    std::cout << "the lease of " << options.node << " is ended; its conversations are free\n";
    return 0;
  });
}

}  // namespace dhr::cli
