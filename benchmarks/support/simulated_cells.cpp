#include "benchmarks/support/simulated_cells.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "runtime/cluster/rendezvous.hpp"

namespace dhr::bench {
namespace {

constexpr std::size_t zones = 3;
// What a node's own noise explains.
constexpr double over_margin = 0.02;
constexpr int dead_ask_ms = 3'000;

admission_config slots_of(const cells_options& options) {
  admission_config made;
  made.conversations_max = options.slots;
  return made;
}

}  // namespace

simulated_cells::simulated_cells(const cells_options& options)
    : options_{options}, random_{options.seed} {
  for (std::size_t first = 0; first < options.nodes; first += options.cell) {
    cell made;
    made.first = first;
    made.count = std::min(options.cell, options.nodes - first);
    for (std::size_t place = 0; place < made.count; ++place) {
      node_view seen;
      seen.name = {"dhr-" + std::to_string(first + place)};
      seen.zone = "zone-" + std::to_string(place % zones);
      made.view.nodes.push_back(std::move(seen));
      node one{cells_.size(), place, admission{slots_of(options)}, 0, {}, 0, 1, {}, 0, 0, 0,
               false,         0};
      one.slices.resize(static_cast<std::size_t>(options.device_window_ms / slice_ms));
      nodes_.push_back(std::move(one));
    }
    made.routers.resize(made.count);
    cells_.push_back(std::move(made));
  }
  for (auto& one : nodes_) {
    make_report(one);
    know_report(one);
  }
}

std::int64_t simulated_cells::steps(double seconds) const {
  return static_cast<std::int64_t>(std::llround(seconds * 1'000 / step_ms));
}

// ---- load

node_load simulated_cells::true_load(std::uint32_t conversations) const {
  const double used = static_cast<double>(conversations) / options_.slots;
  return {used, options_.memory_idle + options_.memory_grows * used, used};
}

double simulated_cells::device_load(const node& one) const {
  if (one.slices.empty()) return static_cast<double>(one.conversations) / options_.slots;
  return std::accumulate(one.slices.begin(), one.slices.end(), 0.0) /
         static_cast<double>(one.slices.size());
}

node_load simulated_cells::measured_load(const node& one) const {
  auto load = true_load(one.conversations);
  load.gpu = device_load(one) * one.noise;
  return load;
}

void simulated_cells::make_report(node& one) {
  one.noise = std::max(std::normal_distribution{1.0, options_.noise}(random_), 0.0);
  one.report = {measured_load(one), one.conversations, options_.slots, false, true};
  ++one.reports_made;
}

void simulated_cells::know_report(node& one) {
  report_arrived(cells_[one.cell].view.nodes[one.place], one.report);
  one.reports_known = one.reports_made;
}

// ---- time

void simulated_cells::fill(double seconds) {
  const auto until = step_ + steps(seconds);
  const auto total = static_cast<std::int64_t>(options_.conversations);
  const auto first = step_;
  std::int64_t done = 0;
  std::exponential_distribution<double> stay{1 / options_.stay_s};
  while (step_ < until) {
    for (const auto due = total * (step_ + 1 - first) / (until - first); done < due; ++done) {
      const auto number = begin_talk(step_);
      events_.push({until + steps(stay(random_)), number, true});
    }
    advance();
  }
}

void simulated_cells::run(double seconds) {
  const double rate = static_cast<double>(options_.conversations) / options_.stay_s;
  std::poisson_distribution<int> arrivals{rate * step_ms / 1'000};
  std::exponential_distribution<double> stay{1 / options_.stay_s};
  for (const auto until = step_ + steps(seconds); step_ < until;) {
    for (int i = arrivals(random_); i > 0; --i) {
      const auto number = begin_talk(step_);
      events_.push({step_ + steps(stay(random_)), number, true});
    }
    advance();
  }
}

void simulated_cells::advance() {
  while (!events_.empty() && events_.top().at <= step_) {
    const auto what = events_.top();
    events_.pop();
    handle(what);
  }
  ++step_;
  if (step_ == suspected_at_) {
    for (const auto& one : nodes_) {
      if (one.down) cells_[one.cell].view.nodes[one.place].suspected = true;
    }
  }
  const auto every = options_.report_every_ms / step_ms;
  const auto lag = options_.report_lag_ms / step_ms;
  const bool slice_ends = step_ * step_ms % slice_ms == 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& one = nodes_[i];
    if (one.down) continue;
    one.slice += static_cast<double>(one.conversations) / options_.slots * step_ms / slice_ms;
    if (slice_ends && !one.slices.empty()) {
      const auto number = static_cast<std::size_t>(step_ * step_ms / slice_ms);
      one.slices[number % one.slices.size()] = std::exchange(one.slice, 0);
    }
    // Each at a time of its own.
    const auto phase = (step_ + static_cast<std::int64_t>(i) * 37) % every;
    if (phase == 0) make_report(one);
    if (phase == lag) know_report(one);
  }
  if (step_ % 10 == 0) watch();
  if (step_ * step_ms % 1'000 == 0) close_second();
}

void simulated_cells::watch() {
  std::size_t over = 0;
  for (const auto& one : nodes_) {
    if (one.down) continue;
    const auto score = load_score(true_load(one.conversations));
    counts_.score_max = std::max(counts_.score_max, score);
    if (score > placement_.ceiling + over_margin) ++over;
  }
  counts_.nodes_over = std::max(counts_.nodes_over, over);
  if (over > 0) counts_.over_s += 10.0 * step_ms / 1'000;
}

void simulated_cells::close_second() {
  std::uint64_t sum = 0;
  std::uint32_t most = 0;
  std::size_t up = 0;
  for (auto& one : nodes_) {
    if (!one.down) ++up;
    sum += one.second;
    most = std::max(most, std::exchange(one.second, 0));
  }
  // With less than one a node the most is chance.
  if (sum < up || most <= counts_.second_max) return;
  counts_.second_max = most;
  counts_.stampede = most * static_cast<double>(up) / static_cast<double>(sum);
}

// ---- conversations

std::uint32_t simulated_cells::begin_talk(std::int64_t begins) {
  talk made;
  made.id = "conversation_" + std::to_string(talks_.size());
  made.cell = hash_of(made.id) * 0x9e3779b97f4a7c15u % cells_.size();
  talks_.push_back(std::move(made));
  const auto number = static_cast<std::uint32_t>(talks_.size() - 1);
  ++waiting_;
  events_.push({begins, number, false});
  return number;
}

void simulated_cells::handle(const event& what) {
  auto& one = talks_[what.talk];
  if (one.over) return;
  if (what.ends) return end(what.talk);
  attempt(what.talk);
}

void simulated_cells::end(std::uint32_t number) {
  auto& one = talks_[number];
  one.over = true;
  if (!one.owner) {
    --waiting_;
    return;
  }
  auto& owner = nodes_[*one.owner];
  (void)owner.slots.ended({one.id});
  --owner.conversations;
  --here_;
}

void simulated_cells::attempt(std::uint32_t number) {
  auto& one = talks_[number];
  if (one.was_at && step_ < nodes_[*one.was_at].free_at) {
    ++counts_.owner_silent;
    return come_again(number, {errc::unavailable, "", "", milliseconds{1'000}});
  }
  const auto& home = cells_[one.cell];
  std::size_t router = 0;
  do {
    router = random_() % home.count;
  } while (nodes_[home.first + router].down);
  bool dead = false;
  const auto where = place(number, router, dead);
  if (where) return settled(number, where.value());
  if (dead) {
    events_.push({step_ + dead_ask_ms / step_ms, number, false});
    return;
  }
  if (where.error().code == errc::overloaded) {
    ++counts_.overloaded;
    const auto told = where.error().retry_after.value_or(milliseconds{0});
    counts_.retry_after_min =
        counts_.overloaded == 1 ? told : std::min(counts_.retry_after_min, told);
    counts_.retry_after_max = std::max(counts_.retry_after_max, told);
  } else {
    ++counts_.out_of_tries;
  }
  if (!std::exchange(one.refused, true)) ++counts_.clients_refused;
  come_again(number, where.error());
}

// As the program's router: what it has placed since the last report counts in its view alone.
result<std::size_t> simulated_cells::place(std::uint32_t number, std::size_t router, bool& dead) {
  const auto& one = talks_[number];
  auto& home = cells_[one.cell];
  auto& own = home.routers[router];
  std::erase_if(own, [&](const auto& placed) {
    return placed.report < nodes_[home.first + placed.place].reports_known;
  });
  for (const auto& placed : own) ++home.view.nodes[placed.place].granted;
  const auto forget_own = [&] {
    for (const auto& placed : own) --home.view.nodes[placed.place].granted;
  };
  placement_request request;
  request.conversation = {one.id};
  request.zone = home.view.nodes[router].zone;
  request.wish = zone_wish::preferred;
  if (one.was_at) request.last_owner = home.view.nodes[nodes_[*one.was_at].place].name;
  for (int asked = 0; asked < asked_max; ++asked) {
    const auto began = std::chrono::steady_clock::now();
    const auto chosen = plan(home.view, request, placement_);
    planning_ += std::chrono::steady_clock::now() - began;
    ++decisions_;
    if (!chosen) {
      forget_own();
      return chosen.error();
    }
    const auto where = std::stoul(chosen.value().node.value.substr(4));
    auto& owner = nodes_[where];
    dead = owner.down;
    if (dead) break;
    if (takes(owner, one.id)) {
      forget_own();
      own.push_back({owner.place, owner.reports_made});
      return where;
    }
    ++counts_.node_refusals;
    request.excluded.push_back(chosen.value().node);
  }
  forget_own();
  return error{errc::deadline, "no node took the conversation in time", {}, {}};
}

bool simulated_cells::takes(node& one, const std::string& id) {
  one.slots.set_load(measured_load(one));
  const auto request = std::to_string(++requests_);
  if (!one.slots.reserve({request, {id}, false}, now())) return false;
  return one.slots.commit(request, now()).has_value();
}

void simulated_cells::settled(std::uint32_t number, std::size_t where) {
  auto& one = talks_[number];
  one.owner = where;
  ++nodes_[where].conversations;
  ++nodes_[where].second;
  ++here_;
  --waiting_;
  ++counts_.placed;
  if (one.lost_at >= 0) {
    recovered_s_.push_back(static_cast<double>(step_ - one.lost_at) * step_ms / 1'000);
    one.lost_at = -1;
  }
}

// Clients come again when they were told to, up to a fifth later; those that were told nothing
// after a second.
void simulated_cells::come_again(std::uint32_t number, const error& why) {
  const auto told = why.retry_after.value_or(milliseconds{1'000});
  const auto wait = static_cast<double>(told.count()) * (1 + 0.2 * chance());
  events_.push({step_ + std::max<std::int64_t>(steps(wait / 1'000), 1), number, false});
}

// ---- losing a zone

void simulated_cells::lose_zone() {
  recovered_s_.clear();
  lost_ = 0;
  for (auto& one : nodes_) {
    if (one.place % zones != 0) continue;
    one.down = true;
    const auto renewed_before_ms = chance() * options_.lease_ms / 3;
    one.free_at = step_ + steps((options_.lease_ms - renewed_before_ms) / 1'000);
    one.conversations = 0;
    cells_[one.cell].routers[one.place].clear();
  }
  suspected_at_ = step_ + options_.silence_ms / step_ms;
  for (std::uint32_t number = 0; number < talks_.size(); ++number) {
    auto& one = talks_[number];
    if (one.over || !one.owner || !nodes_[*one.owner].down) continue;
    one.was_at = std::exchange(one.owner, std::nullopt);
    one.lost_at = step_;
    ++lost_;
    ++waiting_;
    --here_;
    events_.push({step_ + steps(chance()), number, false});
  }
}

void simulated_cells::return_zone() {
  for (auto& one : nodes_) {
    if (!one.down) continue;
    one.down = false;
    // The next move assigns what an admission does not let be changed.
    node fresh{one.cell,
               one.place,
               admission{slots_of(options_)},
               0,
               {},
               0,
               1,
               {},
               one.reports_made,
               one.reports_known,
               0,
               false,
               0};
    fresh.slices.resize(one.slices.size());
    std::destroy_at(&one);
    std::construct_at(&one, std::move(fresh));
    cells_[one.cell].view.nodes[one.place].suspected = false;
    make_report(one);
    know_report(one);
  }
}

}  // namespace dhr::bench
