#include <catch2/catch.hpp>
#include <limits>

#include "tests/actors/conversation/actor_fixture.hpp"

namespace {

using namespace dhr;

template <class T>
T round_trip(T value) {
  test::actor_world world;
  return testing::round_trip(world.system(), std::move(value));
}

template <class T>
void check_same(const T& value) {
  CHECK(round_trip(value) == value);
}

const error trouble{errc::overloaded, "busy", "engine", milliseconds{250}};

void check_same_error(const error& a, const error& b) {
  CHECK(a.code == b.code);
  CHECK(a.message == b.message);
  CHECK(a.where == b.where);
  CHECK(a.retry_after == b.retry_after);
}

}  // namespace

TEST_CASE("every message of the conversation room survives the wire") {
  const turn_id turn{{"conv_1"}, {7}, 42};
  const sampling_options odd{std::numeric_limits<double>::infinity(), 5e-324, 3};
  const std::vector<tool_definition> tools{{"f", "does", "{}"}, {"g", "", ""}};
  const tool_choice choice{tool_choice_kind::function, "g"};
  check_same(generate{turn,
                      {{"system", "a"},
                       {"user", "ü\n"},
                       {"assistant", "", {{"c1", "f", "{\"x\": 1}"}}},
                       {"tool", "out", {}, "c1"}},
                      odd,
                      milliseconds{5},
                      tools,
                      choice});
  check_same(tool_call_piece{turn, 2, "c1", "f", "{\"x"});
  check_same(function_call_piece{turn, 3, "c1", "f", "\": 1"});
  check_same(function_call_ready{turn, 4, "c1", "f", "{\"x\": 1}"});
  check_same(cancel_generation{turn});
  check_same(token_piece{turn, " né"});
  check_same(generation_done{turn, {1, 2, 3}, finish_reason::max_tokens});
  check_same(engine_fallback{turn, "sglang", "embedded", "because"});
  check_same(
      converse{turn, "persona", {{"user", "hi"}}, odd, false, milliseconds{9}, tools, choice});
  check_same(cancel_reply{turn});
  check_same(prefill{turn, {{"user", "hi"}}, tools, choice, milliseconds{7}});
  check_same(prepare_reply{turn, "persona", {{"user", "hi"}}, "how", odd, tools, choice});
  check_same(clause_ready{turn, 3, " clause,"});
  check_same(text_ready{turn, "text"});
  check_same(reply_finished{turn, 4, {9, 8, 7}, finish_reason::tool_calls, 2});
  check_same(engine_changed{turn, "sglang", "embedded", "because"});
  check_same_error(round_trip(generation_failed{turn, trouble}).reason, trouble);
  check_same_error(round_trip(reply_failed{turn, trouble}).reason, trouble);
  CHECK(round_trip(reply_failed{turn, trouble}).turn == turn);
}
