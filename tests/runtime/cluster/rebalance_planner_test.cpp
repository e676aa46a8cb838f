#include "runtime/cluster/rebalance_planner.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "tests/runtime/cluster/views.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const mono_time start{1h};

std::uint32_t sum_of(const std::vector<node_move>& moves) {
  std::uint32_t sum = 0;
  for (const auto& move : moves) sum += move.count;
  return sum;
}

}  // namespace

TEST_CASE("nodes that differ by less than the hysteresis are left alone") {
  const cluster_view view{{node("one", 0.59, 59), node("two", 0.40, 40)}};
  CHECK(plan_moves(view, 100, {}).empty());
}

TEST_CASE("the fullest node gives to the emptiest until half of the hysteresis is left") {
  const cluster_view view{{node("one", 0.6, 60), node("two", 0.2, 20)}};
  const auto moves = plan_moves(view, 100, {});
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].from.value == "one");
  CHECK(moves[0].to.value == "two");
  // (0.6 - 0.2 - 0.1) / 0.02
  CHECK(moves[0].count >= 13);
  CHECK(moves[0].count <= 15);
}

TEST_CASE("a plan keeps to its limit") {
  const cluster_view view{{node("one", 0.6, 60), node("two", 0.1, 10), node("three", 0.1, 10)}};
  CHECK(sum_of(plan_moves(view, 3, {})) == 3);
  CHECK(plan_moves(view, 0, {}).empty());
  CHECK(sum_of(plan_moves(view, 100, {.moves_max = 5})) == 5);
}

TEST_CASE("a node over the ceiling gives, though the difference is within the hysteresis") {
  const cluster_view view{{node("one", 0.80, 80), node("two", 0.65, 65)}};
  const auto moves = plan_moves(view, 100, {});
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].from.value == "one");
  CHECK(sum_of(moves) >= 5);
  CHECK(sum_of(moves) <= 7);
}

TEST_CASE("no node is lifted over the ceiling, so that a full cluster stands still") {
  cluster_view view{{node("one", 0.95, 95), node("two", 0.74, 74)}};
  const auto moves = plan_moves(view, 100, {});
  CHECK(sum_of(moves) <= 1);
  view.nodes[1] = node("two", 0.75, 75);
  CHECK(plan_moves(view, 100, {}).empty());
}

TEST_CASE("nobody gives to a node that cannot take") {
  cluster_view view{{node("one", 0.7, 70), node("two", 0.1, 10)}};
  REQUIRE_FALSE(plan_moves(view, 100, {}).empty());
  SECTION("because it drains") { view.nodes[1].draining = true; }
  SECTION("because it is ill") { view.nodes[1].healthy = false; }
  SECTION("because it is suspected") { view.nodes[1].suspected = true; }
  SECTION("because its slots are taken") { view.nodes[1].conversations_max = 10; }
  SECTION("because a resource of it is at its end") { view.nodes[1].load = {0, 0, 1}; }
  CHECK(plan_moves(view, 100, {}).empty());
}

TEST_CASE("neither a draining nor a suspected node gives") {
  cluster_view view{{node("one", 0.9, 90), node("two", 0.1, 10)}};
  REQUIRE_FALSE(plan_moves(view, 100, {}).empty());
  SECTION("draining") { view.nodes[0].draining = true; }
  SECTION("suspected") { view.nodes[0].suspected = true; }
  CHECK(plan_moves(view, 100, {}).empty());
}

TEST_CASE("a node takes no more than its slots") {
  const cluster_view view{{node("one", 0.7, 70), node("two", 0.1, 3, 5)}};
  CHECK(sum_of(plan_moves(view, 100, {})) <= 2);
}

TEST_CASE("moves under way are not planned again") {
  cluster_view view{{node("one", 0.6, 60), node("two", 0.2, 20)}};
  for (const auto& move : plan_moves(view, 100, {})) {
    for (std::uint32_t i = 0; i < move.count; ++i) {
      departure_began(*view.find(move.from));
      placement_asked(*view.find(move.to));
    }
  }
  CHECK(plan_moves(view, 100, {}).empty());
  for (int i = 0; i < 5; ++i) {
    departure_ended(view.nodes[0]);
    placement_granted(view.nodes[1]);
  }
  CHECK(plan_moves(view, 100, {}).empty());
}

TEST_CASE("a cluster without nodes, conversations or slots moves nothing") {
  CHECK(plan_moves({}, 100, {}).empty());
  CHECK(plan_moves({{node("one", 0.9, 0), node("two", 0, 0)}}, 100, {}).empty());
  CHECK(plan_moves({{node("one", 0.9, 1, 0), node("two", 0, 0, 0)}}, 100, {}).empty());
  CHECK(plan_moves({{node("one", 0.9, 90)}}, 100, {}).empty());
}

