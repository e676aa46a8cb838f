#include "tests/simulation/cluster.hpp"

#include <algorithm>
#include <utility>

#include "runtime/relay/actors.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t first_port = 1'000;
constexpr nanoseconds step_min = 1ms;
constexpr std::int64_t drift_ppm_max = 9'900;  // just under what lease_config takes into account

// They stand in one row on a connection, which does not lose one of them and bring the next: see
// relay_line. With the connection they are lost all the same.
bool is_of_relay(const caf::message& what) {
  return what.match_elements<relay_piece>() || what.match_elements<relay_credit>() ||
         what.match_elements<begin_relay, relay_end>();
}

}  // namespace

cluster::cluster(std::uint64_t seed, const simulation_scale& scale, std::vector<planned_fault> plan,
                 sabotage how_broken)
    : scale_{scale},
      plan_{std::move(plan)},
      how_broken_{how_broken},
      dice_{seed},
      disk_{time_, seen_, how_broken, dice_.split()},
      wire_{[this](node_index from, node_index to, const caf::message& what) {
        return weather(from, to, what);
      }} {
  disk_.look_around = [this](granted_claim& claim) { look_at_claim(claim); };
  for (std::size_t i = 0; i < scale_.nodes; ++i) {
    auto& made = places_.emplace_back();
    made.clock_origin = dice_.between(1'000ms, 100'000'000ms);
    made.clock_drift_ppm = dice_.between(-drift_ppm_max, drift_ppm_max);
  }
  for (std::size_t i = 0; i < scale_.nodes; ++i) start(i);
  for (std::size_t i = 0; i < scale_.clients; ++i) {
    client_setup setup;
    setup.number = static_cast<int>(i);
    setup.seed = dice_.below(~std::uint64_t{0});
    setup.place = this;
    setup.seen = &seen_;
    setup.counts = &counts_;
    setup.how_broken = how_broken_;
    clients_.push_back(std::make_unique<simulated_client>(setup));
  }
}

// The wire outlives the nodes, and they outlive what clients hold of them.
cluster::~cluster() {
  clients_.clear();
  for (std::size_t i = 0; i < places_.size(); ++i) stop(i);
  dead_.clear();
}

// ---- the nodes

void cluster::start(std::size_t at) {
  auto& here = places_[at];
  here.way = std::make_shared<store_way>(
      store_way{name_of(at), dice_.split(), here.store_closed, here.store_lost_per_mille, false});
  node_setup setup;
  setup.name = name_of(at);
  setup.port = static_cast<std::uint16_t>(first_port + at);
  setup.sessions_max = scale_.sessions_max;
  setup.clock_origin = here.clock_origin;
  setup.clock_drift_ppm = here.clock_drift_ppm;
  setup.begun = now_;
  setup.seed = dice_.below(~std::uint64_t{0});
  setup.disk = &disk_;
  setup.way = here.way;
  setup.reach = [this, at](std::uint16_t port) { return reach(at, port); };
  setup.balances = scale_.balances;
  here.node = std::make_shared<simulated_node>(std::move(setup));
  here.runs_since = now_;
  here.node->hang_store(here.store_hangs > 0);
  here.index = wire_.join(here.node->system());
  place_of_.push_back(at);
  for (std::size_t other = 0; other < places_.size(); ++other) {
    if (other == at || !places_[other].node) continue;
    wire_.hold(here.index, places_[other].index, ways_[{at, other}].held > 0);
    wire_.hold(places_[other].index, here.index, ways_[{other, at}].held > 0);
  }
  seen_.note(here.node->name() + " starts");
}

void cluster::stop(std::size_t at) {
  auto& here = places_[at];
  if (!here.node) return;
  process_is_over(here);
  seen_.note(here.node->name() + " is no more");
  here.node->die();
  wire_.leave(here.index);
  dead_.push_back(std::move(here.node));
  here.node.reset();
}

bool cluster::runs(const place& at) const { return at.node && at.paused == 0; }

bool cluster::moves(const simulated_node& node) const {
  return std::any_of(places_.begin(), places_.end(),
                     [&](const place& one) { return one.node.get() == &node && runs(one); });
}

std::shared_ptr<simulated_node> cluster::any_node(chance& dice) {
  std::vector<std::shared_ptr<simulated_node>> open;
  for (const auto& one : places_) {
    if (runs(one) && one.node->state() == node_state::running) open.push_back(one.node);
  }
  return open.empty() ? nullptr : open[dice.below(open.size())];
}

// ---- the wire

std::size_t cluster::place_of(node_index index) const { return place_of_.at(index); }
std::string cluster::name_of(std::size_t at) { return "node" + std::to_string(at); }

passage cluster::weather(node_index from, node_index to, const caf::message& what) {
  const auto& between = ways_[{place_of(from), place_of(to)}];
  passage how;
  how.delay = std::chrono::microseconds{dice_.between(200, 3'000)};
  if (between.slower > 0ms) how.delay += dice_.between(0ms, between.slower);
  if (dice_.per_mille(between.doubled_per_mille)) how.copies = 2;
  if (dice_.per_mille(between.lost_per_mille) && !is_of_relay(what)) how.copies = 0;
  return how;
}

// A connection needs both directions, and somebody who answers.
caf::strong_actor_ptr cluster::reach(std::size_t from, std::uint16_t port) {
  const auto to = static_cast<std::size_t>(port - first_port);
  const auto& there = places_[to];
  if (!runs(there) || there.node->state() == node_state::ended) return nullptr;
  auto& out = ways_[{from, to}];
  auto& back = ways_[{to, from}];
  if (out.held > 0 || back.held > 0) return nullptr;
  return wire_.proxy(places_[from].index, there.index, there.node->links());
}

// ---- time

// A process that has ended is gone from the wire, and is started again when no fault forbids it.
void cluster::look_after_nodes() {
  for (std::size_t at = 0; at < places_.size(); ++at) {
    auto& here = places_[at];
    if (here.node && here.node->state() == node_state::ended) stop(at);
    if (!here.node && here.down == 0) start(at);
  }
}

true_time cluster::next_due(true_time end) const {
  auto first = end;
  const auto or_earlier = [&](std::optional<true_time> at) {
    if (at) first = std::min(first, *at);
  };
  or_earlier(wire_.due_at());
  for (const auto& one : places_) {
    if (runs(one)) or_earlier(one.node->due());
  }
  for (const auto& one : clients_) or_earlier(one->due());
  if (begun_ < plan_.size()) or_earlier(plan_[begun_].begins);
  for (const auto one : lasting_) or_earlier(plan_[one].ends);
  // The silence of links and of connections is looked at now and then.
  or_earlier(now_ + 200ms);
  return std::clamp(first, std::min(now_ + step_min, end), end);
}

void cluster::run_until(true_time end) {
  while (now_ < end) {
    pass(next_due(end) - now_);
    time_.turn_to(now_);
    seen_.turn_to(now_);
    carry_out_plan();
    for (const auto& one : places_) {
      if (runs(one)) one.node->turn_to(now_);
    }
    settle();
    close_silent_links();
    look_after_nodes();
    settle();
    look_for_silence();
    look_for_wishes();
  }
}

void cluster::settle() {
  bool moved = true;
  while (std::exchange(moved, false)) {
    for (const auto& one : places_) {
      if (runs(one)) moved = one.node->run() || moved;
    }
    moved = wire_.deliver(now_) || moved;
    for (const auto& one : clients_) moved = one->act(now_) || moved;
  }
}

void cluster::run() {
  run_until(scale_.faults_end);
  seen_.note("QUIET from now on");
  for (const auto& one : clients_) one->insist(now_);
  run_until(scale_.end);
  auto state = look_around();
  for (auto& one : places_) process_is_over(one);
  for (const auto& one : clients_) one->finish();
  seen_.end(std::move(state));
}

}  // namespace dhr::simulation
