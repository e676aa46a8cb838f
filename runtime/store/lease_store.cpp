#include "runtime/store/lease_store.hpp"

#include <algorithm>

namespace dhr {
namespace {

constexpr char pair_end = '\n';
constexpr char key_end = '=';

}  // namespace

// One "key=value" a line: neither may hold a line feed, and a key no '='; refusal() sees to it.
std::string labels_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += key + key_end + value + pair_end;
  return text;
}

std::map<std::string, std::string> labels_of(std::string_view text) {
  std::map<std::string, std::string> labels;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find(pair_end));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto cut = line.find(key_end);
    if (cut != line.npos) labels.emplace(line.substr(0, cut), line.substr(cut + 1));
  }
  return labels;
}

std::optional<error> refusal(const node_facts& facts) {
  if (!is_valid_id(facts.identity.name.value)) {
    return error{errc::invalid_argument,
                 "a node's name is 1 to 64 letters, digits, '_' and '-'",
                 "cluster.node",
                 {}};
  }
  if (facts.identity.incarnation.value == 0) {
    return error{errc::invalid_argument, "an incarnation is never zero", "incarnation", {}};
  }
  for (const auto& [key, value] : facts.labels) {
    if (key.empty() || key.find_first_of("=\n") != key.npos || value.find('\n') != value.npos) {
      return error{errc::invalid_argument,
                   "a label is a key without '=' and a value, each in one line",
                   "cluster.labels",
                   {}};
    }
  }
  return std::nullopt;
}

error name_is_taken(const node_identity& by, milliseconds lease_left) {
  return {errc::overloaded,
          "another process is node " + by.name.value + " for " +
              std::to_string(lease_left.count()) +
              " ms more, or for as long as it renews its lease: wait for its end, or name this "
              "node otherwise (cluster.node)",
          "cluster.node", lease_left};
}

error has_no_lease(const node_identity& node) {
  return {
      errc::not_found,
      "node " + node.name.value + " has no lease: it ended, or another process has taken the name",
      "lease",
      {}};
}

}  // namespace dhr
