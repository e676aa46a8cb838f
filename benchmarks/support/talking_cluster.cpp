#include "benchmarks/support/talking_cluster.hpp"

#include <boost/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

#include "tests/support/http_get.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/talking_client.hpp"

namespace dhr::bench {

using namespace dhr::testing;
using namespace std::chrono_literals;

talking_cluster::talking_cluster(std::unique_ptr<node_network> network)
    : network_{std::move(network)},
      store_{network_ ? std::make_unique<database>(*network_, "store")
                      : std::make_unique<database>()} {
  for (const auto* name : {"anna", "bert", "carla"}) start(name);
  await_links();
}

std::optional<node_network::visit> talking_cluster::visit(const std::string& member) const {
  using visit_maybe = std::optional<node_network::visit>;
  return network_ ? visit_maybe{std::in_place, network_->name_space(member)} : visit_maybe{};
}

talking_cluster::variables talking_cluster::store_settings() const {
  return {{"DHR_STORE_KIND", "postgres"},
          {"DHR_STORE_POSTGRES_URL", store_->url()},
          {"DHR_CLUSTER_ENABLED", "true"},
          {"DHR_CLUSTER_NODE", "nobody"}};
}

talking_cluster::variables talking_cluster::node_settings(const std::string& name) const {
  auto all = store_settings();
  all["DHR_CONVERSATION_ENGINE"] = "scripted";
  all["DHR_VOICE_NAME"] = "tone";
  all["DHR_EARS_TRANSCRIPTION"] = "none";
  all["DHR_CLUSTER_NODE"] = name;
  all["DHR_CLUSTER_LINK_PORT"] = "0";
  all["DHR_LOG_LEVEL"] = "warn";
  if (!network_) return all;
  const auto shown = authority_.issue({"DNS:" + name});
  all["DHR_CLUSTER_LINK_ADDRESS"] = network_->address(name);
  all["DHR_CLUSTER_TLS_CERTIFICATE"] = shown.certificate;
  all["DHR_CLUSTER_TLS_KEY"] = shown.key;
  all["DHR_CLUSTER_TLS_AUTHORITY"] = authority_.certificate();
  return all;
}

void talking_cluster::start(const std::string& name) {
  nodes_[name].reset();
  const auto there = visit(name);
  nodes_[name] = std::make_unique<server_process>(node_settings(name));
}

double talking_cluster::metric(const std::string& node, const std::string& name) const {
  const auto there = visit(node);
  return metric_in(http_get(nodes_.at(node)->http_port(), "/metrics").body, name);
}

int talking_cluster::links(const std::string& node) const {
  return static_cast<int>(metric(node, "digital_human_cluster_links"));
}

void talking_cluster::await_links() {
  for (const auto& [name, node] : nodes_) {
    if (!run_until(30s, [&, &name = name] { return links(name) == 2; })) {
      throw std::runtime_error{"node " + name + " does not find the others; it said:\n" +
                               node->output()};
    }
  }
}

std::vector<talker*> talking_cluster::begin_talks(const std::string& node, int count) {
  const auto there = visit(node);
  const auto port = nodes_.at(node)->realtime_port();
  std::vector<talker*> begun;
  for (int i = 0; i < count; ++i) {
    auto id = "talk_" + std::to_string(++conversations_);
    talkers_.push_back(std::make_unique<talker>(io_, port, std::move(id)));
    begun.push_back(talkers_.back().get());
  }
  return begun;
}

std::vector<talker*> talking_cluster::owned_by(const std::string& node,
                                               const std::vector<talker*>& among) const {
  const auto there = visit("store");
  const auto asked =
      run_program({"cluster", "conversations", "--json", "--limit", "100000"}, store_settings());
  std::set<std::string> owned;
  const auto told = boost::json::parse(asked.output);
  for (const auto& line : told.as_array()) {
    if (line.at("node").as_string() == node) owned.emplace(line.at("id").as_string());
  }
  std::vector<talker*> found;
  for (auto* one : among) {
    if (owned.contains(one->conversation())) found.push_back(one);
  }
  return found;
}

}  // namespace dhr::bench
