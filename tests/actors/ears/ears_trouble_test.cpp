// Items that come as a whole, and workers and sessions that die.

#include <catch2/catch.hpp>

#include "tests/actors/ears/ears_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

namespace {

hear_item item(const char* id) {
  return {id, shared_bytes{encoded(sentence(), {audio_encoding::pcm16, 16'000})}};
}

}  // namespace

// ---- items

TEST_CASE("the sound of an item is transcribed as a whole and answered by its name") {
  ears_bench b;
  b.tell(item("item_1"));
  REQUIRE(b.asked.size() == 1);
  CHECK(b.asked[0].is_final);
  CHECK(b.asked[0].pcm.size() / 2 == sentence().size());
  b.words("What is the weather like?");
  CHECK(b.order() == "item:item_1");
  CHECK(b.only<item_heard>() == item_heard{"item_1", "What is the weather like?"});
  CHECK(b.to_judge.empty());
  CHECK(b.to_measure.empty());
}

TEST_CASE("an item whose words are not found out is answered with the reason") {
  ears_bench b;
  b.tell(item("item_1"));
  b.no_transcript(errc::deadline);
  CHECK(b.order() == "unheard:item_1");
  CHECK(b.only<item_unheard>().reason.code == errc::deadline);
}

TEST_CASE("items in the midst of speech are told apart from it") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence()}));
  b.tell(item("item_1"));
  const auto of_item = b.asked.back();
  b.tell(item("item_2"));
  const auto of_other = b.asked.back();
  b.hear(silence(200ms));
  b.words("Spoken.");
  CHECK(b.order() == "began1 words1");
  b.words_of(of_other, "Second.");
  b.words_of(of_item, "First.");
  b.hear(silence(500ms));
  CHECK(b.order() == "began1 words1 item:item_2 item:item_1 ended1 heard1");
  CHECK(b.all<item_heard>()[1].text == "First.");
  CHECK(b.only<utterance_heard>().text == "Spoken.");
  b.hear(sentence());
  CHECK(b.all<speech_began>().back().utterance == 2);
}

// ---- attempts that are cancelled

TEST_CASE("an utterance whose attempt is refused as cancelled though it is awaited fails") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  REQUIRE(b.order() == "began1 ended1");
  b.no_transcript(errc::cancelled);
  CHECK(b.order() == "began1 ended1 failed1");
  CHECK(b.only<utterance_failed>().reason.code == errc::cancelled);
}

TEST_CASE("ears that follow others in a conversation use none of their names") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  const auto before = b.asked.back();
  b.follow();
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  const auto after = b.asked.back();
  CHECK(b.all<speech_began>().back().utterance == 1);
  CHECK(after.utterance.conversation == before.utterance.conversation);
  CHECK(after.utterance.number > before.utterance.number);
  b.words("Again.");
  CHECK(b.only<utterance_heard>().text == "Again.");
}

// ---- languages

TEST_CASE("a language that the transcription does not know is left out, and that is told once") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.transcription.language = "de-DE";
  ears_bench b{settings, {"en"}};
  CHECK(b.order() == "changed");
  b.tell(listen{settings});
  CHECK(b.order() == "changed");
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  REQUIRE_FALSE(b.asked.empty());
  CHECK(b.asked.back().language.empty());
  b.tell(item("item_1"));
  CHECK(b.asked.back().language.empty());
  settings.transcription.language = "en-US";
  b.tell(listen{settings});
  CHECK(b.all<hearing_changed>().size() == 1);
  b.tell(item("item_2"));
  CHECK(b.asked.back().language == "en-US");
}

TEST_CASE("a transcription that tells no languages is given every hint") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.transcription.language = "de";
  ears_bench b{settings};
  b.tell(item("item_1"));
  CHECK(b.asked.back().language == "de");
  CHECK(b.events.empty());
}

// ---- workers that die

TEST_CASE("when the transcription dies, everybody who waits for words is told") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  b.tell(item("item_1"));
  b.hear(joined({sentence(), silence(200ms)}));
  CHECK(b.order() == "began1 ended1 began2");
  b.kill(b.transcription);
  CHECK(b.order() == "began1 ended1 began2 unheard:item_1 failed1");
  CHECK(b.only<utterance_failed>().reason.code == errc::unavailable);
  CHECK(b.only<item_unheard>().reason.code == errc::unavailable);
  b.hear(silence(500ms));
  CHECK(b.order() == "began1 ended1 began2 unheard:item_1 failed1 ended2 failed2");
}

TEST_CASE("without a transcription utterances end and fail, commits and items as well") {
  ears_bench b;
  b.kill(b.transcription);
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  CHECK(b.order() == "began1 ended1 failed1");
  CHECK(b.only<utterance_failed>().reason.code == errc::unavailable);
  b.tell(item("item_1"));
  CHECK(b.order() == "began1 ended1 failed1 unheard:item_1");
  b.tell(listen{heard_at_16k(turn_detection_kind::none)});
  b.hear(sentence());
  b.tell(commit_heard{"r1"});
  CHECK(b.order() == "began1 ended1 failed1 unheard:item_1 taken2 failed2");
}

TEST_CASE("a speech of a minute without a transcription ends and fails as any other") {
  ears_bench b{turn_detection_kind::semantic_vad};
  b.kill(b.transcription);
  std::vector<float> speech;
  while (speech.size() < 62 * 16'000) {
    speech.insert(speech.end(), sentence().begin(), sentence().end());
  }
  b.hear(speech);
  CHECK(b.order() == "began1 ended1 failed1 began2");
}

TEST_CASE("without the hearing worker ends come by patience, and there is no melody") {
  ears_bench b{turn_detection_kind::semantic_vad};
  b.hear(joined({silence(500ms), sentence(), silence(300ms)}));
  REQUIRE_FALSE(b.to_judge.empty());
  b.kill(b.hearing);
  b.words("What is the weather like?");
  b.hear(silence(4'000ms));
  CHECK(b.order() == "began1 words1 ended1 heard1");
  b.hear(joined({sentence(), silence(4'200ms)}));
  b.words("And tomorrow?");
  CHECK(b.order() == "began1 words1 ended1 heard1 began2 ended2 words2 heard2");
}

TEST_CASE("the ears end when their session goes, and not when a worker does") {
  ears_bench b;
  bool ended = false;
  auto watcher = b.world.system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(b.ears);
    self->set_down_handler([&](const caf::down_msg&) { ended = true; });
    return {[](int) {}};
  });
  b.kill(b.transcription);
  b.kill(b.hearing);
  CHECK_FALSE(ended);
  b.kill(b.session);
  CHECK(ended);
  b.kill(watcher);
}
