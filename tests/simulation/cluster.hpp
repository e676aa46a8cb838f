#pragma once
// A whole cluster in one thread: nodes, the wire between them, the store, clients, faults, and the
// one true time, which jumps from what is due to what is due next. Where the methods are:
// cluster.cpp (nodes, the wire, time), cluster_faults.cpp (what goes wrong), cluster_sight.cpp
// (what is seen of it all, for the history).

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/metrics.hpp"
#include "tests/simulation/client.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/node.hpp"
#include "tests/simulation/wire.hpp"

namespace dhr::simulation {

class cluster final : public meeting_place {
 public:
  cluster(std::uint64_t seed, const simulation_scale& scale, std::vector<planned_fault> plan,
          sabotage how_broken);
  ~cluster() override;

  // To the end, faults and the quiet time after them.
  void run();
  [[nodiscard]] const recorder& seen() const noexcept { return seen_; }

  std::shared_ptr<simulated_node> any_node(chance& dice) override;
  [[nodiscard]] bool moves(const simulated_node& node) const override;

 private:
  // A machine, and the run of the node's process on it.
  struct place {
    std::shared_ptr<simulated_node> node;  // null: between two runs
    std::shared_ptr<store_way> way;        // of this run
    node_index index = 0;                  // on the wire
    nanoseconds clock_origin{0};
    std::int64_t clock_drift_ppm = 0;
    int paused = 0;  // by so many faults
    int down = 0;    // not started again while so many faults last
    int store_closed = 0;
    int store_hangs = 0;
    std::uint64_t store_lost_per_mille = 0;
    int drain_wishes = 0;
    true_time runs_since{0};  // without a break
    // Of a process that was told to end.
    std::optional<true_time> told_to_end;
    nanoseconds ran{0};       // since then
    nanoseconds answered{0};  // of that, while its calls of the store did not hang
  };
  // From one place to another.
  struct way {
    int held = 0;
    milliseconds slower{0};
    std::uint64_t lost_per_mille = 0;
    std::uint64_t doubled_per_mille = 0;
    std::optional<true_time> silent_since;
    nanoseconds patience{0};  // of CAF's heartbeats: then the connection is closed
    bool is_closed = false;
    true_time heard{0};  // a message arrived last
  };

  struct known_wish {
    session_epoch epoch;  // of the claim that it is for
    node_name wanted;
    true_time since{0};
  };

  // cluster.cpp
  void start(std::size_t at);
  void stop(std::size_t at);
  void run_until(true_time end);
  [[nodiscard]] true_time next_due(true_time end) const;
  void settle();
  void look_after_nodes();
  [[nodiscard]] bool runs(const place& at) const;
  [[nodiscard]] passage weather(node_index from, node_index to, const caf::message& what);
  [[nodiscard]] caf::strong_actor_ptr reach(std::size_t from, std::uint16_t port);
  [[nodiscard]] std::size_t place_of(node_index index) const;
  [[nodiscard]] static std::string name_of(std::size_t at);

  // cluster_faults.cpp
  void carry_out_plan();
  void change(const planned_fault& fault, int by);
  void hold(std::size_t from, std::size_t to, int by);
  void close_store(std::size_t at, int by);
  void pause(place& at, int by);
  void tell_to_end(place& at);
  void want_drained(std::size_t at, int by);
  void want_moved(std::size_t client, std::size_t to);
  void close_silent_links();
  [[nodiscard]] bool is_silent(std::size_t from, std::size_t to) const;

  // cluster_sight.cpp
  void pass(nanoseconds time);
  void look_at_claim(granted_claim& claim) const;
  void look_for_silence();
  void look_for_wishes();
  void process_is_over(place& at);
  [[nodiscard]] final_state look_around() const;

  const simulation_scale scale_;
  const std::vector<planned_fault> plan_;
  const sabotage how_broken_;
  chance dice_;
  recorder seen_;
  true_clock time_;
  true_time now_{0};
  shared_store disk_;
  metrics counts_;
  network wire_;
  std::vector<std::size_t> place_of_;  // of each run on the wire
  std::vector<place> places_;
  std::map<std::pair<std::size_t, std::size_t>, way> ways_;
  std::vector<std::shared_ptr<simulated_node>> dead_;
  std::vector<std::unique_ptr<simulated_client>> clients_;
  true_time looks_for_silence_at_{0};
  true_time looks_for_wishes_at_{0};
  std::map<conversation_id, known_wish> wishes_;  // that stand, of conversations with an owner
  std::size_t begun_ = 0;                         // faults of the plan
  std::vector<std::size_t> lasting_;              // that have begun and not ended
};

}  // namespace dhr::simulation
