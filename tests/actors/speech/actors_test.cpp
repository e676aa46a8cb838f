// The messages over CAF's wire, the worker and the voice child, on the deterministic scheduler.
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <span>

#include "actors/speech/synthesis_worker_actor.hpp"
#include "actors/speech/tone_voice.hpp"
#include "actors/speech/voice_actor.hpp"
#include "tests/gpu/counting_worker_metrics.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace std::chrono_literals;
using testing::round_trip;

namespace {

std::unique_ptr<caf::actor_system_config> make_config() {
  auto config = std::make_unique<caf::actor_system_config>();
  add_speech_messages(*config);
  config->set("scheduler.policy", caf::atom("testing"));
  return config;
}

// A voice that does what the test says, and remembers what it was asked.
class scripted_voice final : public synthesizer {
 public:
  using script = std::function<result<utterance>(std::string_view)>;
  scripted_voice(std::string name, script say) : name_{std::move(name)}, say_{std::move(say)} {}
  std::string_view name() const noexcept override { return name_; }
  result<utterance> synthesize(std::string_view text, const speaking_style&) override {
    return say_(text);
  }

 private:
  const std::string name_;
  const script say_;
};

struct counting_metrics final : speech_metrics {
  void synthesis_finished(nanoseconds waited, nanoseconds took, nanoseconds sound) override {
    finished.push_back({waited, took, sound});
  }
  void queue_depth(std::size_t clauses) override { deepest = std::max(deepest, clauses); }
  void clause_dropped(errc reason) override { dropped.push_back(reason); }
  std::vector<std::array<nanoseconds, 3>> finished;
  std::vector<errc> dropped;
  std::size_t deepest = 0;
};

struct answers {
  std::vector<speech_ready> ready;
  std::vector<speech_failed> failed;
  std::vector<voice_changed> changed;
  std::string order;  // "0 !1 " for a sound and a failure
};

speech_client::behavior_type recording_session(speech_client::pointer, answers* log) {
  return {[=](const speech_ready& m) {
            log->ready.push_back(m);
            log->order += std::to_string(m.index) + ' ';
          },
          [=](const speech_failed& m) {
            log->failed.push_back(m);
            log->order += '!' + std::to_string(m.index) + ' ';
          },
          [=](const voice_changed& m) { log->changed.push_back(m); }};
}

// An actor system that stands still until `run`, with a worker of the tone voice and others.
class world {
 public:
  world() : config_{make_config()}, system{*config_} {}
  ~world() {
    for (const auto& actor : spawned_) caf::anon_send_exit(actor, caf::exit_reason::kill);
    spawned_.clear();
    run();
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }
  void run() { scheduler().run(); }

  synthesis_actor spawn_worker(std::vector<std::unique_ptr<synthesizer>> voices,
                               work_queue_options queue = {}) {
    synthesis_worker_options options;
    for (auto& voice : voices) add_voice(options.voices, std::move(voice));
    options.time = &time;
    options.metrics = metrics;
    options.device_metrics = device_metrics;
    options.queue = queue;
    return keep(spawn_synthesis_worker(system, worker_spawn::scheduled, std::move(options)));
  }
  synthesis_actor spawn_tone_worker(work_queue_options queue = {}) {
    std::vector<std::unique_ptr<synthesizer>> voices;
    voices.push_back(make_tone_voice());
    return spawn_worker(std::move(voices), queue);
  }
  speech_client spawn_session(answers& log) {
    return keep(speech_client{system.spawn(recording_session, &log)});
  }
  voice_actor spawn_voice(const speech_client& session, const synthesis_actor& worker,
                          voice_options options = {}) {
    return keep(voice_actor{system.spawn(voice_behavior, session, worker, std::move(options))});
  }
  template <class Handle>
  Handle keep(Handle handle) {
    spawned_.push_back(caf::actor_cast<caf::actor>(handle));
    return handle;
  }

 private:
  std::unique_ptr<caf::actor_system_config> config_;
  std::vector<caf::actor> spawned_;

