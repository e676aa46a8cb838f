#include "gpu/fair_schedule.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// Lines without entries that are remembered; beyond it the one that had least is forgotten.
constexpr std::size_t idle_max = 4'096;

bool holds(fair_schedule::lane_set lanes, std::size_t lane) { return (lanes >> lane & 1u) != 0; }

}  // namespace

void fair_schedule::enter(line& one) {
  const auto& head = one.waiting.front();
  auto& lane = lanes_.at(head.lane);
  const auto other = std::find_if(one.waiting.begin(), one.waiting.end(),
                                  [&](const waiting_work& w) { return w.lane != head.lane; });
  one.run = static_cast<std::size_t>(other - one.waiting.begin());
  lane.ready += one.run;
  lane.by_tag.insert({one.tag, 0, head.id, &one});
  lane.by_hold.insert({head.hold_until, head.id});
  if (head.kind == work_class::first) lane.firsts.insert({one.rank, one.tag, head.id, &one});
}

void fair_schedule::leave(line& one) {
  const auto& head = one.waiting.front();
  auto& lane = lanes_.at(head.lane);
  lane.ready -= one.run;
  lane.by_tag.erase({one.tag, 0, head.id, &one});
  lane.by_hold.erase({head.hold_until, head.id});
  lane.firsts.erase({one.rank, one.tag, head.id, &one});
}

void fair_schedule::add(const conversation_id& owner, const waiting_work& work) {
  DHR_ASSERT(work.lane < lanes_max && work.cost > 0);
  const auto [found, is_new] = lines_.try_emplace(owner);
  auto& one = found->second;
  one.owner = &found->first;
  ++size_;
  one.waiting.push_back(work);
  if (one.waiting.size() > 1) {
    if (one.run + 1 == one.waiting.size() && one.waiting.front().lane == work.lane) {
      ++one.run;
      ++lanes_.at(work.lane).ready;
    }
    return;
  }
  if (!is_new) idle_.erase({one.ended, 0, one.last_id, &one});
  one.tag = std::max(floor(), one.ended);
  one.rank = std::max(floor(), one.began);
  enter(one);
}

std::uint64_t fair_schedule::clock_now() const {
  const auto* smallest = best(all_lanes, &lane_heads::by_tag);
  return smallest == nullptr ? clock_ : std::max(clock_, smallest->key);
}

bool fair_schedule::passes(std::size_t lane) const {
  const auto& firsts = lanes_.at(lane).firsts;
  return !firsts.empty() && firsts.begin()->key <= clock_now();
}

std::optional<mono_time> fair_schedule::held_until(std::size_t lane) const {
  const auto& heads = lanes_.at(lane).by_hold;
  if (heads.empty()) return std::nullopt;
  return heads.begin()->first;
}

const fair_schedule::tag_place* fair_schedule::best(lane_set lanes,
                                                    tag_order lane_heads::*order) const {
  const tag_place* best = nullptr;
  for (std::size_t i = 0; i < lanes_max; ++i) {
    const auto& heads = lanes_[i].*order;
    if (!holds(lanes, i) || heads.empty()) continue;
    if (best == nullptr || *heads.begin() < *best) best = &*heads.begin();
  }
  return best;
}

std::optional<fair_schedule::candidate> fair_schedule::next(lane_set lanes) const {
  const auto* chosen = best(lanes, &lane_heads::firsts);
  if (chosen == nullptr || chosen->key > clock_now()) chosen = best(lanes, &lane_heads::by_tag);
  if (chosen == nullptr) return std::nullopt;
  return candidate{chosen->id, chosen->of->waiting.front().lane, *chosen->of->owner};
}

void fair_schedule::take(const conversation_id& owner) {
  auto& one = lines_.at(owner);
  clock_ = clock_now();
  leave(one);
  one.began = one.tag;
  one.ended = one.tag + one.waiting.front().cost;
  one.last_id = one.waiting.front().id;
  one.waiting.pop_front();
  --size_;
  one.tag = std::max(floor(), one.ended);
  one.rank = std::max(floor(), one.began);
  settle(one);
}

void fair_schedule::skip(const conversation_id& owner) {
  auto& one = lines_.at(owner);
  leave(one);
  one.waiting.pop_front();
  --size_;
  settle(one);
}

std::vector<std::uint64_t> fair_schedule::remove(
    const conversation_id& owner, const std::function<bool(std::uint64_t id)>& is_meant) {
  std::vector<std::uint64_t> removed;
  const auto found = lines_.find(owner);
  if (found == lines_.end() || found->second.waiting.empty()) return removed;
  auto& one = found->second;
  leave(one);
  std::erase_if(one.waiting, [&](const waiting_work& work) {
    if (!is_meant(work.id)) return false;
    removed.push_back(work.id);
    return true;
  });
  size_ -= removed.size();
  settle(one);
  return removed;
}

std::uint64_t fair_schedule::floor() const noexcept { return clock_ - std::min(clock_, credit_); }

void fair_schedule::settle(line& one) {
  if (!one.waiting.empty()) {
    enter(one);
  } else if (one.ended > floor()) {
    idle_.insert({one.ended, 0, one.last_id, &one});
  } else {
    lines_.erase(conversation_id{*one.owner});
  }
  forgive();
}

void fair_schedule::forgive() {
  while (!idle_.empty() && (idle_.begin()->key <= floor() || idle_.size() > idle_max)) {
    const auto name = *idle_.begin()->of->owner;
    idle_.erase(idle_.begin());
    lines_.erase(name);
  }
}

std::size_t fair_schedule::size_of(const conversation_id& owner) const {
  const auto found = lines_.find(owner);
  return found == lines_.end() ? 0 : found->second.waiting.size();
}

}  // namespace dhr
