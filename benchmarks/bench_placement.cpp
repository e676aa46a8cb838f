// How long does a placement take, and how well does a large cluster balance?
//
// Decisions: 10 to 1,000 nodes of which all pass the rules and many are equal, a request with two
// labels and a preferred zone; microseconds a decision (median and p99, of the mean of 20), and how
// long the rebalancer plans for 1,000 nodes.
//
// Simulation: a cluster on a virtual clock. Each node reports its load once a second, all of them
// at different times, with noise; each router knows the reports and what it did itself since, and
// nothing of the other routers. A node admits or refuses by what is true at that moment. Then:
//   fill     conversations arrive evenly over 100 s at random routers;
//   loss     the nodes of one of three zones vanish at once, and their conversations come back over
//            `reconnect_s`, placed as new ones by the nodes that are left;
//   return   the zone comes back empty, and the rebalancer moves conversations within its limit.
// Balance is conversations per node, max and p99 against the mean. The stampede is the most
// conversations that came to one node within one second, against the mean of that second; what it
// would be if the lowest score always won is beside it (`loss_stampede_without_ties`).

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <vector>

#include "benchmarks/support/report.hpp"
#include "runtime/cluster/admission.hpp"
#include "runtime/cluster/placement_planner.hpp"
#include "runtime/cluster/rebalance_planner.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;
using namespace std::chrono_literals;

constexpr int zones = 3;

std::string zone_of(std::size_t node) { return "zone-" + std::to_string(node % zones); }

node_view fresh_node(std::size_t i, std::uint32_t slots) {
  node_view made;
  made.name = {"dhr-" + std::to_string(i)};
  made.zone = zone_of(i);
  made.labels = {{"gpu", "a100"}, {"tier", "gold"}, {"region", "eu"}};
  made.conversations_max = slots;
  return made;
}

// ---- decisions

struct decision_times {
  double median_us = 0;
  double p99_us = 0;
};

decision_times time_decisions(std::size_t count) {
  std::mt19937 random{1};
  std::uniform_real_distribution<double> load{0.30, 0.36};
  cluster_view view;
  for (std::size_t i = 0; i < count; ++i) {
    view.nodes.push_back(fresh_node(i, 100));
    view.nodes.back().load = {load(random), load(random), load(random)};
    view.nodes.back().conversations = 30;
    view.nodes.back().asked = static_cast<std::uint32_t>(i % 3);
  }
  placement_request request;
  request.labels = {{"gpu", "a100"}, {"tier", "gold"}};
  request.zone = zone_of(1);
  request.wish = zone_wish::preferred;
  const placement_config config;

  constexpr int batch = 20;
  std::vector<double> batches_us;
  std::uint64_t placed = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto began = std::chrono::steady_clock::now();
    for (int k = 0; k < batch; ++k) {
      request.conversation.value = "conv_" + std::to_string(i * batch + k);
      placed += plan(view, request, config).has_value() ? 1 : 0;
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    batches_us.push_back(took.count() / batch);
  }
  if (placed != 1'000u * batch) {
    std::fprintf(stderr, "a decision found no node\n");
    std::exit(1);
  }
  return {percentile(batches_us, 0.5), percentile(batches_us, 0.99)};
}

