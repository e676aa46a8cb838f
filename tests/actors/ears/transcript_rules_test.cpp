#include "actors/ears/transcript_rules.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {
using words = std::vector<std::string>;
}

TEST_CASE("words are taken without case, punctuation and remarks in brackets") {
  CHECK(words_of("Well, I don't know...") == words{"well", "i", "don't", "know"});
  CHECK(words_of("[MUSIC] twenty-five (laughs) 'cause") == words{"twenty", "five", "cause"});
  CHECK(words_of("It\u2019s a caf\u00e9 \u2014 no?") == words{"it's", "a", "caf\u00e9", "no"});
  CHECK(words_of("\u266a \u2026 !").empty());
}

TEST_CASE("what has no letters and digits has no words") {
  CHECK_FALSE(has_words(""));
  CHECK_FALSE(has_words(" ... ?!"));
  CHECK_FALSE(has_words("[BLANK_AUDIO]"));
  CHECK_FALSE(has_words("\u266a\u266a"));
  CHECK(has_words("7"));
  CHECK(has_words("Oui."));
  CHECK(has_words("\xff text"));
}

TEST_CASE("signs of attention are back-channels in any case and with any punctuation") {
  for (const auto* text : {"Uh-huh.", "mm-hmm", "Yeah", "RIGHT!", "Okay?", "I see.", "Sure...",
                           "Yeah, right.", "Oh, I see.", "Yeah. Yeah. Yeah.", "Got it, okay."}) {
    INFO(text);
    CHECK(is_back_channel(text));
  }
}

TEST_CASE("what asks for the floor is no back-channel") {
  for (const auto* text : {"", "...", "No.", "Stop.", "Wait, wait.", "I see a problem", "Right now",
                           "Okay, but why?", "Yeah yeah yeah yeah", "Huh?", "I", "See"}) {
    INFO(text);
    CHECK_FALSE(is_back_channel(text));
  }
}

TEST_CASE("single letters and vowels may be a cough, words and numbers may not") {
  for (const auto* text : {"A.", "H.", "Uh.", "Oh.", "Ah!", "Ugh.", "Uh, uh."}) {
    INFO(text);
    CHECK(is_throat_sound(text));
  }
  for (const auto* text :
       {"", "...", "7.", "No.", "Huh?", "Ah, stop.", "I am", "A B C D", "\u662f", "Hm."}) {
    INFO(text);
    CHECK_FALSE(is_throat_sound(text));
  }
}

TEST_CASE("more tokens than anybody speaks in the time are made up") {
  CHECK_FALSE(is_made_up("How are you today?", 6, 1s));
  CHECK(is_made_up("How are you today?", 10, 1s));
  CHECK_FALSE(is_made_up("Yes.", 3, 300ms));
}

TEST_CASE("words that come over and over are made up") {
  CHECK(is_made_up("the the the the the the", 6, 10s));
  CHECK(is_made_up("And so I was like, you know, you know, you know, you know, what", 16, 10s));
  CHECK(is_made_up("I am going to the store. I am going to the store. I am going to the store.", 21,
                   20s));
  CHECK(is_made_up("Hahahahahahahahahahahahaha", 13, 10s));
}

TEST_CASE("what people repeat is not made up") {
  CHECK_FALSE(is_made_up("No, no, no, no, no.", 10, 5s));
  CHECK_FALSE(is_made_up("I'm sorry. I'm sorry. I'm sorry.", 12, 5s));
  CHECK_FALSE(is_made_up("Thank you, thank you, thank you.", 9, 5s));
  CHECK_FALSE(is_made_up("Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.",
                         20, 10s));
  CHECK_FALSE(is_made_up("Is it what it is or is it what it is not?", 12, 5s));
  CHECK_FALSE(is_made_up("Zzz. A million is 1000000.", 10, 5s));
}

TEST_CASE("a sentence may be whole if it ends with a mark and not with a word that clings") {
  CHECK(may_be_whole("How are you?"));
  CHECK(may_be_whole("Tell me more."));
  CHECK(may_be_whole("He said \"stop.\""));
  CHECK(may_be_whole("Yes!"));
  CHECK_FALSE(may_be_whole("How are you"));
  CHECK_FALSE(may_be_whole("I would like to."));
  CHECK_FALSE(may_be_whole("It is the, um."));
  CHECK_FALSE(may_be_whole("Well..."));
  CHECK_FALSE(may_be_whole("..."));
  CHECK_FALSE(may_be_whole(""));
}
