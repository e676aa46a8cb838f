// What must not begin an utterance: noise, and the face itself.
#include "actors/ears/listener.hpp"

#include <cmath>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "tests/actors/ears/listening_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

namespace {

std::vector<float> tone(double frequency, double level, milliseconds length, double decay_s = 0) {
  std::vector<float> samples;
  for (std::int64_t i = 0; i < length.count() * ms; ++i) {
    const double t = static_cast<double>(i) / 16'000;
    const double angle = 2 * std::numbers::pi * frequency * t;
    const double envelope = decay_s > 0 ? std::exp(-t / decay_s) : 1;
    samples.push_back(static_cast<float>(
        level * envelope *
        (std::sin(angle) + 0.4 * std::sin(2 * angle) + 0.2 * std::sin(3 * angle))));
  }
  return samples;
}

constexpr auto a_minute = static_cast<std::size_t>(60 * 16'000);

std::vector<float> keyboard() {
  auto samples = white_noise(a_minute, from_db(-65), 5);
  std::mt19937 chance{7};
  std::uniform_int_distribution<std::size_t> gap{1'200, 5'000};
  std::normal_distribution<float> normal;
  std::size_t at = 0;
  for (bool press = true; (at += press ? gap(chance) : 1'300) + 500 < a_minute; press = !press) {
    const float level = press ? 0.25f : 0.12f;
    for (std::size_t i = 0; i < 480; ++i) {
      samples[at + i] += level * normal(chance) * std::exp(-static_cast<float>(i) / 60);
    }
  }
  return samples;
}

std::vector<float> melody() {
  const double notes[] = {261.6, 293.7, 329.6, 392.0, 440.0, 392.0, 329.6, 293.7};
  std::vector<float> samples;
  for (std::size_t i = 0; samples.size() < a_minute; ++i) {
    const auto note = tone(notes[i * 5 % 8], 0.25, 400ms, 0.25);
    samples.insert(samples.end(), note.begin(), note.end());
  }
  return samples;
}

}  // namespace

TEST_CASE("a minute of what is no voice begins nothing") {
  using sound = std::pair<const char*, std::vector<float> (*)()>;
  const auto [name, make] = GENERATE(values<sound>({
      {"silence", [] { return std::vector<float>(a_minute); }},
      {"faint noise", [] { return white_noise(a_minute, from_db(-50), 1); }},
      {"loud noise", [] { return white_noise(a_minute, from_db(-30), 2); }},
      {"hum", [] { return tone(50, 0.1, 60s); }},
      {"offset",
       [] {
         auto samples = white_noise(a_minute, from_db(-60), 3);
         for (auto& x : samples) x += 0.3f;
         return samples;
       }},
      {"clipped noise", [] { return white_noise(a_minute, 1.5, 4); }},
      {"keyboard", keyboard},
      {"melody", melody},
  }));
  CAPTURE(name);
  listening_bench b;
  b.hear(make());
  CHECK(b.begins.empty());
}

TEST_CASE("what is remembered of silence is bounded, however long it lasts") {
  listening_bench b;
  const auto bytes = encoded(silence(20ms), b.settings.input);
  std::int64_t most = 0;
  for (int i = 0; i < 50 * 60 * 10; ++i) {
    b.hear_piece(bytes, 20ms);
    most = std::max(most, b.remembered());
  }
  CHECK(b.tested.sound().last() >= 9 * 60 * 16'000);
  CHECK(most <= 364 * ms + 2 * hearing_block_samples);
}

// ---- the face

namespace {

struct echo_test {
  listening_bench bench;
  unsigned seed = 9;  // of the room's noise

  explicit echo_test(bool guarded)
      : bench{heard_at_16k(turn_detection_kind::server_vad), guarded} {}

  static std::vector<float> texts() {
    static const char* const clauses[] = {
        "Good morning. I looked at the numbers for the third quarter.",
        "Revenue rose by four and a half percent, which is more than we had thought.",
        "Airlines and shipping companies gained more than most.", "Prices rise. Shares fall.",
        "So, should she say yes?"};
    return flite_speech(clauses);
  }

  // The face says a text over and over, and hears itself 120 ms later at -12 dB; at `person_at`
  // somebody else speaks.
  void run(milliseconds length, milliseconds person_at) {
    auto said = texts();
    auto microphone =
        white_noise(static_cast<std::size_t>(length.count() * ms), from_db(-60), seed);
    const auto once = said.size();
    while (said.size() < microphone.size() + 16'000) said.push_back(said[said.size() - once]);
    for (std::size_t i = 120 * ms; i < microphone.size(); ++i) {
      microphone[i] += 0.25f * said[i - 120 * ms];
    }
    const auto person = recorded_speech();
    const auto first = static_cast<std::size_t>(person_at.count() * ms);
    for (std::size_t i = 0; i < person.size() && first + i < microphone.size(); ++i) {
      microphone[first + i] += 0.7f * person[i];
    }
    const auto heard = encoded(microphone, bench.settings.input);
    const auto spoken = encoded(said, {audio_encoding::pcm16, 24'000});
    const auto begins = bench.now;
    int sent = 0;
    for (int piece = 0; piece * 20ms < length; ++piece) {
      // The face's sound comes 500 ms ahead, 100 ms at a time.
      for (; sent < piece + 25; sent += 5) {
        bench.tested.face_sounded(std::string_view{spoken}.substr(sent * 960u, 4'800),
                                  begins + sent * 20ms);
      }
      bench.hear_piece(std::string_view{heard}.substr(piece * 640u, 640), 20ms);
    }
  }
};

}  // namespace

TEST_CASE("the face's own voice from the loudspeaker begins nothing, another voice does") {
  echo_test alone{true};
  alone.run(20s, 60s);
  CHECK(alone.bench.begins.empty());
  echo_test unguarded{false};
  unguarded.run(5s, 60s);
  CHECK_FALSE(unguarded.bench.begins.empty());
  echo_test with_person{true};
  with_person.run(15s, 8s);
  REQUIRE_FALSE(with_person.bench.begins.empty());
  CHECK(with_person.bench.begins[0].onset >= 8'000 * ms);
  CHECK(with_person.bench.begins[0].onset <= 9'500 * ms);
}

TEST_CASE("a minute of the face's own voice with its pauses begins nothing in a quiet room") {
  const auto seed = GENERATE(1u, 2u, 3u);
  CAPTURE(seed);
  echo_test alone{true};
  alone.seed = seed;
  alone.run(60s, 90s);
  CHECK(alone.bench.begins.empty());
}

TEST_CASE("a face that runs dry in the midst of a word and goes on begins nothing") {
  // Every 1.3 s there is no more sound for a while; the listener's pause differs by up to 6 ms.
  const auto dry = GENERATE(12ms, 30ms, 80ms);
  CAPTURE(dry.count());
  const auto said = echo_test::texts();
  listening_bench b;
  constexpr std::int64_t piece = 1'300 * ms;
  std::vector<mono_time> begins;
  auto microphone = white_noise(said.size() + 60'000, from_db(-60), 3);
  std::int64_t heard_at = 1'000 * ms;
  for (std::int64_t at = 0; at < static_cast<std::int64_t>(said.size()); at += piece) {
    begins.push_back(b.now + 1s + nanoseconds{(at / piece) * dry + milliseconds{at / ms}});
    const auto late = 120 * ms + at / piece % 3 * 3 * ms;
    const auto count = std::min(piece, static_cast<std::int64_t>(said.size()) - at);
    for (std::int64_t i = 0; i < count; ++i) {
      microphone[static_cast<std::size_t>(heard_at + late + i)] +=
          0.25f * said[static_cast<std::size_t>(at + i)];
    }
    heard_at += piece + dry.count() * ms;
  }
  const auto spoken = encoded(said, {audio_encoding::pcm16, 24'000});
  const auto heard = encoded(microphone, b.settings.input);
  constexpr std::size_t chunk = 4'800;  // 100 ms
  std::size_t sent = 0;
  for (std::size_t at = 0; at < heard.size(); at += 640) {
    while (sent < spoken.size()) {
      const auto of_piece = sent / chunk / 13;
      const auto when = begins[of_piece] + milliseconds{sent / chunk % 13 * 100};
      if (when > b.now + 100ms) break;
      b.tested.face_sounded(std::string_view{spoken}.substr(sent, chunk), when);
      sent += chunk;
    }
    b.hear_piece(std::string_view{heard}.substr(at, 640), 20ms);
  }
  CHECK(sent >= spoken.size());
  CHECK(b.begins.empty());
}

TEST_CASE("silence after the face is reported with the places of its sound") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.detection.idle_timeout = 2s;
  listening_bench b{settings};
  b.tested.face_sounded(std::string(48'000, '\0'), b.now);  // one second
  b.hear(silence(4'000ms));
  const auto idle = b.all<report_idle>();
  REQUIRE(idle.size() == 1);
  CHECK(std::abs(idle[0].first_sample - 1'000 * ms) <= 64 * ms);
  CHECK(std::abs(idle[0].last_sample - 3'000 * ms) <= 64 * ms);
}

TEST_CASE("a face that broke off sounds no longer") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.detection.idle_timeout = 2s;
  listening_bench b{settings};
  b.tested.face_sounded(std::string(480'000, '\0'), b.now);  // ten seconds
  b.hear(silence(500ms));
  b.tested.face_silenced(b.now);
  b.hear(silence(2'200ms));
  CHECK(b.all<report_idle>().size() == 1);
}
