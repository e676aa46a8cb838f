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

TEST_CASE("a reply may be asked for before anything was said, or again after an answer") {
  const auto greeting = trim({}, 50);
  REQUIRE(greeting);
  CHECK(greeting.value().messages.size() == 1);
  CHECK(greeting.value().messages[0].role == "system");
  const auto again = trim({{"user", "a"}, {"assistant", "b"}}, 50);
  REQUIRE(again);
  CHECK(again.value().messages.size() == 3);
}

TEST_CASE("without instructions and without a history there is nothing to reply to") {
  CHECK(trim({}, 50, "").error().code == dhr::errc::invalid_argument);
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

namespace {

chat_message call_of(const std::string& id, std::string content = {}) {
  return {"assistant", std::move(content), {{id, "f", "{}"}}};
}
chat_message output_of(const std::string& id) { return {"tool", "out " + id, {}, id}; }

}  // namespace

TEST_CASE("an output moves to its call, whatever was said in between") {
  const auto paired = dhr::pair_calls(
      {{"user", "a"}, call_of("1"), {"user", "b"}, output_of("1"), {"assistant", "c"}});
  CHECK(paired ==
        std::vector<chat_message>{
            {"user", "a"}, call_of("1"), output_of("1"), {"user", "b"}, {"assistant", "c"}});
}

TEST_CASE("a call without output and an output without call are left out") {
  CHECK(dhr::pair_calls({{"user", "a"}, call_of("1"), output_of("2"), {"user", "b"}}) ==
        std::vector<chat_message>{{"user", "a"}, {"user", "b"}});
  CHECK(dhr::pair_calls({{"user", "a"}, call_of("1", "Let me see."), {"user", "b"}}) ==
        std::vector<chat_message>{{"user", "a"}, {"assistant", "Let me see."}, {"user", "b"}});
  CHECK(dhr::pair_calls({{"user", "a"}, output_of("1"), call_of("1"), output_of("1")}) ==
        std::vector<chat_message>{{"user", "a"}, call_of("1"), output_of("1")});
}

TEST_CASE("calls that were made together become one message, followed by their outputs") {
  const auto paired =
      dhr::pair_calls({{"user", "a"}, call_of("1"), call_of("2"), output_of("2"), output_of("1")});
  REQUIRE(paired.size() == 4);
  CHECK(paired[1].tool_calls == std::vector<dhr::tool_call>{{"1", "f", "{}"}, {"2", "f", "{}"}});
  CHECK(paired[2] == output_of("1"));
  CHECK(paired[3] == output_of("2"));
}

TEST_CASE("two calls with one id have one output, and nothing else is lost") {
  chat_message twins{"assistant", "", {{"1", "f", "{}"}, {"1", "g", "{}"}}};
  CHECK(dhr::pair_calls({{"user", "a"}, twins, output_of("1")}) ==
        std::vector<chat_message>{{"user", "a"}, call_of("1"), output_of("1")});
}

TEST_CASE("however much is dropped, no output is shown without its call") {
  std::vector<chat_message> history;
  for (int i = 0; i < 12; ++i) {
    const auto id = std::to_string(i);
    history.push_back({"user", "question " + id});
    history.push_back(call_of(id));
    history.push_back({"user", "and?"});
    history.push_back(output_of(id));
    history.push_back({"assistant", "answer " + id});
  }
  history.push_back({"user", "and now?"});
  for (int budget = 16; budget < 600; ++budget) {
    const auto trimmed = trim(history, budget);
    REQUIRE(trimmed);
    const auto& messages = trimmed.value().messages;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (messages[i].role == "tool") CHECK(messages[i - 1].tool_calls.size() == 1);
      if (!messages[i].tool_calls.empty()) CHECK(messages[i + 1].role == "tool");
    }
    CHECK(messages[1].role == "user");
  }
}

TEST_CASE("a history may end with an output, which the reply is about") {
  const auto trimmed = trim({{"user", "a"}, call_of("1"), output_of("1")}, 1000);
  REQUIRE(trimmed);
  CHECK(trimmed.value().messages.back() == output_of("1"));
}

TEST_CASE("the arguments of calls count as tokens") {
  chat_message call{"assistant", "", {{"1", "f", std::string(100, ' ')}}};
  CHECK_FALSE(trim({{"user", "a"}, call, output_of("1")}, 50));
}
