#include "actors/conversation/tag_gate.hpp"

#include <catch2/catch.hpp>

namespace {

struct heard {
  std::string text;
  bool shut;
};

heard hear(std::string_view text, std::size_t piece) {
  dhr::tag_gate gate;
  std::string all;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    all += gate.push(text.substr(0, piece));
  }
  all += gate.finish();
  return {all, gate.is_shut()};
}

}  // namespace

TEST_CASE("words without a tag pass, however they are cut") {
  const std::string text = "I <3 you, <b>a < b</b>, <to</t end <tool";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    CHECK(hear(text.substr(0, text.size() - 1), piece).text == text.substr(0, text.size() - 1));
  }
}

TEST_CASE("nothing of a tag is said, nor what follows it, however it is cut") {
  for (const std::string tag : {"<tool_call>[{}]</tool_call>", "<tools>[]", "</tool_call> more"}) {
    const std::string text = "Let me <see>. " + tag;
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
      const auto all = hear(text, piece);
      CHECK(all.text == "Let me <see>. ");
      CHECK(all.shut);
    }
  }
}

TEST_CASE("words leave at once when no tag can begin with them") {
  dhr::tag_gate gate;
  CHECK(gate.push("Hello <") == "Hello ");
  CHECK(gate.push("3!") == "<3!");
}