TEST_CASE("the budget is a tenth of the conversations in any 10 s, rounded down") {
  move_budget budget{{}, start};
  const auto now = start + 10s;
  CHECK(budget.left(100, now) == 10);
  CHECK(budget.left(109, now) == 10);
  CHECK(budget.left(9, now) == 0);
  budget.spend(6, now);
  CHECK(budget.left(100, now) == 4);
  budget.spend(4, now + 4s);
  CHECK(budget.left(100, now + 4s) == 0);
  CHECK(budget.left(50, now + 4s) == 0);
  CHECK(budget.left(100, now + 10s - 1ns) == 0);
  CHECK(budget.left(100, now + 10s) == 6);
  CHECK(budget.left(100, now + 14s) == 10);
}

TEST_CASE("a planner that has just begun moves nothing in its first window") {
  move_budget budget{{}, start};
  CHECK(budget.left(1'000, start) == 0);
  CHECK(budget.left(1'000, start + 10s - 1ns) == 0);
  CHECK(budget.left(1'000, start + 10s) == 100);
}

TEST_CASE("a rebalancing spends what it plans") {
  const cluster_view view{{node("one", 0.7, 70), node("two", 0.1, 10)}};
  move_budget budget{{}, start};
  CHECK(sum_of(rebalance(view, budget, {}, start + 10s)) == 8);
  CHECK(rebalance(view, budget, {}, start + 11s).empty());
  CHECK(sum_of(rebalance(view, budget, {}, start + 20s)) == 8);
}

namespace {

// A cluster whose nodes differ in size, in what they need when idle and in what a conversation
// costs them. Moves take a few seconds, reports come every second.
class moving_cluster {
 public:
  explicit moving_cluster(unsigned seed) : random_{seed} {
    const int count = 2 + below(20);
    for (int i = 0; i < count; ++i) {
      const auto slots = static_cast<std::uint32_t>(10 + below(200));
      costs_.push_back({0.15 * share(), (0.7 + 0.5 * share()) / slots});
      view_.nodes.push_back(
          node("n" + std::to_string(i), 0, static_cast<std::uint32_t>(share() * slots), slots));
      actual_.push_back(view_.nodes.back().conversations);
      report(view_.nodes.size() - 1);
    }
  }

  // Conversations come and go anywhere: a hotspot is nobody's fault.
  void disturb() {
    const auto i = static_cast<std::size_t>(below(static_cast<int>(actual_.size())));
    const auto slots = view_.nodes[i].conversations_max;
    const auto taken = actual_[i] + view_.nodes[i].pending();
    if (taken < slots && below(2) == 0)
      actual_[i] += static_cast<std::uint32_t>(below(static_cast<int>(slots - taken) + 1));
    else
      actual_[i] -= static_cast<std::uint32_t>(below(static_cast<int>(staying(i)) + 1));
  }

  std::uint32_t second(move_budget& budget, mono_time now) {
    for (std::size_t i = 0; i < actual_.size(); ++i) report(i);
    for (auto& move : under_way_) finish_if_due(move);
    std::erase_if(under_way_, [](const auto& move) { return move.seconds < 0; });
    const auto moves = rebalance(view_, budget, {}, now);
    for (const auto& move : moves) begin(move);
    return sum_of(moves);
  }

  [[nodiscard]] std::uint64_t reported() const { return view_.conversations(); }
  [[nodiscard]] double score(std::size_t i) const {
    return std::min(costs_[i].idle + costs_[i].each * actual_[i], 1.0);
  }
  [[nodiscard]] std::size_t size() const { return actual_.size(); }
  [[nodiscard]] bool within_slots() const {
    for (std::size_t i = 0; i < actual_.size(); ++i) {
      if (actual_[i] > view_.nodes[i].conversations_max) return false;
    }
    return true;
  }
  // Nodes that gave after they had taken, or the other way round, since the last call.
  int turnarounds() { return std::exchange(turnarounds_, 0); }
  void forget_directions() {
    directions_.clear();
    turnarounds_ = 0;
  }

 private:
  struct cost {
    double idle;
    double each;
  };
  struct moving {
    std::size_t from;
    std::size_t to;
    int seconds;
  };

  int below(int limit) { return std::uniform_int_distribution{0, limit - 1}(random_); }
  double share() { return std::uniform_real_distribution{0.0, 1.0}(random_); }
  std::uint32_t staying(std::size_t i) const { return actual_[i] - view_.nodes[i].leaving; }
  std::size_t index(const node_name& name) const {
    return static_cast<std::size_t>(std::stoi(name.value.substr(1)));
  }

  void report(std::size_t i) {
    report_arrived(view_.nodes[i],
                   report_of(score(i), actual_[i], view_.nodes[i].conversations_max));
  }

  void begin(const node_move& move) {
    const auto from = index(move.from);
    const auto to = index(move.to);
    turn(from, -1);
    turn(to, 1);
    REQUIRE(move.count <= staying(from));
    for (std::uint32_t i = 0; i < move.count; ++i) {
      departure_began(view_.nodes[from]);
      placement_asked(view_.nodes[to]);
      under_way_.push_back({from, to, below(4)});
    }
  }

  void finish_if_due(moving& move) {
    if (move.seconds-- > 0) return;
    departure_ended(view_.nodes[move.from]);
    placement_granted(view_.nodes[move.to]);
    --actual_[move.from];
    ++actual_[move.to];
  }

  void turn(std::size_t i, int direction) {
    const auto [place, added] = directions_.emplace(i, direction);
    if (!added && place->second != direction) ++turnarounds_;
    place->second = direction;
  }

  std::mt19937 random_;
  cluster_view view_;
  std::vector<cost> costs_;
  std::vector<std::uint32_t> actual_;
  std::vector<moving> under_way_;
  std::map<std::size_t, int> directions_;
  int turnarounds_ = 0;
};

}  // namespace

TEST_CASE("no window of 10 s sees more than a tenth of the conversations move, whatever happens") {
  std::uint64_t all = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    moving_cluster cluster{seed};
    move_budget budget{{}, start};
    std::vector<std::uint32_t> moved;
    for (int second = 0; second < 200; ++second) {
      if (second % 3 == 0) cluster.disturb();
      moved.push_back(cluster.second(budget, start + second * 1s));
      std::uint64_t window = 0;
      for (std::size_t i = moved.size() - std::min<std::size_t>(10, moved.size()); i < moved.size();
           ++i) {
        window += moved[i];
      }
      // Conversations may have ended since the others of the window moved.
      if (moved.back() > 0) REQUIRE(10 * window <= cluster.reported());
      REQUIRE(cluster.within_slots());
      all += moved.back();
    }
  }
  CHECK(all > 5'000);
}

TEST_CASE("an undisturbed cluster comes to rest, and no node takes what it has given") {
  int began_uneven = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    moving_cluster cluster{seed};
    move_budget budget{{}, start};
    int last_move = -1;
    std::uint64_t moves = 0;
    for (int second = 0; second < 600; ++second) {
      const auto count = cluster.second(budget, start + second * 1s);
      if (count > 0) last_move = second;
      moves += count;
    }
    CHECK(last_move < 400);
    CHECK(cluster.turnarounds() == 0);
    began_uneven += moves > 0 ? 1 : 0;

    double lowest = 1;
    double highest = 0;
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      lowest = std::min(lowest, cluster.score(i));
      highest = std::max(highest, cluster.score(i));
    }
    INFO("from " << lowest << " to " << highest);
    // Even, or so full that nobody may take.
    CHECK((highest - lowest <= 0.2 || lowest > 0.65));
    if (lowest < 0.65) CHECK(highest <= 0.8);
  }
  CHECK(began_uneven > 200);
}

namespace {

// A node's own part, asked every second.
struct giving_bench {
  giving_share share{{}, start};
  mono_time now = start + 60s;

  // What is given away in so many seconds under this view.
  std::uint32_t pass(const cluster_view& view, int seconds, const std::string& self = "one") {
    std::uint32_t sum = 0;
    for (int i = 0; i < seconds; ++i) {
      now += 1s;
      sum += sum_of(share.due(view, {self}, now));
    }
    return sum;
  }
};

}  // namespace

TEST_CASE("a node gives away its own part alone, and at most a tenth of what it has in 10 s") {
  const cluster_view view{
      {node("one", 0.6, 60), node("two", 0.6, 60), node("three", 0.1, 10, 100)}};
  giving_bench bench;
  const auto given = bench.pass(view, 12);
  CHECK(given > 0);
  CHECK(given <= 6);
  for (const auto& move : bench.share.due(view, {"one"}, bench.now + 60s)) {
    CHECK(move.from.value == "one");
  }
  giving_bench idle;
  CHECK(idle.pass(view, 60, "three") == 0);
}

TEST_CASE("what is wanted for a moment alone moves nothing") {
  const cluster_view uneven{{node("one", 0.6, 60), node("two", 0.1, 10)}};
  const cluster_view even{{node("one", 0.4, 40), node("two", 0.35, 35)}};
  giving_bench bench;
  for (int i = 0; i < 5; ++i) {
    CHECK(bench.pass(uneven, 9) == 0);
    CHECK(bench.pass(even, 1) == 0);
  }
  CHECK(bench.pass(uneven, 11) > 0);
}

TEST_CASE("after it has given some away a node waits until the reports show it") {
  const cluster_view view{{node("one", 0.6, 60), node("two", 0.1, 10)}};
  giving_bench bench;
  CHECK(bench.pass(view, 11) == 6);
  CHECK(bench.pass(view, 10) == 0);
  CHECK(bench.pass(view, 2) == 6);
}
