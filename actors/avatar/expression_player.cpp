#include "actors/avatar/expression_player.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr double reference_fps = 30;
constexpr float same_feeling = 0.05f;
// Less than this of an expression is nothing: the lag's tail never ends.
constexpr double nothing = 1e-4;

double lag_rate_of(double blend_speed) {
  if (blend_speed >= 1) return std::numeric_limits<double>::infinity();
  return -reference_fps * std::log1p(-std::max(blend_speed, 0.01));
}

}  // namespace

expression_player::expression_player(std::shared_ptr<const expression_library> library,
                                     double blend_speed)
    : library_{std::move(library)},
      lag_rate_{lag_rate_of(blend_speed)},
      tracks_(library_->all().size()) {}

void expression_player::use(std::shared_ptr<const expression_library> library) {
  if (library == library_) return;
  const auto& all = library->all();
  std::vector<track> tracks(all.size());
  std::vector<std::optional<std::size_t>> before(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    before[i] = library_->find(all[i].name);
    if (before[i]) tracks[i] = tracks_[*before[i]];
  }
  for (auto& change : coming_) {
    std::vector<float> wanted(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (before[i]) wanted[i] = change.wanted[*before[i]];
    }
    change.wanted = std::move(wanted);
  }
  tracks_ = std::move(tracks);
  library_ = std::move(library);
}

void expression_player::change(const expression_change& to_come) {
  coming_change change{to_come.at_s, std::vector<float>(tracks_.size()), to_come.within_s};
  for (const auto& [index, weight] : to_come.wanted) {
    DHR_ASSERT(index < tracks_.size());
    // What is not a number is none.
    change.wanted[index] = weight > 0 ? std::min(weight, 1.0f) : 0;
  }
  coming_.push_back(std::move(change));
}

void expression_player::begin(const coming_change& change) {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    auto& [wanted, began_s, stroke] = tracks_[i];
    const auto now = stroke.at(change.at_s - began_s);
    const auto to = change.wanted[i];
    if (change.within_s) {
      stroke = expression_stroke::straight_to(now, double(to), *change.within_s);
    } else if (to == 0 ? wanted == 0 : std::abs(to - wanted) < same_feeling) {
      continue;
    } else {
      const auto& one = library_->all()[i];
      stroke = expression_stroke::to(now, double(to), double(to) * double(one.linger),
                                     {one.onset_s, one.hold_s, one.decay_s}, lag_rate_);
    }
    wanted = to;
    began_s = change.at_s;
  }
}

expression_mix expression_player::at(double moment_s) {
  while (!coming_.empty() && coming_.front().at_s <= moment_s) {
    begin(coming_.front());
    coming_.pop_front();
  }
  std::vector<double> levels(tracks_.size());
  double sum = 0;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    const auto level = tracks_[i].stroke.at(moment_s - tracks_[i].began_s).level;
    levels[i] = level < nothing ? 0 : level;
    sum += levels[i];
  }
  expression_mix mix;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (levels[i] == 0) continue;
    mix.add(library_->all()[i], static_cast<float>(levels[i] / std::max(sum, 1.0)));
  }
  for (auto& weight : mix.pose) weight = std::clamp(weight, 0.0f, 1.0f);
  return mix;
}

double expression_player::decay_s() const noexcept {
  double longest = 0;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    const bool to_come = std::any_of(coming_.begin(), coming_.end(),
                                     [&](const auto& change) { return change.wanted[i] > 0; });
    if (to_come || tracks_[i].wanted > 0) longest = std::max(longest, library_->all()[i].decay_s);
  }
  return longest;
}

}  // namespace dhr
