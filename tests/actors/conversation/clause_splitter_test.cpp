#include "actors/conversation/clause_splitter.hpp"

#include <catch2/catch.hpp>
#include <random>

namespace {

using dhr::clause_splitter;
using clauses = std::vector<std::string>;

clauses split_in_pieces(const std::string& text, const std::vector<std::size_t>& lengths) {
  clause_splitter splitter;
  clauses all;
  std::size_t at = 0;
  for (const std::size_t length : lengths) {
    for (auto& clause : splitter.push(std::string_view{text}.substr(at, length))) {
      all.push_back(std::move(clause));
    }
    at += length;
  }
  for (auto& clause : splitter.finish()) all.push_back(std::move(clause));
  return all;
}

clauses split(const std::string& text) { return split_in_pieces(text, {text.size()}); }

std::string joined(const clauses& all) {
  std::string text;
  for (const auto& clause : all) text += clause;
  return text;
}

// Splits with the limits of later clauses only, so that single marks can be looked at.
clauses split_sentences(const std::string& text) {
  dhr::clause_splitter_config config;
  config.first = config.second = config.later = {100, 100, 100};
  clause_splitter splitter{config};
  clauses all = splitter.push(text);
  for (auto& clause : splitter.finish()) all.push_back(std::move(clause));
  return all;
}

const std::vector<std::string> corpus = {
    "Hello! I'm Ada, a financial assistant. How can I help you today?",
    "Dr. Smith of Apple, Inc. paid $1,234.56 for BRK.B on May 5, 2024, e.g., at 3.14 percent.",
    "1. Stocks are risky.\n2. Bonds, i.e. loans, are safer.\n- cash\n\n* gold",
    "\"Stop!\" he said. \"Really?\" (It was the U.S. Treasury.) The end... or not? Well… maybe.",
    "See https://example.com/a,b?x=1. It is 10:30 a.m. in the U.S. The market opens — soon — at "
    "9:30; wait – no: at ten.",
    "这是第一句。第二句！Ça va très bien, merci beaucoup à tous, naïve café—oui.",
    "I am a virtual assistant designed to help you with your questions about money and markets "
    "because that is what I was made for and nothing else that you could possibly think of today",
    std::string(700, 'x') + " " + std::string(300, ' ') + "é" + std::string(90, '.'),
    "",
    "   ",
    "\n\n",
    "...",
    "No. 5 is alive. No. I don't think so.",
};

}  // namespace

TEST_CASE("a sentence leaves as soon as the text shows that it has ended") {
  clause_splitter splitter;
  CHECK(splitter.push("Hello").empty());
  CHECK(splitter.push("!").empty());
  CHECK(splitter.push(" I") == clauses{"Hello!"});
}

TEST_CASE("the first clause leaves at a comma from two words on, later ones do not") {
  CHECK(split("Of course, I can. Of course, you can too.") ==
        clauses{"Of course,", " I can.", " Of course, you can too."});
  CHECK(split("Yes, I can.") == clauses{"Yes, I can."});
}

TEST_CASE("the first clause leaves before a connecting word and not inside a phrase") {
  CHECK(split("I am a virtual financial assistant and I like numbers.") ==
        clauses{"I am a virtual financial assistant", " and I like numbers."});
  CHECK(split("It is one of the things that I am able to do well.")[0] ==
        "It is one of the things");
  CHECK(split("My name is Ada Smith and I help.")[0] == "My name is Ada Smith");
  CHECK(split("Rates moved between 5 and 10 percent.").size() == 1);
}

TEST_CASE("a connecting word is waited for until it is whole") {
  clause_splitter splitter;
  CHECK(splitter.push("I am a virtual financial assistant and").empty());
  CHECK(splitter.push("roid").empty());
  CHECK(splitter.finish() == clauses{"I am a virtual financial assistant android"});
}

