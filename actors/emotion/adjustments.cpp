#include "actors/emotion/adjustments.hpp"

#include <algorithm>

namespace dhr {
namespace {

constexpr float nothing_below = 0.2f;    // a sentence whose feelings are all weaker expresses none
constexpr float carried = 0.5f;          // share of the sentence before
constexpr float user_feels_from = 0.5f;  // what the user expresses counts from here on
constexpr float joy_before_worry = 0.2f;
constexpr float concern_for_worry = 0.6f;  // share of the user's
constexpr float joy_for_joy = 0.4f;

void at_most(float& weight, float limit) { weight = std::min(weight, std::max(limit, 0.0f)); }
void at_least(float& weight, float limit) { weight = std::max(weight, std::min(limit, 1.0f)); }

using rule = void (*)(feelings&, const feeling_context&, const feeling_limits&);

void carry_over(feelings& felt, const feeling_context& context, const feeling_limits&) {
  const auto strongest = *std::max_element(felt.weights.begin(), felt.weights.end());
  if (!context.before || strongest >= nothing_below) return;
  for (std::size_t i = 0; i < feeling_count; ++i) {
    at_least(felt.weights[i], carried * context.before->weights[i]);
  }
}

void comfort(feelings& felt, const feeling_context& context, const feeling_limits&) {
  const float worry = context.user[feeling::concern];
  if (worry < user_feels_from) return;
  at_most(felt[feeling::joy], joy_before_worry);
  at_least(felt[feeling::concern], concern_for_worry * worry);
}

void share_joy(feelings& felt, const feeling_context& context, const feeling_limits&) {
  const float joy = context.user[feeling::joy];
  if (joy < user_feels_from || felt[feeling::concern] >= user_feels_from) return;
  at_least(felt[feeling::joy], joy_for_joy * joy);
}

void loss_is_no_joy(feelings& felt, const feeling_context& context, const feeling_limits&) {
  if (context.outcome >= 0) return;
  const auto loss = static_cast<float>(std::min(-context.outcome, 1.0));
  at_most(felt[feeling::joy], joy_before_worry * (1.0f - loss));
  at_most(felt[feeling::confidence], 1.0f - 0.5f * loss);
  at_least(felt[feeling::concern], 0.3f + 0.4f * loss);
}

void gain_is_no_worry(feelings& felt, const feeling_context& context, const feeling_limits&) {
  if (context.outcome <= 0 || context.user[feeling::concern] >= user_feels_from) return;
  const auto gain = static_cast<float>(std::min(context.outcome, 1.0));
  at_most(felt[feeling::concern], 1.0f - 0.7f * gain);
}

void persona_limit(feelings& felt, const feeling_context&, const feeling_limits& limits) {
  for (std::size_t i = 0; i < feeling_count; ++i) at_most(felt.weights[i], limits.most.weights[i]);
}

void threshold(feelings& felt, const feeling_context&, const feeling_limits& limits) {
  for (std::size_t i = 0; i < feeling_count; ++i) {
    if (felt.weights[i] < limits.threshold.weights[i]) felt.weights[i] = 0;
  }
}

struct named_rule {
  std::string_view name;
  rule apply;
};

constexpr named_rule rules[] = {{"carry_over", carry_over},
                                {"comfort", comfort},
                                {"share_joy", share_joy},
                                {"loss_is_no_joy", loss_is_no_joy},
                                {"gain_is_no_worry", gain_is_no_worry},
                                {"persona_limit", persona_limit},
                                {"threshold", threshold}};

}  // namespace

adjusted_feelings adjust(const feelings& raw, const feeling_context& context,
                         const feeling_limits& limits) {
  adjusted_feelings felt{raw, {}};
  for (const auto& one : rules) {
    const auto before = felt.weights;
    one.apply(felt.weights, context, limits);
    if (felt.weights != before) felt.rules.push_back(one.name);
  }
  return felt;
}

}  // namespace dhr
