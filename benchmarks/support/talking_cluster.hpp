#pragma once
// Three nodes, anna, bert and carla, on one PostgreSQL, and clients that talk without a pause. The
// engine is scripted and the voice is the tone, so that what is measured is the cluster.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/support/database.hpp"
#include "benchmarks/support/node_network.hpp"
#include "benchmarks/support/talker.hpp"
#include "tests/support/authority.hpp"
#include "tests/support/server_process.hpp"

namespace dhr::bench {

// Lives on: one thread, which the clients' events are handled on as well.
class talking_cluster {
 public:
  // With a network, the nodes and the database are its members, and the nodes' links have TLS, as
  // between machines; without one all of it is on the machine's loopback. Blocks until all nodes
  // are linked. Throws std::runtime_error if they do not come up.
  explicit talking_cluster(std::unique_ptr<node_network> network);

  // Null without one.
  [[nodiscard]] node_network* network() noexcept { return network_.get(); }
  [[nodiscard]] const database& store() const noexcept { return *store_; }
  [[nodiscard]] testing::server_process& node(const std::string& name) { return *nodes_.at(name); }
  // Again, after it has ended. A killed node's name is free when its lease has ended; its successor
  // waits for that.
  void start(const std::string& name);

  // Lets the clients talk.
  void run_for(std::chrono::milliseconds time) { io_.run_for(time); }
  // Calls `step` every 20 ms and lets the clients talk, until it answers true; false: `patience`
  // was over before.
  template <class Step>
  bool run_until(std::chrono::milliseconds patience, const Step& step) {
    const auto end = bench_clock::now() + patience;
    while (!step()) {
      if (bench_clock::now() > end) return false;
      io_.run_for(std::chrono::milliseconds{20});
    }
    return true;
  }

  // Of a metric without labels; -1: the node does not tell. Blocks while the node stands still.
  [[nodiscard]] double metric(const std::string& node, const std::string& name) const;
  [[nodiscard]] int links(const std::string& node) const;
  // Until every node has a link to each of the others. Throws std::runtime_error if that takes 30
  // s.
  void await_links();

  // New conversations whose clients are connected to this node; wherever they are placed.
  std::vector<talker*> begin_talks(const std::string& node, int count);
  // Those of `among` whose conversations live on this node.
  [[nodiscard]] std::vector<talker*> owned_by(const std::string& node,
                                              const std::vector<talker*>& among) const;
  [[nodiscard]] const std::vector<std::unique_ptr<talker>>& talkers() const { return talkers_; }
  // All hang up.
  void end_talks() { talkers_.clear(); }

 private:
  using variables = std::map<std::string, std::string>;
  [[nodiscard]] std::optional<node_network::visit> visit(const std::string& member) const;
  [[nodiscard]] variables store_settings() const;
  [[nodiscard]] variables node_settings(const std::string& name) const;

  std::unique_ptr<node_network> network_;
  std::unique_ptr<database> store_;
  const testing::authority authority_{"the nodes' authority"};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      io_.get_executor()};
  std::map<std::string, std::unique_ptr<testing::server_process>> nodes_;
  std::vector<std::unique_ptr<talker>> talkers_;
  int conversations_ = 0;  // so far
};

}  // namespace dhr::bench
