#include "actors/emotion/adjustments.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using rules = std::vector<std::string_view>;

namespace {

feelings with(feeling one, float weight) {
  feelings made;
  made[one] = weight;
  return made;
}

}  // namespace

TEST_CASE("without a context a feeling stays as it was expressed") {
  const auto felt = adjust(with(feeling::joy, 0.6f), {}, {});
  CHECK(felt.weights == with(feeling::joy, 0.6f));
  CHECK(felt.rules.empty());
}

TEST_CASE("carry_over: a sentence that expresses nothing keeps half of what the one before did") {
  feeling_context context;
  context.before = with(feeling::joy, 0.8f);
  const auto felt = adjust({}, context, {});
  CHECK(felt.weights[feeling::joy] == Approx(0.4f));
  CHECK(felt.rules == rules{"carry_over"});
  const auto own = adjust(with(feeling::surprise, 0.9f), context, {});
  CHECK(own.weights[feeling::joy] == 0.0f);
  CHECK(own.rules.empty());
}

TEST_CASE("comfort: nobody beams at somebody who is worried") {
  feeling_context context;
  context.user = with(feeling::concern, 0.9f);
  const auto felt = adjust(with(feeling::joy, 0.9f), context, {});
  CHECK(felt.weights[feeling::joy] == Approx(0.2f));
  CHECK(felt.weights[feeling::concern] == Approx(0.54f));
  CHECK(felt.rules == rules{"comfort"});
  context.user = with(feeling::concern, 0.4f);
  CHECK(adjust(with(feeling::joy, 0.9f), context, {}).rules.empty());
}

TEST_CASE("share_joy: a user's joy is answered with some of it, but not into bad news") {
  feeling_context context;
  context.user = with(feeling::joy, 1.0f);
  CHECK(adjust({}, context, {}).weights[feeling::joy] == Approx(0.4f));
  CHECK(adjust({}, context, {}).rules == rules{"share_joy"});
  CHECK(adjust(with(feeling::concern, 0.8f), context, {}).weights[feeling::joy] == 0.0f);
}

TEST_CASE("loss_is_no_joy: a loss is not announced beaming") {
  feeling_context context;
  context.outcome = -1;
  auto raw = with(feeling::joy, 0.9f);
  raw[feeling::confidence] = 1.0f;
  const auto felt = adjust(raw, context, {});
  CHECK(felt.weights[feeling::joy] == 0.0f);
  CHECK(felt.weights[feeling::confidence] == Approx(0.5f));
  CHECK(felt.weights[feeling::concern] == Approx(0.7f));
  CHECK(felt.rules == rules{"loss_is_no_joy"});
  context.outcome = -5;
  CHECK(adjust(raw, context, {}).weights == felt.weights);
}

TEST_CASE("gain_is_no_worry: a gain is not announced with a worried face") {
  feeling_context context;
  context.outcome = 1;
  const auto felt = adjust(with(feeling::concern, 0.8f), context, {});
  CHECK(felt.weights[feeling::concern] == Approx(0.3f));
  CHECK(felt.rules == rules{"gain_is_no_worry"});
  context.user = with(feeling::concern, 0.8f);
  CHECK(adjust(with(feeling::concern, 0.8f), context, {}).weights[feeling::concern] ==
        Approx(0.8f));
}

TEST_CASE("persona_limit: no feeling is stronger than the persona shows it") {
  feeling_limits limits;
  limits.most[feeling::surprise] = 0.3f;
  const auto felt = adjust(with(feeling::surprise, 0.9f), {}, limits);
  CHECK(felt.weights[feeling::surprise] == Approx(0.3f));
  CHECK(felt.rules == rules{"persona_limit"});
}

TEST_CASE("threshold: what is weaker than its threshold does not count, what reaches it does") {
  feeling_limits limits;
  limits.threshold[feeling::joy] = 0.7f;
  CHECK(adjust(with(feeling::joy, 0.69f), {}, limits).weights == feelings{});
  CHECK(adjust(with(feeling::joy, 0.69f), {}, limits).rules == rules{"threshold"});
  CHECK(adjust(with(feeling::joy, 0.7f), {}, limits).rules.empty());
}

TEST_CASE("rules follow each other: what comfort raises the persona may lower") {
  feeling_context context;
  context.user = with(feeling::concern, 1.0f);
  feeling_limits limits;
  limits.most[feeling::concern] = 0.5f;
  const auto felt = adjust(with(feeling::joy, 1.0f), context, limits);
  CHECK(felt.weights[feeling::concern] == Approx(0.5f));
  CHECK(felt.rules == rules{"comfort", "persona_limit"});
}
