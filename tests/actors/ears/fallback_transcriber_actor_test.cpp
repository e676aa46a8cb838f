#include "actors/ears/fallback_transcriber_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/ears/transcription_fixture.hpp"

using namespace dhr;
using namespace dhr::test;

namespace {

// A worker that answers nothing by itself.
struct worker_log {
  std::vector<transcribe> asked;
  std::vector<cancel_transcription> cancelled;
  transcription_client client;
};

transcription_actor::behavior_type silent_worker(transcription_actor::pointer, worker_log* log) {
  return {[log](const transcribe& x, const transcription_client& client) {
            log->asked.push_back(x);
            log->client = client;
          },
          [log](const cancel_transcription& x) { log->cancelled.push_back(x); }};
}

struct bench : transcription_world {
  worker_log server_log;
  worker_log stand_in_log;
  transcription_actor server =
      keep(transcription_actor{world.system.spawn(silent_worker, &server_log)});
  transcription_actor stand_in =
      keep(transcription_actor{world.system.spawn(silent_worker, &stand_in_log)});
  transcription_actor both = keep(spawn_fallback_transcriber(world.system, server, stand_in));

  ~bench() {
    server_log.client = nullptr;
    stand_in_log.client = nullptr;
  }
  void ask(const transcribe& request) {
    caf::anon_send(both, request, asker);
    world.settle();
  }
  template <class Answer>
  void answer(const worker_log& from, Answer message) {
    caf::anon_send(from.client, std::move(message));
    world.settle();
  }
};

transcript_failed failure(const transcribe& request, errc code) {
  transcript_failed failed;
  failed.utterance = request.utterance;
  failed.attempt = request.attempt;
  failed.reason = {code, "no answer", {}, {}};
  return failed;
}

transcript_ready words(const transcribe& request, std::string text) {
  transcript_ready ready;
  ready.utterance = request.utterance;
  ready.attempt = request.attempt;
  ready.text = std::move(text);
  return ready;
}

}  // namespace

TEST_CASE("a server that answers is not helped") {
  bench b;
  b.ask(attempt(1, 1));
  b.answer(b.server_log, words(attempt(1, 1), "Hello."));
  REQUIRE(b.log.ready.size() == 1);
  CHECK(b.log.ready[0].text == "Hello.");
  CHECK(b.log.ready[0].fallback.empty());
  CHECK(b.stand_in_log.asked.empty());
}

TEST_CASE("what the server fails the stand-in answers, and says why") {
  bench b;
  b.ask(attempt(1, 1));
  b.answer(b.server_log, failure(attempt(1, 1), errc::unavailable));
  CHECK(b.log.answers() == 0);
  REQUIRE(b.stand_in_log.asked == std::vector{attempt(1, 1)});
  b.answer(b.stand_in_log, words(attempt(1, 1), "Hello."));
  REQUIRE(b.log.ready.size() == 1);
  CHECK(b.log.ready[0].text == "Hello.");
  CHECK(b.log.ready[0].fallback.find("no answer") != std::string::npos);
}

TEST_CASE("a cancelled attempt is not given to the stand-in") {
  bench b;
  b.ask(attempt(1, 1));
  b.answer(b.server_log, failure(attempt(1, 1), errc::cancelled));
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::cancelled);
  CHECK(b.stand_in_log.asked.empty());
}

TEST_CASE("what both fail is failed once") {
  bench b;
  b.ask(attempt(1, 1));
  b.answer(b.server_log, failure(attempt(1, 1), errc::unavailable));
  b.answer(b.stand_in_log, failure(attempt(1, 1), errc::failed));
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::failed);
  b.answer(b.stand_in_log, failure(attempt(1, 1), errc::failed));
  CHECK(b.log.answers() == 1);
}

TEST_CASE("the same attempt of a conversation that was taken up again is another one") {
  bench b;
  auto later = attempt(1, 1);
  later.utterance.epoch.value = 2;
  b.ask(attempt(1, 1));
  b.ask(later);
  b.answer(b.server_log, words(attempt(1, 1), "Old."));
  b.answer(b.server_log, words(later, "New."));
  REQUIRE(b.log.ready.size() == 2);
  CHECK(b.log.ready[0].text == "Old.");
  CHECK(b.log.ready[1].text == "New.");
}

TEST_CASE("a cancellation reaches both") {
  bench b;
  caf::anon_send(b.both, cancel_transcription{attempt(1, 1).utterance, 1});
  b.world.settle();
  CHECK(b.server_log.cancelled.size() == 1);
  CHECK(b.stand_in_log.cancelled.size() == 1);
}