 public:
  caf::actor_system system;
  manual_clock time;
  std::shared_ptr<counting_metrics> metrics = std::make_shared<counting_metrics>();
  std::shared_ptr<test::counting_worker_metrics> device_metrics =
      std::make_shared<test::counting_worker_metrics>();
};

speak clause(std::uint64_t number, std::uint32_t index, std::string text = "hello there",
             std::string voice = "tone", std::string conversation = "c") {
  return {
      {{std::move(conversation)}, {1}, number}, index, std::move(text), std::move(voice), {}, 10s};
}

}  // namespace

TEST_CASE("each message of the speech room arrives as it was sent") {
  const auto config = make_config();
  caf::actor_system system{*config};
  const turn_id turn{{"conv_1"}, {3}, 7};
  const speak request{turn, 2, "Q3 rose 4%", "joe", {1.0 / 3.0, 1.1}, 1234ms, 150ms};
  CHECK(round_trip(system, request) == request);
  CHECK(round_trip(system, cancel_speech{turn}) == cancel_speech{turn});
  const std::vector<std::int16_t> sound{-32768, 0, 32767};
  const speech_ready ready{turn,
                           2,
                           shared_bytes::of(std::span{sound}),
                           {{"tʃ", 0, 2, true}, {"", 2, 3, false}},
                           {{"$5", 0, 2}},
                           17ms};
  CHECK(round_trip(system, ready) == ready);
  CHECK(round_trip(system, ready).pcm.as<std::int16_t>() == sound);
  const auto failed =
      round_trip(system, speech_failed{turn, 2, {errc::overloaded, "busy", "voice", 5ms}});
  CHECK(failed.turn == turn);
  CHECK(failed.index == 2);
  CHECK(failed.reason.code == errc::overloaded);
  CHECK(failed.reason.message == "busy");
  CHECK(failed.reason.where == "voice");
  CHECK(failed.reason.retry_after == 5ms);
  const voice_changed changed{turn, "joe", "slt", "espeak-ng is missing"};
  CHECK(round_trip(system, changed) == changed);
}

TEST_CASE("a clause comes back as sound with phonemes and words") {
  world w;
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), w.spawn_tone_worker());
  caf::anon_send(voice, clause(1, 0, "It cost $5."));
  w.run();
  REQUIRE(log.ready.size() == 1);
  const auto expected = make_tone_voice()->synthesize("It cost $5.", {}).value();
  CHECK(log.ready[0].pcm.as<std::int16_t>() == expected.samples);
  CHECK(log.ready[0].phonemes == expected.phonemes);
  CHECK(log.ready[0].words == expected.words);
  REQUIRE(w.metrics->finished.size() == 1);
  CHECK(w.metrics->finished[0][2] ==
        nanoseconds{static_cast<std::int64_t>(expected.samples.size()) * 1'000'000'000 / 24'000});
}

TEST_CASE("a clause of symbols alone comes back without sound, in its place") {
  world w;
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), w.spawn_tone_worker());
  caf::anon_send(voice, clause(1, 0, "one"));
  caf::anon_send(voice, clause(1, 1, "👍"));
  caf::anon_send(voice, clause(1, 2, "two"));
  w.run();
  CHECK(log.order == "0 1 2 ");
  CHECK(log.ready[1].pcm.empty());
  CHECK(log.ready[1].phonemes.empty());
}

TEST_CASE("the worker speaks first clauses before others' later ones") {
  world w;
  std::string order;
  std::vector<std::unique_ptr<synthesizer>> voices;
  voices.push_back(
      std::make_unique<scripted_voice>("tone", [&](std::string_view text) -> result<utterance> {
        order.append(text).append(" ");
        return utterance{{1}, {}, {}};
      }));
  const auto worker = w.spawn_worker(std::move(voices));
  answers log;
  const synthesis_client session = w.spawn_session(log);
  caf::anon_send(worker, clause(1, 1, "a1", "tone", "a"), session);
  caf::anon_send(worker, clause(1, 2, "a2", "tone", "a"), session);
  caf::anon_send(worker, clause(1, 0, "b0", "tone", "b"), session);
  w.run();
  CHECK(order == "b0 a1 a2 ");
}

