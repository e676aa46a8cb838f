#include "actors/avatar/expression_library.hpp"

#include <algorithm>

#include "actors/avatar/expression_mix.hpp"
#include "actors/avatar/expression_reader.hpp"
#include "actors/avatar/shipped_expressions.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

std::optional<std::size_t> place_of(const std::vector<expression>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const expression& x) { return x.name == name; });
  if (found == all.end()) return {};
  return static_cast<std::size_t>(found - all.begin());
}

// Times and what lingers are the means of the parts'.
expression made_of(const expression_blend& blend, const std::vector<expression>& all) {
  expression made{.name = blend.name, .onset_s = 0, .hold_s = 0, .decay_s = 0, .linger = 0};
  float total = 0;
  for (const auto& part : blend.parts) total += part.share;
  expression_mix mix;
  for (const auto& part : blend.parts) {
    const auto place = place_of(all, part.name);
    DHR_ASSERT(place.has_value());
    const auto& one = all[*place];
    mix.add(one, part.share);
    const auto share = part.share / total;
    made.onset_s += double(share) * one.onset_s;
    made.hold_s += double(share) * one.hold_s;
    made.decay_s += double(share) * one.decay_s;
    made.linger += share * one.linger;
  }
  made.pose = mix.pose;
  made.life = mix.life;
  return made;
}

}  // namespace

expression_library::expression_library(expression_set set)
    : set_{std::move(set)}, all_{set_.expressions} {
  for (const auto& blend : set_.blends) all_.push_back(made_of(blend, set_.expressions));
  for (std::size_t i = 0; i < feeling_count; ++i) {
    const auto place = place_of(all_, feeling_names[i]);
    DHR_ASSERT(place.has_value());
    places_[i] = *place;
  }
}

std::optional<std::size_t> expression_library::find(std::string_view name) const noexcept {
  return place_of(all_, name);
}

std::vector<expression_weight> expression_library::weights_of(const feelings& felt) const {
  std::vector<expression_weight> weights;
  for (std::size_t i = 0; i < feeling_count; ++i) {
    weights.push_back({places_[i], felt.weights[i]});
  }
  return weights;
}

const expression_library& shipped_expressions() {
  static const expression_library library = [] {
    auto set = read_expressions(shipped_expressions_text, "config/expressions.yml", {});
    DHR_ASSERT(set.has_value());
    return expression_library{std::move(set).assume_value()};
  }();
  return library;
}

}  // namespace dhr
