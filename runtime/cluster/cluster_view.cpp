#include "runtime/cluster/cluster_view.hpp"

#include <algorithm>
#include <utility>

#include "runtime/cluster/messages.hpp"

namespace dhr {
namespace {

constexpr double gpu_weight = 0.4;
constexpr double memory_weight = 0.3;
constexpr double queue_weight = 0.3;

// An answer that comes twice must not make room out of nothing.
bool take_one(std::uint32_t& count) noexcept {
  if (count == 0) return false;
  --count;
  return true;
}

}  // namespace

const node_view* cluster_view::find(const node_name& name) const noexcept {
  if (name.value.empty()) return nullptr;
  const auto place =
      std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.name == name; });
  return place == nodes.end() ? nullptr : &*place;
}

node_view* cluster_view::find(const node_name& name) noexcept {
  return const_cast<node_view*>(std::as_const(*this).find(name));
}

std::uint64_t cluster_view::conversations() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& node : nodes) sum += node.conversations;
  return sum;
}

void placement_asked(node_view& node) noexcept { ++node.asked; }

void placement_granted(node_view& node) noexcept {
  if (take_one(node.asked)) ++node.granted;
}

void placement_refused(node_view& node) noexcept { take_one(node.asked); }

void departure_began(node_view& node) noexcept { ++node.leaving; }

void departure_ended(node_view& node) noexcept {
  if (take_one(node.leaving)) ++node.departed;
}

void departure_failed(node_view& node) noexcept { take_one(node.leaving); }

void report_arrived(node_view& node, const node_report& report) noexcept {
  node.load = report.load;
  node.conversations = report.conversations;
  node.conversations_max = report.conversations_max;
  node.draining = report.draining;
  node.healthy = report.healthy;
  node.granted = 0;
  node.departed = 0;
}

void peer_told(node_view& node, const peer_line& line) {
  node.name = line.facts.identity.name;
  node.zone = line.facts.zone;
  node.labels = line.facts.labels;
  node.suspected = !line.linked || line.state != peer_state::alive;
}

double load_term(double value) noexcept {
  if (value <= 0) return 0;
  return value < 1 ? value : 1;  // not a number is not less than 1
}

double load_score(const node_load& load) noexcept {
  return gpu_weight * load_term(load.gpu) + memory_weight * load_term(load.memory) +
         queue_weight * load_term(load.queue);
}

double placement_score(const node_view& node) noexcept {
  auto load = node.load;
  if (node.pending() > 0) {
    load.queue = load_term(load.queue) +
                 static_cast<double>(node.pending()) / std::max<double>(node.conversations_max, 1);
  }
  return load_score(load);
}

}  // namespace dhr