TEST_CASE("a cancellation that arrives during a clause saves the worker the rest") {
  world w;
  std::vector<std::string> said;
  synthesis_actor worker;
  std::vector<std::unique_ptr<synthesizer>> voices;
  voices.push_back(
      std::make_unique<scripted_voice>("tone", [&](std::string_view text) -> result<utterance> {
        said.emplace_back(text);
        if (said.size() == 1) caf::anon_send(worker, cancel_speech{{{"c"}, {1}, 1}});
        return utterance{{1}, {}, {}};
      }));
  worker = w.spawn_worker(std::move(voices));
  answers log;
  const synthesis_client session = w.spawn_session(log);
  for (std::uint32_t i = 0; i < 4; ++i)
    caf::anon_send(worker, clause(1, i, std::to_string(i)), session);
  w.run();
  CHECK(said == std::vector<std::string>{"0"});
  CHECK(log.order == "0 !1 !2 !3 ");
  CHECK(log.failed[0].reason.code == errc::cancelled);
  CHECK(w.metrics->dropped == std::vector<errc>(3, errc::cancelled));
}

TEST_CASE("the voice hands on nothing of a cancelled turn") {
  world w;
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), w.spawn_tone_worker());
  caf::anon_send(voice, clause(1, 0));
  caf::anon_send(voice, clause(1, 1));
  caf::anon_send(voice, cancel_speech{{{"c"}, {1}, 1}});
  caf::anon_send(voice, clause(2, 0));
  w.run();
  REQUIRE(log.order == "0 ");
  CHECK(log.ready[0].turn.number == 2);
}

TEST_CASE("a voice that is unavailable is replaced and the session is told") {
  world w;
  std::vector<std::unique_ptr<synthesizer>> voices;
  voices.push_back(make_tone_voice());
  voices.push_back(
      std::make_unique<scripted_voice>("joe", [](std::string_view) -> result<utterance> {
        return fail(errc::unavailable, "espeak-ng is missing");
      }));
  const auto worker = w.spawn_worker(std::move(voices));
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), worker, {.fall_backs = {"tone"}});
  for (std::uint32_t i = 0; i < 3; ++i) caf::anon_send(voice, clause(1, i, "hello", "joe"));
  w.run();
  CHECK(log.order == "0 1 2 ");
  REQUIRE(log.changed.size() == 1);
  CHECK(log.changed[0] == voice_changed{{{"c"}, {1}, 1}, "joe", "tone", "espeak-ng is missing"});
}

TEST_CASE("a voice that is not known and a manner out of range are refused by name") {
  world w;
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), w.spawn_tone_worker());
  caf::anon_send(voice, clause(1, 0, "hello", "bob"));
  auto fast = clause(1, 1);
  fast.style.rate = 2.5;
  caf::anon_send(voice, fast);
  auto wild = clause(1, 2);
  wild.style.liveliness = 2;
  caf::anon_send(voice, wild);
  auto halting = clause(1, 3);
  halting.pause = 2s;
  caf::anon_send(voice, halting);
  w.run();
  REQUIRE(log.failed.size() == 4);
  CHECK(log.failed[0].reason.code == errc::not_found);
  CHECK(log.failed[0].reason.where == "voice");
  CHECK(log.failed[1].reason.code == errc::invalid_argument);
  CHECK(log.failed[1].reason.where == "rate");
  CHECK(log.failed[2].reason.where == "liveliness");
  CHECK(log.failed[3].reason.where == "pause");
}

