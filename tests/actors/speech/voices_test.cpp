#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include "actors/speech/flite_voice.hpp"
#include "actors/speech/ipa_symbols.hpp"
#include "actors/speech/piper_voice.hpp"
#include "actors/speech/text_normalizer.hpp"
#include "actors/speech/tone_voice.hpp"
#include "actors/speech/voice_catalogue.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

const char* const sentences[] = {
    "Hello, who are you?",
    "One of the best companies in the world is going to be there.",
    "Q3 revenue rose 4.5% to $1.2bn, up from €45k on Nov 24, 2026; NVDA's R&D didn't.",
    "Bob's big pub (the \"Map\") may buy five very fine vans, if the weather in Zürich is good!",
    "No.",
};

piper_options piper_files() {
  const std::string folder = std::string{DHR_DEPS_DIR} + "/models/voice/piper-joe";
  piper_options options;
  options.model = folder + ".onnx";
  options.tokens = folder + ".tokens.txt";
  return options;
}

std::vector<std::string> sayable_words(const char* text) {
  const auto spoken = normalize(text);
  std::vector<std::string> words;
  std::set<std::size_t> seen;
  for (const auto& word : spoken.words) {
    if (seen.insert(word.written).second) words.push_back(spoken.written[word.written]);
  }
  return words;
}

double loudness(const utterance& spoken, std::int64_t first, std::int64_t last) {
  double energy = 0;
  for (auto i = first; i < last; ++i) {
    const double sample = spoken.samples[static_cast<std::size_t>(i)];
    energy += sample * sample;
  }
  return last > first ? std::sqrt(energy / static_cast<double>(last - first)) : 0;
}

void check_promises(synthesizer& voice, const char* text) {
  INFO(voice.name() << ": " << text);
  const auto result = voice.synthesize(text, {});
  REQUIRE(result);
  const auto& spoken = result.value();
  const auto total = static_cast<std::int64_t>(spoken.samples.size());
  REQUIRE(total > 0);
  std::int64_t at = 0;
  bool covered = true;
  for (const auto& phoneme : spoken.phonemes) {
    covered = covered && phoneme.first_sample == at && phoneme.last_sample > at;
    at = phoneme.last_sample;
  }
  CHECK(covered);
  CHECK(at == total);

  std::vector<std::string> words;
  std::int64_t last = 0;
  for (const auto& word : spoken.words) {
    CHECK(word.first_sample >= last);
    CHECK(word.last_sample > word.first_sample);
    last = word.last_sample;
    words.push_back(word.text);
  }
  CHECK(last <= total);
  CHECK(words == sayable_words(text));
}

// Vowels are loud and silence is not: the times fit the sound.
void check_times_fit(synthesizer& voice, double silence_share_max) {
  const auto result =
      voice.synthesize("Hello there, my name is Bob. I am a big fan of Amy's piano, really.", {});
  REQUIRE(result);
  const auto& spoken = result.value();
  double vowels = 0;
  double silence = 0;
  int vowel_count = 0;
  int silence_count = 0;
  for (const auto& phoneme : spoken.phonemes) {
    const double here = loudness(spoken, phoneme.first_sample, phoneme.last_sample);
    if (phoneme.ipa.empty()) {
      silence += here;
      ++silence_count;
    } else if (ipa::is_vowel(ipa::decode(phoneme.ipa).front())) {
      vowels += here;
      ++vowel_count;
    }
  }
  REQUIRE(vowel_count > 10);
  REQUIRE(silence_count >= 2);
  CHECK(silence / silence_count < silence_share_max * vowels / vowel_count);
}

std::unique_ptr<synthesizer> piper(piper_options options = piper_files()) {
  auto voice = make_piper_voice(std::move(options), system_clock());
  REQUIRE(voice);
  return std::move(voice.value());
}

std::unique_ptr<synthesizer> flite(flite_options options = {}) {
  auto voice = make_flite_voice(options);
  REQUIRE(voice);
  return std::move(voice.value());
}

std::int64_t leading_silence(const utterance& spoken) {
  return spoken.phonemes.front().ipa.empty() ? spoken.phonemes.front().last_sample : 0;
}

// Twice the rate does not halve the length: Piper's phonemes last whole hops, at least one each,
// and it draws their durations at random (noise_w), so that the ratio differs from run to run.
void check_rate(synthesizer& voice) {
  const char* text = "The weather is very good today in the city.";
  const auto usual = voice.synthesize(text, {1.0}).value().samples.size();
  const auto fast = voice.synthesize(text, {2.0}).value().samples.size();
  const auto slow = voice.synthesize(text, {0.5}).value().samples.size();
  CHECK(static_cast<double>(fast) < 0.75 * static_cast<double>(usual));
  CHECK(static_cast<double>(slow) > 1.5 * static_cast<double>(usual));
}

void check_nothing_to_speak(synthesizer& voice) {
  for (const char* text : {"", " ", "👍", "***", "日本"}) {
    const auto result = voice.synthesize(text, {});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == errc::invalid_argument);
  }
}

}  // namespace

TEST_CASE("the tone voice's phonemes cover its sound and every written word has its time") {
  const auto voice = make_tone_voice();
  for (const char* text : sentences) check_promises(*voice, text);
  check_nothing_to_speak(*voice);
  check_rate(*voice);
  check_times_fit(*voice, 0.01);
}

