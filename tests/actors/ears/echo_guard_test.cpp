#include "actors/ears/echo_guard.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "tests/actors/ears/spoken_sound.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t rate = 16'000;
const mono_time start{74h + 123'456'789ns};  // when the face begins to speak
constexpr auto length = static_cast<std::size_t>(21 * rate);

std::vector<float> of_length(std::vector<float> samples) {
  const auto once = samples.size();
  while (samples.size() < length) samples.push_back(samples[samples.size() - once]);
  samples.resize(length);
  return samples;
}

// Spoken by the face.
const std::vector<float>& face() {
  static const char* const clauses[] = {
      "Good morning. I looked at the numbers for the third quarter, and revenue rose by four and a "
      "half percent.",
      "The best companies in the world keep a close eye on what their customers are asking for.",
      "There is one more thing that you may want to know before you decide.",
      "Shall I go on with the details, or would you rather hear about the risks first?",
      "In the long run, bonds and shares move in different directions, though not always."};
  static const auto samples = of_length(test::flite_speech(clauses));
  return samples;
}

// Somebody else, without the recording's rumble below 100 Hz, which would pass for a voice in the
// pauses.
const std::vector<float>& person() {
  static const auto samples = [] {
    auto voice = of_length(test::recorded_speech());
    for (int order = 0; order < 2; ++order) {
      float last_in = 0;
      float passed = 0;
      for (auto& sample : voice) {
        passed = sample - last_in + 0.96f * passed;
        last_in = std::exchange(sample, passed);
      }
    }
    return voice;
  }();
  return samples;
}

struct echo_path {
  milliseconds delay{120};
  double gain_db = -12;
  bool room = true;
};

// The loudspeaker passes 300 Hz and more, the room adds reflections that die away by 60 dB in
// 150 ms, 3 dB below the direct sound in sum.
std::vector<float> echo_of(const std::vector<float>& sound, const echo_path& path) {
  std::vector<float> answer{1.0f};
  if (path.room) {
    const std::size_t tail = 2'400;
    auto reflections = test::white_noise(tail, 1.0, 5);
    double energy = 0;
    for (std::size_t i = 0; i < tail; ++i) {
      reflections[i] *= i < 32 ? 0.0f : static_cast<float>(std::pow(10.0, -3.0 * i / tail));
      energy += reflections[i] * reflections[i];
    }
    const auto level = static_cast<float>(std::sqrt(0.5 / energy));
    answer.resize(tail);
    for (std::size_t i = 32; i < tail; ++i) answer[i] = level * reflections[i];
  }
  const auto gain = static_cast<float>(test::from_db(path.gain_db));
  const auto delay = static_cast<std::size_t>(path.delay.count() * rate / 1'000);
  std::vector<float> heard(sound.size(), 0.0f);
  float last_in = 0;
  float passed = 0;
  for (std::size_t n = 0; n + delay < sound.size(); ++n) {
    passed = sound[n] - last_in + 0.89f * passed;
    last_in = sound[n];
    const auto reach = std::min(answer.size(), sound.size() - n - delay);
    for (std::size_t i = 0; i < reach; ++i) heard[n + delay + i] += gain * passed * answer[i];
  }
  return heard;
}

std::vector<float> sum_of(std::vector<float> a, std::span<const float> b, double gain = 1) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += static_cast<float>(gain) * b[i];
  return a;
}

