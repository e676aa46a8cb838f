#pragma once
// The ears between a session and workers that write down what they are told, and answer when the
// test says so.

#include <caf/all.hpp>
#include <string>
#include <vector>

#include "actors/ears/ears_actor.hpp"
#include "tests/actors/ears/listening_bench.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr::test {

struct name_of_event {
  static std::string named(const char* name, std::uint64_t number) {
    return name + std::to_string(number);
  }
  std::string operator()(const speech_began& x) const { return named("began", x.utterance); }
  std::string operator()(const end_expected&) const { return {}; }
  std::string operator()(const end_withdrawn&) const { return {}; }
  std::string operator()(const words_heard& x) const { return named("words", x.utterance); }
  std::string operator()(const speech_ended& x) const { return named("ended", x.utterance); }
  std::string operator()(const audio_taken& x) const { return named("taken", x.utterance); }
  std::string operator()(const commit_refused& x) const { return "refused:" + x.request; }
  std::string operator()(const utterance_heard& x) const { return named("heard", x.utterance); }
  std::string operator()(const melody_heard& x) const { return named("melody", x.utterance); }
  std::string operator()(const utterance_dropped& x) const {
    return named("dropped", x.utterance) + ':' + x.reason;
  }
  std::string operator()(const utterance_failed& x) const { return named("failed", x.utterance); }
  std::string operator()(const item_heard& x) const { return "item:" + x.item_id; }
  std::string operator()(const item_unheard& x) const { return "unheard:" + x.item_id; }
  std::string operator()(const nothing_heard&) const { return "nothing"; }
  std::string operator()(const hearing_failed&) const { return "problem"; }
  std::string operator()(const hearing_changed&) const { return "changed"; }
};

class ears_bench {
 public:
  explicit ears_bench(listening_settings settings, std::vector<std::string> languages = {})
      : settings_{std::move(settings)} {
    world.clock.advance(std::chrono::hours{1});
    session = world.system.spawn([this]() -> ears_client::behavior_type {
      return {[this](const ears_event& x) { events.push_back(x); }};
    });
    transcription = world.system.spawn([this]() -> transcription_actor::behavior_type {
      return {[this](const transcribe& x, const transcription_client&) { asked.push_back(x); },
              [this](const cancel_transcription& x) { cancelled.push_back(x); }};
    });
    hearing = world.system.spawn([this]() -> hearing_actor::behavior_type {
      return {[this](const judge_end& x, const hearing_client&) { to_judge.push_back(x); },
              [this](const measure_melody& x, const hearing_client&) { to_measure.push_back(x); }};
    });
    ears_options options;
    options.listening.net = voice_net();
    options.transcription = transcription;
    options.hearing = hearing;
    options.time = &world.clock;
    options.conversation = {{"conv_test"}, {2}, 0};
    options.languages = std::move(languages);
    options_ = options;
    listen_anew();
  }
  // The ears die, and others take their place.
  void follow() {
    kill(ears);
    listen_anew();
  }
  explicit ears_bench(turn_detection_kind kind = turn_detection_kind::server_vad)
      : ears_bench{heard_at_16k(kind)} {}
  ~ears_bench() {
    kill(session);
    kill(ears);
    kill(transcription);
    kill(hearing);
  }
  template <class Actor>
  void kill(Actor& actor) {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::kill);
    actor = nullptr;
    world.settle();
  }

  void tell(ears_request_payload request) {
    caf::anon_send(ears, ears_request{std::move(request)});
    world.settle();
  }
  // As a client sends it: 20 ms at a time, as long as it lasts.
  void hear(std::vector<float> samples) {
    const auto bytes = encoded(std::move(samples), settings_.input);
    const auto piece = bytes_per_second(settings_.input) / 50;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      world.clock.advance(milliseconds{20});
      tell(dhr::hear{shared_bytes{bytes.substr(at, piece)}});
    }
  }
  template <class Answer>
  void answer(Answer message) {
    caf::anon_send(ears, std::move(message));
    world.settle();
  }
  void words_of(const transcribe& request, std::string text, std::string fallback = {}) {
    transcript_ready ready;
    ready.utterance = request.utterance;
    ready.attempt = request.attempt;
    ready.text = std::move(text);
    ready.fallback = std::move(fallback);
    answer(std::move(ready));
  }
  // Answers the last transcribe.
  void words(std::string text) { words_of(asked.back(), std::move(text)); }
  void no_transcript(errc code) {
    answer(
        transcript_failed{asked.back().utterance, asked.back().attempt, {code, "trouble", {}, {}}});
  }
  void end_is(std::optional<double> probability) {
    answer(end_judged{to_judge.back().utterance, to_judge.back().attempt, probability});
  }
  // What the workers know an utterance by.
  [[nodiscard]] turn_id named(std::uint64_t utterance) const {
    return {{"conv_test"}, {2}, named_from + utterance};
  }
  void melody(std::uint64_t utterance, double pitch) {
    prosody measured;
    measured.pitch_hz_median = pitch;
    answer(melody_measured{named(utterance), measured});
  }

  template <class Event>
  [[nodiscard]] std::vector<Event> all() const {
    std::vector<Event> found;
    for (const auto& event : events) {
      if (const auto* x = std::get_if<Event>(&event.what)) found.push_back(*x);
    }
    return found;
  }
  template <class Event>
  [[nodiscard]] Event only() const {
    const auto found = all<Event>();
    REQUIRE(found.size() == 1);
    return found.front();
  }
  // What was told, in order, but for expectations.
  [[nodiscard]] std::string order() const {
    std::string names;
    for (const auto& event : events) {
      const auto name = std::visit(name_of_event{}, event.what);
      if (!names.empty() && !name.empty()) names += ' ';
      names += name;
    }
    return names;
  }

  std::vector<ears_event> events;
  std::vector<transcribe> asked;
  std::vector<cancel_transcription> cancelled;
  std::vector<judge_end> to_judge;
  std::vector<measure_melody> to_measure;
  testing::deterministic_system<add_ears_messages> world;
  ears_client session;
  transcription_actor transcription;
  hearing_actor hearing;
  ears_actor ears;
  std::uint64_t named_from = 0;

 private:
  void listen_anew() {
    named_from = static_cast<std::uint64_t>(world.clock.now().time_since_epoch().count() / 1'000);
    ears = world.system.spawn(ears_behavior, session, options_);
    tell(listen{settings_});
  }

  listening_settings settings_;
  ears_options options_;
};

}  // namespace dhr::test