TEST_CASE("the tone voice gives the same sound for the same text, at about 150 words a minute") {
  const auto voice = make_tone_voice();
  const char* text =
      "The company said that revenue in the quarter rose because of strong demand for chips.";
  const auto spoken = voice->synthesize(text, {}).value();
  CHECK(spoken == make_tone_voice()->synthesize(text, {}).value());
  const double seconds = static_cast<double>(spoken.samples.size()) / speech_sample_rate;
  const double words_per_minute = static_cast<double>(spoken.words.size()) * 60 / seconds;
  CHECK(words_per_minute > 120);
  CHECK(words_per_minute < 200);
}

TEST_CASE("the tone voice guesses the phonemes from the letters") {
  const auto spoken = make_tone_voice()->synthesize("Bob shook", {}).value();
  std::string phonemes;
  for (const auto& phoneme : spoken.phonemes) phonemes += phoneme.ipa + ' ';
  CHECK(phonemes == "b ɑ b ʃ u k ");
}

TEST_CASE("Flite's phonemes cover its sound and every written word has its time") {
  const auto voice = flite();
  for (const char* text : sentences) check_promises(*voice, text);
  check_nothing_to_speak(*voice);
  check_rate(*voice);
  check_times_fit(*voice, 0.2);
}

TEST_CASE("Flite's phonemes are IPA with the stress of their syllables") {
  const auto spoken = flite()->synthesize("hello judge", {}).value();
  std::string phonemes;
  for (const auto& phoneme : spoken.phonemes)
    phonemes += phoneme.ipa + (phoneme.stressed ? "! " : " ");
  CHECK(phonemes == " h ə l! oʊ! dʒ! ʌ! dʒ!  ");
}

TEST_CASE("Flite's silence at the start is cut to its maximum") {
  const auto whole = flite({.leading_silence_max = 10s})->synthesize("hello", {}).value();
  const auto cut = flite({.leading_silence_max = 40ms})->synthesize("hello", {}).value();
  REQUIRE(leading_silence(whole) > 24 * 100);
  CHECK(leading_silence(cut) == 24 * 40);
  CHECK(cut.samples.size() ==
        whole.samples.size() - static_cast<std::size_t>(leading_silence(whole) - 24 * 40));
}

TEST_CASE(
    "Piper's durations add up, its phonemes cover its sound and every written word has its time") {
  const auto voice = piper();
  for (const char* text : sentences) check_promises(*voice, text);
  check_nothing_to_speak(*voice);
  check_times_fit(*voice, 0.2);
}

TEST_CASE("Piper speaks slower and faster, and starts soon") {
  const auto voice = piper();
  check_rate(*voice);
  const auto spoken = voice->synthesize("Hello.", {0.5}).value();
  CHECK(leading_silence(spoken) <= 24 * 40);
}

TEST_CASE("Piper's rhythm varies with the liveliness, and its phonemes cover its sound at each") {
  const auto voice = piper();
  // How far a phoneme's length is from its mean over eight takes, of all phonemes together: a
  // hundred lengths tell more than eight clauses do.
  const auto spread = [&](double liveliness) {
    constexpr std::size_t takes = 8;
    std::vector<std::array<double, takes>> lengths;
    for (std::size_t take = 0; take < takes; ++take) {
      const auto spoken = voice->synthesize("Well, that may be.", {1.0, liveliness}).value();
      CHECK(spoken.phonemes.back().last_sample == static_cast<std::int64_t>(spoken.samples.size()));
      lengths.resize(spoken.phonemes.size());
      for (std::size_t i = 0; i < lengths.size(); ++i) {
        const auto& phoneme = spoken.phonemes[i];
        lengths[i][take] = static_cast<double>(phoneme.last_sample - phoneme.first_sample);
      }
    }
    double squares = 0;
    for (const auto& of : lengths) {
      const double mean = std::accumulate(of.begin(), of.end(), 0.0) / takes;
      for (const double length : of) squares += (length - mean) * (length - mean);
    }
    return std::sqrt(squares / static_cast<double>(takes * lengths.size()));
  };
  // Far past what a feeling does, so that eight takes tell the two apart.
  CHECK(spread(1.5) > 2 * spread(0.05));
}

TEST_CASE("Piper without its model or espeak-ng says what is missing") {
  auto no_model = piper_files();
  no_model.model = "/nonexistent/voice.onnx";
  const auto missing = make_piper_voice(no_model, system_clock());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == errc::not_found);
  CHECK(missing.error().where == "/nonexistent/voice.onnx");

  auto no_espeak = piper_files();
  no_espeak.espeak.program = "/nonexistent/espeak-ng";
  const auto failed = piper(no_espeak)->synthesize("Hello.", {});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == errc::unavailable);
}

TEST_CASE("a voice catalogue maps the OpenAI names to the default and names what there is") {
  const auto catalogue = voice_catalogue::make({"joe", "slt"}, "joe").value();
  CHECK(catalogue.resolve("slt").value() == "slt");
  CHECK(catalogue.resolve("").value() == "joe");
  for (const char* name :
       {"alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"}) {
    CHECK(catalogue.resolve(name).value() == "joe");
  }
  const auto unknown = catalogue.resolve("bob");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::not_found);
  CHECK(unknown.error().message.find("'joe', 'slt'") != std::string::npos);
  CHECK_FALSE(voice_catalogue::make({}, "joe"));
  CHECK_FALSE(voice_catalogue::make({"slt"}, "joe"));
}