mono_time at_sample(std::size_t i) {
  return start + nanoseconds{static_cast<std::int64_t>(i) * 1'000'000'000 / rate};
}

struct share_of_windows {
  int judged = 0;
  int echoes = 0;
  int delay_right = 0;
  [[nodiscard]] double echo() const { return static_cast<double>(echoes) / judged; }
  [[nodiscard]] double delay() const { return static_cast<double>(delay_right) / judged; }
};

struct listening {
  milliseconds window{300};
  milliseconds chunk{100};         // of the face's voice
  milliseconds ahead{1'500};       // that it comes before it sounds
  milliseconds jitter{0};          // of the times that come with it
  milliseconds expected_delay{0};  // within 15 ms
};

// The face speaks, the microphone is heard; each window that `counts` (first sample, length) is
// judged, one every 70 ms over 20 s.
share_of_windows listen(const std::vector<float>& microphone, const listening& how,
                        const std::function<bool(std::size_t, std::size_t)>& counts) {
  echo_guard guard;
  std::mt19937 chance{3};
  std::uniform_int_distribution<std::int64_t> jitter{-how.jitter.count(), how.jitter.count()};
  const auto samples = [](milliseconds t) { return static_cast<std::size_t>(t.count() * 16); };
  const auto window = samples(how.window);
  std::size_t sent = 0;
  share_of_windows result;
  for (std::size_t at = samples(500ms); at + window < length; at += samples(70ms)) {
    for (; sent < std::min(length, at + window + samples(how.ahead)); sent += samples(how.chunk)) {
      const auto chunk =
          std::span{face()}.subspan(sent, std::min(samples(how.chunk), face().size() - sent));
      guard.sounded(at_sample(sent) + milliseconds{jitter(chance)}, chunk);
    }
    if (!counts(at, window)) continue;
    const auto verdict = guard.judge(at_sample(at), std::span{microphone}.subspan(at, window));
    ++result.judged;
    result.echoes += verdict.is_echo;
    result.delay_right +=
        verdict.is_echo && std::abs((verdict.delay - how.expected_delay).count()) <= 15;
  }
  return result;
}

auto louder_than(std::span<const float> sound, double level) {
  return [=](std::size_t at, std::size_t n) { return test::rms(sound.subspan(at, n)) > level; };
}

}  // namespace

TEST_CASE("the face's own voice is an echo, however late and faint it comes back") {
  for (const auto delay : {20ms, 120ms, 300ms, 800ms}) {
    for (const double gain_db : {-6.0, -12.0, -30.0}) {
      if (gain_db != -12 && delay != 120ms) continue;
      INFO("after " << delay.count() << " ms at " << gain_db << " dB");
      const auto echo = echo_of(face(), {delay, gain_db, true});
      const double level = test::rms(echo);
      const auto microphone =
          sum_of(echo, test::white_noise(length, level * test::from_db(-15), 2));
      listening how;
      how.expected_delay = delay;
      const auto found = listen(microphone, how, louder_than(echo, 0.25 * level));
      CHECK(found.judged > 200);
      CHECK(found.echo() >= 0.95);
      CHECK(found.delay() >= 0.95);
    }
  }
}

TEST_CASE("a quarter of a second of echo is enough to know it") {
  const auto echo = echo_of(face(), {});
  const auto microphone = sum_of(echo, test::white_noise(length, 0.18 * test::rms(echo), 2));
  for (const auto window : {250ms, 500ms}) {
    listening how;
    how.window = window;
    CHECK(listen(microphone, how, louder_than(echo, 0.25 * test::rms(echo))).echo() >= 0.95);
  }
}

TEST_CASE("a person who talks at the echo's loudness or above is no echo") {
  const auto echo = echo_of(face(), {});
  const double level = test::rms(echo) / test::rms(person());
  for (const double louder_db : {0.0, 6.0}) {
    INFO(louder_db << " dB louder");
    const double gain = level * test::from_db(louder_db);
    const auto microphone = sum_of(echo, person(), gain);
    // Where the person pauses the face is heard alone, and that is an echo.
    const auto person_leads = [&](std::size_t at, std::size_t n) {
      const double voice = gain * test::rms(std::span{person()}.subspan(at, n));
      return voice > 0.25 * test::rms(echo) && voice >= test::rms(std::span{echo}.subspan(at, n));
    };
    for (const auto window : {250ms, 300ms, 500ms}) {
      listening how;
      how.window = window;
      const auto found = listen(microphone, how, person_leads);
      CHECK(found.judged > 80);
      CHECK(found.echo() <= 0.02);
    }
  }
}

TEST_CASE("a person is no echo when only the person is heard while the face speaks") {
  for (const auto window : {250ms, 300ms, 500ms}) {
    listening how;
    how.window = window;
    const auto found = listen(person(), how, louder_than(person(), 0.02));
    CHECK(found.judged > 100);
    CHECK(found.echo() <= 0.02);
  }
}

TEST_CASE("noise is no echo while the face speaks") {
  const auto found =
      listen(test::white_noise(length, 0.05, 9), {}, [](std::size_t, std::size_t) { return true; });
  CHECK(found.echoes == 0);
}

TEST_CASE("times that jitter, small chunks and running 2 s ahead do not hide an echo") {
  const auto echo = echo_of(face(), {});
  listening how;
  how.chunk = 20ms;
  how.ahead = 2'000ms;
  how.jitter = 15ms;
  CHECK(listen(echo, how, louder_than(echo, 0.25 * test::rms(echo))).echo() >= 0.95);
}

TEST_CASE("what the face did not get to say is somebody else's when it is heard") {
  echo_guard guard;
  guard.sounded(start, std::span{face()}.first(4 * rate));
  const auto piece = std::span{face()}.subspan(3 * rate, rate / 2);
  REQUIRE(guard.judge(at_sample(3 * rate), piece).is_echo);
  guard.silenced(at_sample(2 * rate));
  CHECK_FALSE(guard.judge(at_sample(3 * rate), piece).is_echo);
  const auto said = std::span{face()}.subspan(rate, rate / 2);
  CHECK(guard.judge(at_sample(rate + 1'600), said).is_echo);
}

TEST_CASE("an answer after an interruption is known again") {
  echo_guard guard;
  guard.sounded(start, std::span{face()}.first(4 * rate));
  guard.silenced(at_sample(rate));
  guard.sounded(at_sample(2 * rate), std::span{face()}.subspan(8 * rate, 2 * rate));
  const auto piece = std::span{face()}.subspan(9 * rate, rate / 2);
  const auto verdict = guard.judge(at_sample(3 * rate) + 120ms, piece);
  CHECK(verdict.is_echo);
  CHECK(verdict.delay == 120ms);
  CHECK(verdict.share > 0.95);
}

TEST_CASE("an echo is older than a second at most, and half a tenth early at most") {
  echo_guard guard;
  guard.sounded(start, std::span{face()}.first(5 * rate));
  const auto piece = std::span{face()}.subspan(2 * rate, rate / 2);
  CHECK(guard.judge(at_sample(2 * rate) + 990ms, piece).is_echo);
  CHECK_FALSE(guard.judge(at_sample(2 * rate) + 1'400ms, piece).is_echo);
  CHECK(guard.judge(at_sample(2 * rate) - 40ms, piece).is_echo);
  CHECK_FALSE(guard.judge(at_sample(2 * rate) - 400ms, piece).is_echo);
}

TEST_CASE("the guard remembers five seconds back and forgets what is long gone") {
  echo_guard guard;
  guard.sounded(start, std::span{face()}.first(12 * rate));
  const auto judged = [&](std::size_t at) {
    return guard.judge(at_sample(at), std::span{face()}.subspan(at, rate / 2)).is_echo;
  };
  CHECK(judged(10 * rate));
  CHECK(judged(6 * rate));
  CHECK_FALSE(judged(2 * rate));
}

TEST_CASE("an echo whose delay changed where the face ran dry is one, a louder person is none") {
  // The face pauses for 20 ms, its listener for 29.
  const std::size_t dry = 2 * rate;
  const auto said = std::span{face()}.subspan(rate, 4 * rate);
  std::vector<float> microphone(5 * rate);
  for (std::size_t i = 0; i < said.size(); ++i) {
    microphone[i + 1'920 + (i < dry ? 0 : 464)] += 0.25f * said[i];
  }
  for (const bool pauses : {true, false}) {
    echo_guard guard;
    guard.sounded(start, said.first(dry));
    if (pauses) guard.pauses();
    guard.sounded(at_sample(dry) + 20ms, said.subspan(dry));
    int echoes = 0;
    for (std::size_t at = dry - 2'048; at <= dry + 2'048; at += 512) {
      echoes += guard.judge(at_sample(at), std::span{microphone}.subspan(at, 4'096)).is_echo;
    }
    CAPTURE(pauses, echoes);
    CHECK((echoes == 9) == pauses);
    if (!pauses) continue;
    auto with_person = microphone;
    const auto voice = person();
    for (std::size_t i = 0; i < 4'096; ++i) with_person[dry + i] += voice[8'000 + i];
    CHECK_FALSE(guard.judge(at_sample(dry), std::span{with_person}.subspan(dry, 4'096)).is_echo);
  }
}

// ---- echoes in the noise of the room

namespace {

constexpr std::size_t block = 512;

// The face speaks for two seconds and is silent for two, the microphone hears all of it, and each
// block's end is the end of a window of 256 ms that is judged.
struct quiet_room {
  std::vector<float> said;
  std::vector<float> microphone;
  echo_guard guard;
  std::vector<echo_verdict> verdicts;  // of each block
  std::vector<bool> quiet;

  explicit quiet_room(const std::vector<float>& person = {}, std::size_t at = 0) {
    said.assign(face().begin() + rate, face().begin() + 3 * rate);
    said.resize(4 * rate);
    microphone = sum_of(echo_of(said, {120ms, -12, false}),
                        test::white_noise(said.size(), test::from_db(-62), 4));
    for (std::size_t i = 0; i < person.size(); ++i) microphone[at + i] += person[i];
  }
  void listen(bool hears) {
    guard.sounded(start, said);
    for (std::size_t at = 0; at + block <= microphone.size(); at += block) {
      if (hears) guard.heard(std::span{microphone}.subspan(at, block));
      const auto from = at < 7 * block ? 0 : at - 7 * block;
      verdicts.push_back(
          guard.judge(at_sample(from), std::span{microphone}.subspan(from, at + block - from)));
      quiet.push_back(guard.is_quiet());
    }
  }
  // From when the echo's last sound is heard to the end.
  [[nodiscard]] std::size_t echo_ends() const { return (2 * rate + 1'920) / block + 1; }
};

}  // namespace

TEST_CASE("an echo that dies away in the noise is one to its end, and noise alone is quiet") {
  quiet_room room;
  room.listen(true);
  for (auto i = room.echo_ends(); i < room.echo_ends() + 12; ++i) {
    CAPTURE(i - room.echo_ends(), room.verdicts[i].share);
    CHECK(room.verdicts[i].is_echo);
    if (i > room.echo_ends()) CHECK(room.quiet[i]);
  }
  CHECK(std::count(room.quiet.begin() + 8, room.quiet.begin() + 60, true) < 20);
  // Without the noise known, what is left of the echo tells nothing.
  quiet_room deaf;
  deaf.listen(false);
  const auto last = deaf.verdicts.begin() + static_cast<std::ptrdiff_t>(deaf.echo_ends());
  CHECK(std::count_if(last, last + 12, [](const auto& x) { return x.is_echo; }) < 12);
}

TEST_CASE("a person who begins where an echo dies away is heard within two blocks") {
  const auto voice = std::span{person()}.subspan(8'000, 8'000);
  const double gain = test::from_db(-35) / test::rms(voice);
  std::vector<float> words(voice.begin(), voice.end());
  for (auto& sample : words) sample *= static_cast<float>(gain);
  const std::size_t at = 2 * rate + 4'000;
  quiet_room room{words, at};
  room.listen(true);
  const auto onset = (at + block - 1) / block;
  CHECK_FALSE(room.verdicts[onset + 2].is_echo);
  CHECK_FALSE(room.quiet[onset + 2]);
}

TEST_CASE("a faint echo is found where the last one was, though it looks like something else") {
  const auto microphone =
      sum_of(echo_of(face(), {}), test::white_noise(face().size(), test::from_db(-44), 3));
  constexpr std::size_t window = 8 * block;
  echo_guard known;
  std::size_t sent = 0;
  int found = 0;
  int found_anew = 0;
  for (std::size_t at = 0; at + window + rate < length; at += block) {
    const auto piece = std::span{microphone}.subspan(at, window);
    for (; sent < at + window + rate / 2; sent += 1'600) {
      known.sounded(at_sample(sent), std::span{face()}.subspan(sent, 1'600));
    }
    found += known.judge(at_sample(at), piece).is_echo;
    // One that has never found an echo.
    const std::size_t from = at < 2 * rate ? 0 : at - 2 * rate;
    echo_guard anew;
    anew.sounded(at_sample(from), std::span{face()}.subspan(from, sent - from));
    found_anew += anew.judge(at_sample(at), piece).is_echo;
  }
  CAPTURE(found, found_anew);
  CHECK(found > 550);
  CHECK(found > found_anew);
}

TEST_CASE("without a face that speaks, or a sound to judge, there is no echo") {
  echo_guard guard;
  const auto piece = std::span{face()}.subspan(rate, rate / 2);
  CHECK(guard.judge(start, piece).share == 0);
  guard.sounded(start, std::vector<float>(2 * rate, 0.0f));
  CHECK(guard.judge(start + 500ms, piece).share == 0);
  guard.sounded(start + 2s, std::span{face()}.first(2 * rate));
  CHECK(guard.judge(start + 3s, std::vector<float>(rate / 2, 0.0f)).share == 0);
  CHECK(guard.judge(start + 3s, {}).share == 0);
  CHECK(guard.judge(start + 3s, piece.first(800)).share == 0);
  CHECK(guard.judge(start + 24h, piece).share == 0);
  CHECK(guard.judge(mono_time{}, piece).share == 0);
}

TEST_CASE("of a long piece the last 800 ms are judged") {
  echo_guard guard;
  guard.sounded(start, std::span{face()}.first(6 * rate));
  auto piece = std::vector<float>(face().begin() + rate, face().begin() + 4 * rate);
  std::copy_n(person().begin() + 2 * rate, 2 * rate, piece.begin());
  CHECK(guard.judge(at_sample(rate) + 100ms, piece).is_echo);
}
