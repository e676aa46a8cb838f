#include "actors/conversation/history.hpp"

#include <catch2/catch.hpp>

namespace {

using dhr::chat_message;

// Every byte is a token, so that budgets can be read off the texts.
int count_bytes(std::string_view text) { return static_cast<int>(text.size()); }

std::vector<chat_message> turns_and_question(int turns) {
  std::vector<chat_message> history;
  for (int i = 0; i < turns; ++i) {
    history.push_back({"user", "question " + std::to_string(i)});
    history.push_back({"assistant", "answer   " + std::to_string(i)});
  }
  history.push_back({"user", "and now?"});
  return history;
}

dhr::result<dhr::trimmed_history> trim(const std::vector<chat_message>& history, int tokens_max,
                                       std::string_view instructions = "be kind") {
  return dhr::trim_history(instructions, history,
                           {.prompt_tokens_max = tokens_max, .message_overhead = 0}, count_bytes);
}

}  // namespace

TEST_CASE("a history that fits is shown whole, the instructions first") {
  const auto history = turns_and_question(3);
  const auto trimmed = trim(history, 1000);
  REQUIRE(trimmed);
  CHECK(trimmed.value().dropped == 0);
  CHECK(trimmed.value().messages.size() == history.size() + 1);
  CHECK(trimmed.value().messages.front() == chat_message{"system", "be kind"});
}

TEST_CASE("without instructions there is no system message") {
  CHECK(trim(turns_and_question(1), 1000, "").value().messages.front().role == "user");
}

TEST_CASE("the oldest turns are dropped first, whole, until the rest fits") {
  for (int budget = 16; budget < 300; ++budget) {
    const auto history = turns_and_question(12);
    const auto trimmed = trim(history, budget);
    REQUIRE(trimmed);
    const auto& messages = trimmed.value().messages;
    int tokens = 0;
    for (const auto& message : messages) tokens += count_bytes(message.content);
    CHECK(tokens <= budget);
    CHECK(messages.front().role == "system");
    CHECK(messages[1].role == "user");
    CHECK(messages.back() == history.back());
    CHECK(trimmed.value().dropped % 2 == 0);
  }
}

TEST_CASE("the beginning of the prompt stays the same for several turns after a cut") {
  std::size_t cuts = 0;
  std::size_t dropped = 0;
  for (int turns = 0; turns < 60; ++turns) {
    const auto trimmed = trim(turns_and_question(turns), 400);
    REQUIRE(trimmed);
    REQUIRE(trimmed.value().dropped >= dropped);
    if (trimmed.value().dropped != dropped) ++cuts;
    dropped = trimmed.value().dropped;
  }
  CHECK(cuts > 3);
  CHECK(cuts < 15);  // a cut at every turn would be about 40
}

TEST_CASE("a last message that does not fit is an error that names the history") {
  const auto trimmed = trim({{"user", std::string(100, 'x')}}, 50);
  REQUIRE_FALSE(trimmed);
  CHECK(trimmed.error().code == dhr::errc::invalid_argument);
  CHECK(trimmed.error().where == "history");
}

TEST_CASE("a history that does not end with the user's words is an error") {
  CHECK(trim({}, 50).error().code == dhr::errc::invalid_argument);
  CHECK(trim({{"user", "a"}, {"assistant", "b"}}, 50).error().code == dhr::errc::invalid_argument);
}

TEST_CASE("several messages of the user in a row belong to one turn") {
  const auto trimmed = trim({{"user", std::string(20, 'a')},
                             {"user", std::string(20, 'b')},
                             {"assistant", std::string(20, 'c')},
                             {"user", "d"},
                             {"user", "e"}},
                            40, "");
  REQUIRE(trimmed);
  CHECK(trimmed.value().messages == std::vector<chat_message>{{"user", "d"}, {"user", "e"}});
}