TEST_CASE("abbreviations, initials and numbers do not end a sentence") {
  for (const std::string text :
       {"Mr. Jones met Mrs. Smith.", "Growth, e.g. in the U.S. Treasury market, is slow.",
        "J. P. Morgan vs. Apple Inc. is approx. 3.14 or 1,234 or No. 5.", "Buy BRK.B now.",
        "It closed at 4 p.m. Eastern time.", "See Fig. 3 and Vol. 2.", "On Jan. 5 it fell.",
        "Go to www.example.com/a.html?b=1 now.", "Yahoo! is a company.", "\"Stop!\" he said.",
        "It is 10:30 now."}) {
    CHECK(split_sentences(text) == clauses{text});
  }
}

TEST_CASE("an abbreviation ends a sentence before a word that begins one") {
  CHECK(split_sentences("I work at Apple Inc. The pay is good.") ==
        clauses{"I work at Apple Inc.", " The pay is good."});
  CHECK(split_sentences("He lives in the U.S. However, I do not.").size() == 2);
  CHECK(split_sentences("No. I do not.") == clauses{"No.", " I do not."});
}

TEST_CASE("closing quotes and brackets stay with the sentence that they close") {
  CHECK(split_sentences("He said \"no.\" Then (as ever!) he left. (He did.) So.") ==
        clauses{"He said \"no.\"", " Then (as ever!) he left.", " (He did.)", " So."});
}

TEST_CASE("list markers stay with their items and each line is a clause") {
  CHECK(split_sentences("Options:\n1. Stocks\n2. Bonds\n- cash at hand") ==
        clauses{"Options:", "\n1. Stocks", "\n2. Bonds", "\n- cash at hand"});
}

TEST_CASE("ellipses end a sentence before a capital only") {
  CHECK(split_sentences("Well... maybe. Well... Maybe… Yes.") ==
        clauses{"Well... maybe.", " Well...", " Maybe…", " Yes."});
}

TEST_CASE("numbers keep their commas and ranges their dashes") {
  CHECK(split("On Friday May 5, 2024 rates were 5 - 6 or 7 – 8 percent.").size() == 1);
  CHECK(split("At Apple, Inc. all is well.")[0] != "At Apple,");
  CHECK(split("At the shop, Ingrid waits.")[0] == "At the shop,");
}

TEST_CASE("a run without any end is cut at a word") {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "word9 ";
  const clauses all = split(text);
  CHECK(joined(all) == text);
  for (const auto& clause : all) {
    CHECK(clause.size() <= 220);
    CHECK(clause.substr(clause.size() - 5).find_first_of(" ") == std::string::npos);
    if (&clause == &all[all.size() - 2]) break;
  }
}

TEST_CASE("any chopping of a text gives the same clauses, and together they are the text") {
  std::mt19937 random{42};
  for (const auto& text : corpus) {
    const clauses whole = split(text);
    CHECK(joined(whole) == text);
    for (int round = 0; round < 60; ++round) {
      std::vector<std::size_t> lengths;
      std::uniform_int_distribution<std::size_t> length{1, round % 2 == 0 ? 4u : 30u};
      for (std::size_t left = text.size(); left > 0;) {
        lengths.push_back(std::min(left, length(random)));
        left -= lengths.back();
      }
      CHECK(split_in_pieces(text, lengths) == whole);
    }
  }
}

TEST_CASE("random texts obey the same laws") {
  std::mt19937 random{7};
  const std::string alphabet = "aB1 .,!?:;-\n\"')e.gU.S. and… –— ";
  for (int round = 0; round < 300; ++round) {
    std::string text;
    while (text.size() < 300) text += alphabet[random() % alphabet.size()];
    const clauses whole = split(text);
    REQUIRE(joined(whole) == text);
    REQUIRE(split_in_pieces(text, std::vector<std::size_t>(text.size(), 1)) == whole);
    for (const auto& clause : whole) REQUIRE(clause.size() <= 220 + 64);
  }
}