TEST_CASE("a pause comes before the clause, in sound and times") {
  world w;
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), w.spawn_tone_worker());
  caf::anon_send(voice, clause(1, 0));
  auto halting = clause(1, 1);
  halting.pause = 100ms;
  caf::anon_send(voice, halting);
  w.run();
  REQUIRE(log.ready.size() == 2);
  const auto& usual = log.ready[0];
  const auto& later = log.ready[1];
  CHECK(later.pcm.size() == usual.pcm.size() + 2 * 2'400);
  CHECK(later.phonemes.front() == phoneme_span{"", 0, 2'400, false});
  CHECK(later.phonemes.at(1).first_sample == usual.phonemes.front().first_sample + 2'400);
  CHECK(later.words.front().first_sample == usual.words.front().first_sample + 2'400);
}

TEST_CASE("a clause that waited past its budget fails with deadline") {
  world w;
  std::vector<std::unique_ptr<synthesizer>> voices;
  voices.push_back(
      std::make_unique<scripted_voice>("tone", [&](std::string_view) -> result<utterance> {
        w.time.advance(300ms);
        return utterance{{1}, {}, {}};
      }));
  const auto worker = w.spawn_worker(std::move(voices));
  answers log;
  const auto voice = w.spawn_voice(w.spawn_session(log), worker);
  for (std::uint32_t i = 0; i < 3; ++i) {
    auto request = clause(1, i);
    request.budget = 500ms;
    caf::anon_send(voice, request);
  }
  w.run();
  CHECK(log.order == "0 1 !2 ");
  CHECK(log.failed[0].reason.code == errc::deadline);
  CHECK(log.ready[0].took == 300ms);
  CHECK(w.metrics->finished[1][0] == 300ms);
  CHECK(w.device_metrics->waits == std::vector<nanoseconds>{0ms, 300ms});
  REQUIRE(w.device_metrics->batches.size() == 2);
  CHECK(w.device_metrics->batches[1] == std::pair<std::size_t, nanoseconds>{1, 300ms});
  CHECK(w.device_metrics->drops == std::vector<work_drop>{work_drop::expired});
  CHECK(w.device_metrics->depth == 0);
}

TEST_CASE("a conversation that floods the worker does not keep another's clauses waiting") {
  world w;
  const auto worker = w.spawn_tone_worker({.depth_max = 16});
  answers log;  // of both
  const synthesis_client session = w.spawn_session(log);
  for (std::uint32_t i = 1; i <= 20; ++i) {
    caf::anon_send(worker, clause(1, i, "hello there", "tone", "flood"), session);
  }
  for (std::uint32_t i = 1; i <= 3; ++i) {
    caf::anon_send(worker, clause(1, i, "hello there", "tone", "other"), session);
  }
  w.scheduler().run();
  CHECK(log.failed.size() == 12);
  REQUIRE(log.ready.size() == 11);
  std::size_t of_flood = 0;
  std::size_t of_other = 0;
  for (const auto& one : log.ready) {
    if (of_other == 3) break;
    ++(one.turn.conversation.value == "flood" ? of_flood : of_other);
  }
  CHECK(of_other == 3);
  CHECK(of_flood <= 4);
}

TEST_CASE("a worker whose queue is full refuses with overloaded and a time to try again") {
  world w;
  const auto worker = w.spawn_tone_worker({.depth_max = 2});
  answers log;
  const synthesis_client session = w.spawn_session(log);
  for (int i = 0; i < 3; ++i) {
    caf::anon_send(worker, clause(1, 0, "hello", "tone", "c" + std::to_string(i)), session);
  }
  w.run();
  CHECK(log.ready.size() == 2);
  REQUIRE(log.failed.size() == 1);
  CHECK(log.failed[0].reason.code == errc::overloaded);
  CHECK(log.failed[0].reason.retry_after);
  CHECK(w.metrics->deepest == 2);
  CHECK(w.device_metrics->deepest == 2);
  CHECK(w.device_metrics->drops == std::vector<work_drop>{work_drop::overloaded});
}

TEST_CASE("who is refused is told how long what waits will take at the voices' pace") {
  world w;
  std::vector<std::unique_ptr<synthesizer>> voices;
  voices.push_back(std::make_unique<scripted_voice>("slow", [&](std::string_view) {
    w.time.advance(2s);
    return utterance{{1}, {}, {}};
  }));
  const auto worker = w.spawn_worker(std::move(voices), {.depth_max = 2});
  answers log;
  const synthesis_client session = w.spawn_session(log);
  const auto ask = [&](const char* conversation) {
    caf::anon_send(worker, clause(1, 0, "hello", "slow", conversation), session);
  };
  ask("a");
  w.run();
  for (const char* conversation : {"b", "c", "d"}) ask(conversation);
  w.run();
  REQUIRE(log.failed.size() == 1);
  CHECK(log.failed[0].reason.code == errc::overloaded);
  CHECK(log.failed[0].reason.retry_after == 4s);
}

TEST_CASE("a voice whose worker died fails its clauses instead of waiting") {
  world w;
  answers log;
  const auto worker = w.spawn_tone_worker();
  const auto voice = w.spawn_voice(w.spawn_session(log), worker);
  w.run();
  caf::anon_send_exit(worker, caf::exit_reason::kill);
  w.run();
  caf::anon_send(voice, clause(1, 0));
  w.run();
  REQUIRE(log.failed.size() == 1);
  CHECK(log.failed[0].reason.code == errc::unavailable);
}

TEST_CASE("a voice ends with its session and frees the worker of its clauses") {
  world w;
  answers log;
  int said = 0;
  std::vector<std::unique_ptr<synthesizer>> voices;
  speech_client session;
  voices.push_back(
      std::make_unique<scripted_voice>("tone", [&](std::string_view) -> result<utterance> {
        if (++said == 1) caf::anon_send_exit(session, caf::exit_reason::kill);
        return utterance{{1}, {}, {}};
      }));
  const auto worker = w.spawn_worker(std::move(voices));
  session = w.spawn_session(log);
  const auto voice = w.spawn_voice(session, worker, {.fall_backs = {}, .in_flight_max = 1});
  for (std::uint32_t i = 0; i < 4; ++i) caf::anon_send(voice, clause(1, i));
  w.run();
  CHECK(said <= 2);
  CHECK(log.order.empty());
}

TEST_CASE("a voice that takes another's place goes on in the middle of the turn") {
  world w;
  answers log;
  const auto worker = w.spawn_tone_worker();
  const auto session = w.spawn_session(log);
  const auto voice = w.spawn_voice(session, worker);
  for (std::uint32_t i = 0; i < 2; ++i) caf::anon_send(voice, clause(1, i));
  w.run();
  caf::anon_send_exit(voice, caf::exit_reason::kill);  // as after a throw: no handler runs
  w.run();
  const auto next = w.spawn_voice(session, worker);
  for (std::uint32_t i = 2; i < 4; ++i) caf::anon_send(next, clause(1, i));
  w.run();
  CHECK(log.order == "0 1 2 3 ");
  CHECK(log.failed.empty());
}

TEST_CASE("a voice that is told to end cancels its clauses at the worker") {
  world w;
  answers log;
  std::vector<std::string> said;
  voice_actor voice;
  std::vector<std::unique_ptr<synthesizer>> voices;
  voices.push_back(
      std::make_unique<scripted_voice>("tone", [&](std::string_view text) -> result<utterance> {
        said.emplace_back(text);
        if (said.size() == 1) caf::anon_send_exit(voice, caf::exit_reason::user_shutdown);
        // Lets the voice act before the worker goes on with its next clause.
        while (said.size() == 1 && w.scheduler().try_run_once()) {
        }
        return utterance{{1}, {}, {}};
      }));
  voice = w.spawn_voice(w.spawn_session(log), w.spawn_worker(std::move(voices)));
  for (std::uint32_t i = 0; i < 4; ++i) caf::anon_send(voice, clause(1, i, std::to_string(i)));
  w.run();
  CHECK(said == std::vector<std::string>{"0"});
  CHECK(w.metrics->dropped == std::vector<errc>(3, errc::cancelled));
}
