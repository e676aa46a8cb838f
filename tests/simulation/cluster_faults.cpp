#include <algorithm>
#include <tuple>

#include "tests/simulation/cluster.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

}  // namespace

// ---- links

void cluster::hold(std::size_t from, std::size_t to, int by) {
  auto& between = ways_[{from, to}];
  between.held += by;
  if (places_[from].node && places_[to].node) {
    wire_.hold(places_[from].index, places_[to].index, between.held > 0);
  }
}

bool cluster::is_silent(std::size_t from, std::size_t to) const {
  const auto between = ways_.find({from, to});
  return places_[from].paused > 0 || (between != ways_.end() && between->second.held > 0);
}

// CAF's heartbeats close a connection on which nothing has come for five seconds; they are looked
// at once a second.
void cluster::close_silent_links() {
  if (how_broken_ == sabotage::silence_is_not_noticed) return;
  for (std::size_t from = 0; from < places_.size(); ++from) {
    for (std::size_t to = 0; to < places_.size(); ++to) {
      if (from == to) continue;
      auto& between = ways_[{from, to}];
      if (!places_[from].node || !is_silent(from, to)) {
        between.silent_since.reset();
        between.is_closed = false;
        continue;
      }
      if (!between.silent_since) {
        between.silent_since = now_;
        between.patience = dice_.between(5'000ms, 6'000ms);
      }
      if (between.is_closed || !runs(places_[to])) continue;
      if (now_ - *between.silent_since < between.patience) continue;
      between.is_closed = true;
      wire_.cut(places_[from].index, places_[to].index);
      seen_.note(name_of(to) + " gives up its link to " + name_of(from));
    }
  }
}

// ---- the plan

void cluster::close_store(std::size_t at, int by) {
  places_[at].store_closed += by;
  places_[at].way->closed = places_[at].store_closed;
}

void cluster::pause(place& at, int by) {
  at.paused += by;
  if (at.paused == 0) at.runs_since = now_;
}

void cluster::tell_to_end(place& at) {
  if (!at.node || at.node->state() != node_state::running || at.told_to_end) return;
  at.told_to_end = now_;
  at.node->drain();
}

// An operator's wishes reach the store from elsewhere.
void cluster::want_drained(std::size_t at, int by) {
  places_[at].drain_wishes += by;
  std::ignore = disk_.kept.want_drain({name_of(at)}, places_[at].drain_wishes > 0);
}

void cluster::want_moved(std::size_t client, std::size_t to) {
  const auto& talker = clients_[client % clients_.size()];
  std::ignore = disk_.kept.want_owner(talker->conversation(), {name_of(to)});
}

void cluster::change(const planned_fault& fault, int by) {
  auto& here = places_[fault.a];
  auto& between = ways_[{fault.a, fault.b}];
  const auto amount = by > 0 ? static_cast<std::uint64_t>(fault.amount) : 0;
  switch (fault.kind) {
    case fault_kind::kill:
      here.down += by;
      if (by > 0) stop(fault.a);
      break;
    case fault_kind::drain:
      here.down += by;
      if (by > 0) tell_to_end(here);
      break;
    case fault_kind::pause:
      pause(here, by);
      break;
    case fault_kind::partition:
      hold(fault.a, fault.b, by);
      hold(fault.b, fault.a, by);
      break;
    case fault_kind::one_way:
      hold(fault.a, fault.b, by);
      break;
    case fault_kind::isolation:
      for (std::size_t other = 0; other < places_.size(); ++other) {
        if (other == fault.a) continue;
        hold(fault.a, other, by);
        hold(other, fault.a, by);
      }
      break;
    case fault_kind::slow_link:
      between.slower = milliseconds{amount};
      break;
    case fault_kind::lossy_link:
      between.lost_per_mille = amount;
      break;
    case fault_kind::doubling_link:
      between.doubled_per_mille = amount;
      break;
    case fault_kind::reset:
      if (here.node && places_[fault.b].node) wire_.cut(here.index, places_[fault.b].index);
      break;
    case fault_kind::store_hangs:
      here.store_hangs += by;
      if (here.node) here.node->hang_store(here.store_hangs > 0);
      break;
    case fault_kind::store_away:
      close_store(fault.a, by);
      break;
    case fault_kind::store_outage:
      for (std::size_t at = 0; at < places_.size(); ++at) close_store(at, by);
      break;
    case fault_kind::store_unanswered:
      here.store_lost_per_mille = amount;
      here.way->lost_per_mille = amount;
      break;
    case fault_kind::wished_drain:
      want_drained(fault.a, by);
      break;
    case fault_kind::move:
      want_moved(static_cast<std::size_t>(fault.amount), by > 0 ? fault.b : fault.a);
      break;
  }
}

void cluster::carry_out_plan() {
  for (; begun_ < plan_.size() && plan_[begun_].begins <= now_; ++begun_) {
    seen_.note("FAULT begins: " + to_string(plan_[begun_]));
    change(plan_[begun_], 1);
    lasting_.push_back(begun_);
  }
  std::erase_if(lasting_, [&](std::size_t one) {
    if (plan_[one].ends > now_) return false;
    seen_.note("FAULT ends: " + to_string(plan_[one]));
    change(plan_[one], -1);
    return true;
  });
}

}  // namespace dhr::simulation