// The longest plan: half of the nodes are empty.
double time_rebalancing(std::size_t count) {
  cluster_view view;
  for (std::size_t i = 0; i < count; ++i) {
    view.nodes.push_back(fresh_node(i, 100));
    if (i % 2 == 0) report_arrived(view.nodes.back(), {{0.7, 0.7, 0.7}, 70, 100, false, true});
  }
  std::vector<double> times_us;
  for (int i = 0; i < 100; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const auto moves = plan_moves(view, 1'000, {});
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    if (moves.empty()) std::exit(1);
    times_us.push_back(took.count());
  }
  return percentile(times_us, 0.5);
}

// ---- simulation

struct simulation_options {
  std::size_t nodes = 1'000;
  std::size_t conversations = 100'000;
  std::size_t routers = 1'000;
  std::uint32_t slots = 240;
  double reconnect_s = 5;
  double noise = 0.05;  // of a report's device load, standard deviation, relative
  unsigned seed = 1;
  double tie_width = placement_config{}.tie_width;
};

class simulation {
 public:
  explicit simulation(const simulation_options& options)
      : options_{options}, random_{options.seed}, routers_(options.routers) {
    config_.tie_width = options.tie_width;
    for (std::size_t i = 0; i < options.nodes; ++i) {
      view_.nodes.push_back(fresh_node(i, options.slots));
      nodes_.emplace_back();
    }
    for (std::size_t i = 0; i < options.nodes; ++i) report(i);
  }

  // Conversations arrive evenly over this time.
  void arrive(std::size_t count, double seconds) {
    const auto steps = static_cast<std::size_t>(seconds * steps_per_second);
    std::size_t done = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      for (const auto until = count * (step + 1) / steps; done < until; ++done) place();
      advance();
    }
  }

  // What is lost with the zone has to be placed again.
  std::size_t lose_zone() {
    std::size_t lost = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (i % zones != 0) continue;
      lost += nodes_[i].conversations;
      nodes_[i] = {};
      nodes_[i].down = true;
      view_.nodes[i].suspected = true;
    }
    return lost;
  }

  void return_zone() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i].down) continue;
      nodes_[i].down = false;
      view_.nodes[i].suspected = false;
      report(i);
    }
  }

  struct rebalancing {
    std::uint64_t moves = 0;
    double seconds = 0;       // until the last move had ended
    double window_share = 0;  // the most that moved in 10 s, of all
  };

  // One planner, once a second; a move takes up to 2 s.
  rebalancing rebalance_until_still() {
    rebalancing outcome;
    move_budget budget{{}, now()};
    cluster_view planners = view_;
    std::vector<std::uint64_t> moved;
    for (int still = 0; still < 30; ++still) {
      for (std::size_t i = 0; i < nodes_.size(); ++i) refresh(planners.nodes[i], i);
      std::uint64_t begun = 0;
      for (const auto& move : rebalance(planners, budget, {}, now())) {
        begin(planners, move);
        begun += move.count;
      }
      moved.push_back(begun);
      outcome.moves += begun;
      const auto first = moved.end() - std::min<std::ptrdiff_t>(10, std::ssize(moved));
      outcome.window_share =
          std::max(outcome.window_share,
                   static_cast<double>(std::accumulate(first, moved.end(), std::uint64_t{0})) /
                       static_cast<double>(planners.conversations()));
      if (begun > 0 || !moving_.empty()) still = -1;
      for (int step = 0; step < steps_per_second; ++step) {
        advance();
        finish_moves(planners);
      }
      if (still < 0) outcome.seconds = static_cast<double>(moved.size());
    }
    return outcome;
  }

  struct balance {
    double max = 0;  // against the mean
    double p99 = 0;
    double min = 0;
    double score_max = 0;
  };

  [[nodiscard]] balance measure() const {
    std::vector<double> counts;
    double score = 0;
    for (const auto& node : nodes_) {
      if (node.down) continue;
      counts.push_back(node.conversations);
      score = std::max(score, load_score(load_of(node.conversations, 1)));
    }
    const auto mean = std::accumulate(counts.begin(), counts.end(), 0.0) / std::ssize(counts);
    return {*std::max_element(counts.begin(), counts.end()) / mean, percentile(counts, 0.99) / mean,
            *std::min_element(counts.begin(), counts.end()) / mean, score};
  }

  // Since the last call: the worst second of a node against the mean of all in that second.
  double stampede() { return std::exchange(stampede_, 0); }
  std::uint64_t refusals() { return std::exchange(refusals_, 0); }
  [[nodiscard]] std::uint64_t turned_away() const { return turned_away_; }
  [[nodiscard]] double mean_us() const {
    return decisions_ == 0 ? 0
                           : std::chrono::duration<double, std::micro>(planning_).count() /
                                 static_cast<double>(decisions_);
  }

 private:
  static constexpr int steps_per_second = 100;

  struct true_node {
    std::uint32_t conversations = 0;
    std::uint32_t arrivals = 0;  // in this second
    node_report last_report;
    std::uint64_t reports = 0;
    bool down = false;
  };
  // What a router did to a node since that node's report of this number.
  struct own_placement {
    std::size_t node;
    std::uint64_t report;
  };
  struct moving {
    std::size_t from;
    std::size_t to;
    std::uint64_t ends;
  };

  [[nodiscard]] mono_time now() const { return mono_time{step_ * 1'000ms / steps_per_second}; }

  // The devices are busy in proportion, some memory is taken by the models alone.
  [[nodiscard]] node_load load_of(std::uint32_t conversations, double noise) const {
    const double used = static_cast<double>(conversations) / options_.slots;
    return {used * noise, 0.2 + 0.8 * used, used};
  }

  void report(std::size_t i) {
    auto& node = nodes_[i];
    const double noise = std::max(std::normal_distribution{1.0, options_.noise}(random_), 0.0);
    node.last_report = {load_of(node.conversations, noise), node.conversations, options_.slots,
                        false, true};
    ++node.reports;
    report_arrived(view_.nodes[i], node.last_report);
  }

  void advance() {
    ++step_;
    const auto phase = step_ % steps_per_second;
    for (std::size_t i = phase; i < nodes_.size(); i += steps_per_second) {
      if (!nodes_[i].down) report(i);
    }
    if (phase != 0) return;
    std::uint64_t sum = 0;
    std::uint32_t most = 0;
    std::size_t up = 0;
    for (auto& node : nodes_) {
      sum += node.arrivals;
      most = std::max(most, node.arrivals);
      up += node.down ? 0 : 1;
      node.arrivals = 0;
    }
    if (sum > 0) {
      stampede_ = std::max(stampede_, most * static_cast<double>(up) / static_cast<double>(sum));
    }
  }

  void place() {
    auto& router = routers_[random_() % routers_.size()];
    std::erase_if(router, [&](const auto& own) { return own.report < nodes_[own.node].reports; });
    for (const auto& own : router) ++view_.nodes[own.node].granted;
    placement_request request;
    request.conversation.value = "conv_" + std::to_string(++conversation_);
    for (int attempt = 0; attempt < 4; ++attempt) {
      const auto began = std::chrono::steady_clock::now();
      const auto chosen = plan(view_, request, config_);
      planning_ += std::chrono::steady_clock::now() - began;
      ++decisions_;
      if (!chosen) break;
      const auto i = std::stoul(chosen.value().node.value.substr(4));
      if (admits(i)) {
        ++nodes_[i].conversations;
        ++nodes_[i].arrivals;
        for (const auto& own : router) --view_.nodes[own.node].granted;
        router.push_back({i, nodes_[i].reports});
        return;
      }
      ++refusals_;
      request.excluded.push_back(chosen.value().node);
    }
    for (const auto& own : router) --view_.nodes[own.node].granted;
    ++turned_away_;
  }

  [[nodiscard]] bool admits(std::size_t i) const {
    const auto& node = nodes_[i];
    return node.conversations < options_.slots &&
           load_score(load_of(node.conversations, 1)) <= admission_config{}.ceiling;
  }

  void refresh(node_view& seen, std::size_t i) {
    seen.suspected = nodes_[i].down;
    report_arrived(seen, nodes_[i].last_report);
  }

  void begin(cluster_view& planners, const node_move& move) {
    const auto from = std::stoul(move.from.value.substr(4));
    const auto to = std::stoul(move.to.value.substr(4));
    for (std::uint32_t i = 0; i < move.count; ++i) {
      departure_began(planners.nodes[from]);
      placement_asked(planners.nodes[to]);
      moving_.push_back({from, to, step_ + 1 + random_() % (2 * steps_per_second)});
    }
  }

  void finish_moves(cluster_view& planners) {
    std::erase_if(moving_, [&](const auto& move) {
      if (move.ends > step_) return false;
      departure_ended(planners.nodes[move.from]);
      placement_granted(planners.nodes[move.to]);
      --nodes_[move.from].conversations;
      ++nodes_[move.to].conversations;
      return true;
    });
  }

  const simulation_options options_;
  std::mt19937_64 random_;
  placement_config config_;
  cluster_view view_;
  std::vector<true_node> nodes_;
  std::vector<std::vector<own_placement>> routers_;
  std::vector<moving> moving_;
  std::uint64_t step_ = 0;
  std::uint64_t conversation_ = 0;
  std::uint64_t refusals_ = 0;
  std::uint64_t turned_away_ = 0;
  std::uint64_t decisions_ = 0;
  std::chrono::nanoseconds planning_{0};
  double stampede_ = 0;
};

void simulate(const simulation_options& options, report& printed) {
  auto without_ties = options;
  without_ties.tie_width = 0;
  simulation cluster{options};
  cluster.arrive(options.conversations, 100);
  const auto filled = cluster.measure();
  printed.figure("fill_max_to_mean", filled.max, "x");
  printed.figure("fill_p99_to_mean", filled.p99, "x");
  printed.figure("fill_stampede", cluster.stampede(), "x");
  printed.figure("fill_refusals", static_cast<double>(cluster.refusals()), "");

  const auto lost = cluster.lose_zone();
  cluster.arrive(lost, options.reconnect_s);
  const auto failed_over = cluster.measure();
  printed.figure("loss_conversations", static_cast<double>(lost), "");
  printed.figure("loss_stampede", cluster.stampede(), "x");
  printed.figure("loss_refusals", static_cast<double>(cluster.refusals()), "");
  printed.figure("loss_max_to_mean", failed_over.max, "x");
  printed.figure("loss_p99_to_mean", failed_over.p99, "x");
  printed.figure("loss_score_max", failed_over.score_max, "", "at most 0.75");
  simulation untied{without_ties};
  untied.arrive(options.conversations, 100);
  (void)untied.stampede();
  untied.arrive(untied.lose_zone(), options.reconnect_s);
  printed.figure("loss_stampede_without_ties", untied.stampede(), "x");
  const auto after_loss = cluster.rebalance_until_still();
  printed.figure("loss_moves", static_cast<double>(after_loss.moves), "");

  cluster.return_zone();
  const auto after_return = cluster.rebalance_until_still();
  const auto balanced = cluster.measure();
  printed.figure("return_moves", static_cast<double>(after_return.moves), "");
  printed.figure("return_balanced_s", after_return.seconds, "s");
  printed.figure("return_window_share_max", after_return.window_share, "", "at most 0.10");
  printed.figure("return_max_to_mean", balanced.max, "x");
  printed.figure("return_min_to_mean", balanced.min, "x");
  printed.figure("turned_away", static_cast<double>(cluster.turned_away()), "", "0");
  printed.figure("simulation_decision_us", cluster.mean_us(), "us");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How long does a placement take, and how well does a large cluster balance?"};
  std::string json_file;
  simulation_options options;
  app.add_option("--json", json_file, "also write the line of JSON to this file");
  app.add_option("--nodes", options.nodes, "of the simulated cluster")
      ->check(CLI::Range(3, 10'000));
  app.add_option("--conversations", options.conversations, "that arrive")
      ->check(CLI::Range(100, 10'000'000));
  app.add_option("--slots", options.slots, "conversations a node takes at most")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--routers", options.routers, "that place them without knowing of each other")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--reconnect-s", options.reconnect_s, "over which clients of a lost zone return")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--tie-width", options.tie_width, "scores that differ by less count as equal")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", options.seed, "of the simulation");
  CLI11_PARSE(app, argc, argv);

  report printed{"placement"};
  printed.config("nodes", static_cast<double>(options.nodes));
  printed.config("conversations", static_cast<double>(options.conversations));
  printed.config("slots", options.slots);
  printed.config("routers", static_cast<double>(options.routers));
  printed.config("reconnect_s", options.reconnect_s);
  printed.config("report_noise", options.noise);
  printed.config("tie_width", options.tie_width);
  printed.config("seed", options.seed);
  for (const std::size_t count : {10, 50, 200, 1'000}) {
    const auto times = time_decisions(count);
    printed.figure("decision_us_" + std::to_string(count), times.median_us, "us",
                   count == 200 ? "at most 50" : "");
    printed.figure("decision_us_p99_" + std::to_string(count), times.p99_us, "us");
  }
  printed.figure("rebalance_us_1000", time_rebalancing(1'000), "us", "at most 1,000");
  simulate(options, printed);
  return printed.finish(json_file);
}
