#pragma once
// Nodes on a virtual clock, to see where the real planner and the real admission put conversations.
//
//   client ──▶ front: a cell by the conversation's hash ──▶ any living node of the cell (router)
//     ▲          router: plan with last reports and its own doings ──▶ node: admission, by its own
//     └─ again after the time that it was told ◀── refused               load at that moment
//
// As the program does it: a router prefers its own zone; it asks up to eight nodes; a node reports
// once a second, and its device load is the mean of the last five seconds; what a lost node owned
// is free when its lease ends. A conversation uses 1 / slots of the devices, so that a full node is
// a busy one. Chance comes from the seed alone. Not modelled: the database, the time that an ask
// takes (but of a dead node: 3 s), the length of the links.

#include <array>
#include <cstdint>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "runtime/cluster/admission.hpp"
#include "runtime/cluster/placement_planner.hpp"

namespace dhr::bench {

struct cells_options {
  std::size_t nodes = 1'000;
  std::size_t cell = 50;  // nodes of one
  std::size_t conversations = 150'000;
  std::uint32_t slots = 320;  // of a node
  double stay_s = 300;        // mean of a conversation, exponential
  double memory_idle = 0.2;   // memory term of an empty node
  double memory_grows = 0.8;  // and what a full one has more
  double noise = 0.05;        // of the device load, standard deviation, relative
  int report_every_ms = 1'000;
  int report_lag_ms = 100;       // until the routers know it; less than report_every_ms
  int device_window_ms = 5'000;  // over which the device load is the mean; 0: it is of this moment
  int silence_ms = 5'000;        // until a node that was lost without a word is suspected
  int lease_ms = 6'000;          // renewed every third of it
  unsigned seed = 1;
};

// Of the time since the last take().
struct cells_counts {
  std::uint64_t placed = 0;
  std::uint64_t node_refusals = 0;    // a node that was chosen had no room, by its own word
  std::uint64_t overloaded = 0;       // answers to clients: come again after retry_after
  std::uint64_t clients_refused = 0;  // that heard so at least once
  std::uint64_t out_of_tries = 0;     // answers to clients: eight nodes were asked in vain
  std::uint64_t owner_silent = 0;     // answers to clients: the lease has not ended yet
  milliseconds retry_after_min{0};
  milliseconds retry_after_max{0};
  double score_max = 0;          // the worst true score of a node, at any moment
  std::size_t nodes_over = 0;    // with a true score more than 0.02 over the ceiling, at once
  double over_s = 0;             // for how long there was one
  std::uint32_t second_max = 0;  // the most that one node took within a second
  double stampede = 0;           // that against the mean of all nodes in that second
};

struct cells_balance {
  double max_to_mean = 0;  // conversations of a node
  double p99_to_mean = 0;
  double min_to_mean = 0;
  double spread = 0;  // standard deviation against the mean
  double score_max = 0;
};

class simulated_cells {
 public:
  explicit simulated_cells(const cells_options& options);

  // Brings the conversations in, evenly; none ends meanwhile.
  void fill(double seconds);
  // Conversations come and go, as many as leave their number as it is.
  void run(double seconds);
  // Every third node of each cell stops at once and without a word.
  void lose_zone();
  // Those come back empty, under new leases.
  void return_zone();

  [[nodiscard]] cells_balance balance() const;
  // How many conversations the rebalancer would move until it is content, each planned with what is
  // true; and how many would have to for nodes of a cell to have the same number.
  [[nodiscard]] std::uint64_t moves_needed() const;
  [[nodiscard]] std::uint64_t moves_to_even() const;
  [[nodiscard]] cells_counts take();

  [[nodiscard]] std::uint64_t conversations() const noexcept { return here_; }
  [[nodiscard]] std::uint64_t waiting() const noexcept { return waiting_; }
  // Since the zone was lost until each conversation of its nodes was somewhere else, in seconds.
  [[nodiscard]] const std::vector<double>& recovered_s() const noexcept { return recovered_s_; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
  // Of a decision of the planner, on this machine.
  [[nodiscard]] double decision_us() const noexcept;

 private:
  static constexpr int step_ms = 10;
  static constexpr int slice_ms = 500;  // as the program's busy_meter
  static constexpr int asked_max = 8;   // as the program's router

  struct node {
    std::size_t cell = 0;
    std::size_t place = 0;  // in its cell's view
    admission slots;
    std::uint32_t conversations = 0;
    std::vector<double> slices;  // of the device load, the oldest is overwritten
    double slice = 0;            // the one under way
    double noise = 1;
    node_report report;
    std::uint64_t reports_made = 0;
    std::uint64_t reports_known = 0;
    std::uint32_t second = 0;  // taken in this second
    bool down = false;
    std::int64_t free_at = 0;  // its lease ends
  };
  struct own_placement {
    std::size_t place;
    std::uint64_t report;
  };
  struct cell {
    std::size_t first = 0;  // of its nodes
    std::size_t count = 0;
    cluster_view view;
    std::vector<std::vector<own_placement>> routers;
  };
  struct talk {
    std::string id;
    std::size_t cell = 0;
    std::optional<std::size_t> owner;  // node
    std::optional<std::size_t> was_at;
    std::int64_t lost_at = -1;
    bool refused = false;
    bool over = false;
  };
  struct event {
    std::int64_t at;
    std::uint32_t talk;
    bool ends;  // otherwise it tries
    bool operator>(const event& other) const noexcept {
      return at != other.at ? at > other.at : talk > other.talk;
    }
  };

  [[nodiscard]] std::int64_t steps(double seconds) const;
  [[nodiscard]] mono_time now() const { return mono_time{milliseconds{step_ * step_ms}}; }
  double chance() { return std::uniform_real_distribution{0.0, 1.0}(random_); }
  [[nodiscard]] double device_load(const node& one) const;
  [[nodiscard]] node_load true_load(std::uint32_t conversations) const;
  [[nodiscard]] node_load measured_load(const node& one) const;

  void advance();
  void make_report(node& one);
  void know_report(node& one);
  void watch();
  void close_second();
  std::uint32_t begin_talk(std::int64_t begins);
  void handle(const event& what);
  void end(std::uint32_t number);
  void attempt(std::uint32_t number);
  // Where it was put; otherwise why not.
  [[nodiscard]] result<std::size_t> place(std::uint32_t number, std::size_t router, bool& dead);
  [[nodiscard]] bool takes(node& one, const std::string& id);
  void settled(std::uint32_t number, std::size_t where);
  void come_again(std::uint32_t number, const error& why);

  const cells_options options_;
  std::mt19937_64 random_;
  placement_config placement_;
  std::vector<node> nodes_;
  std::vector<cell> cells_;
  std::vector<talk> talks_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::int64_t step_ = 0;
  std::int64_t suspected_at_ = -1;
  std::uint64_t here_ = 0;
  std::uint64_t waiting_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t lost_ = 0;
  std::vector<double> recovered_s_;
  cells_counts counts_;
  std::uint64_t decisions_ = 0;
  std::chrono::nanoseconds planning_{0};
};

}  // namespace dhr::bench
