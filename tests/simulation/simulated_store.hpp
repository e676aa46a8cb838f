#pragma once
// The one store of a simulated cluster as each node sees it: a memory_store behind a way that can
// be cut, or that swallows answers. What it grants and accepts goes into the history.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/memory_store.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/clocks.hpp"
#include "tests/simulation/recorder.hpp"

namespace dhr::simulation {

// What may be broken on purpose, to see that the simulation finds it.
enum class sabotage {
  none,
  store_takes_stale_saves,  // of an owner that was replaced
  store_repeats_epochs,     // a new claim has the epoch of the one before
  store_forgets_saves,      // now and then one is accepted and dropped
  leases_never_end,         // a node that dies keeps its conversations
  requests_vanish,          // now and then one of a client's does not reach its session
  requests_are_doubled,     // now and then one reaches it twice
  pieces_vanish,            // now and then a piece of an answer does not reach its client
  slots_are_not_counted,    // a node takes what it is asked to
  gates_stay_open,          // a session may act whatever becomes of the lease
  silence_is_not_noticed,   // neither by the links nor by the connections
  drained_nodes_go_on,      // as if nobody had told them to end
  wishes_are_not_heard,     // by the conversations' nodes
};

// Lives on: the simulation's thread, as all here. Outlives the stores on it.
struct shared_store {
  shared_store(const true_clock& time, recorder& history, sabotage broken, chance draws)
      : kept{time}, seen{history}, how_broken{broken}, dice{draws} {}
  memory_store kept;
  recorder& seen;
  const sabotage how_broken;
  chance dice;
  // Adds to a claim that is being granted what the cluster knows of its moment.
  std::function<void(granted_claim&)> look_around;
};

// A node's way to the store.
struct store_way {
  std::string node;
  chance dice;
  int closed = 0;                    // by so many faults
  std::uint64_t lost_per_mille = 0;  // of the calls are carried out, and no answer comes
  bool dead = false;                 // the node is
};

[[nodiscard]] std::unique_ptr<durable_store> make_simulated_store(shared_store& disk,
                                                                  std::shared_ptr<store_way> way);

}  // namespace dhr::simulation
