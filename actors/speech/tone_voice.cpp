#include "actors/speech/tone_voice.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "actors/speech/ipa_symbols.hpp"
#include "actors/speech/timeline.hpp"

namespace dhr {
namespace {

constexpr double tone_hz = 240;  // divides the rate, so that the table repeats without a step
constexpr double tone_amplitude = 3'000;

struct letter_sound {
  std::string_view letters;
  std::string_view ipa;
  std::string_view second = {};  // where letters stand for two phonemes
};
// Longer letters first: the first that fits is taken.
constexpr std::array<letter_sound, 45> letter_sounds = {{
    {"tion", "ʃ", "n"}, {"igh", "aɪ"}, {"tch", "tʃ"}, {"sch", "s", "k"}, {"th", "ð"},  {"sh", "ʃ"},
    {"ch", "tʃ"},       {"ph", "f"},   {"ng", "ŋ"},   {"qu", "k", "w"},  {"ck", "k"},  {"wh", "w"},
    {"ee", "i"},        {"ea", "i"},   {"oo", "u"},   {"ou", "aʊ"},      {"ow", "oʊ"}, {"ai", "eɪ"},
    {"ay", "eɪ"},       {"oi", "ɔɪ"},  {"er", "ɚ"},   {"a", "æ"},        {"b", "b"},   {"c", "k"},
    {"d", "d"},         {"e", "ɛ"},    {"f", "f"},    {"g", "ɡ"},        {"h", "h"},   {"i", "ɪ"},
    {"j", "dʒ"},        {"k", "k"},    {"l", "l"},    {"m", "m"},        {"n", "n"},   {"o", "ɑ"},
    {"p", "p"},         {"q", "k"},    {"r", "ɹ"},    {"s", "s"},        {"t", "t"},   {"u", "ʌ"},
    {"v", "v"},         {"w", "w"},    {"y", "i"},
}};
constexpr std::array<letter_sound, 2> more_sounds = {{{"x", "k", "s"}, {"z", "z"}}};

const std::vector<std::int16_t>& tone_table() {
  static const auto table = [] {
    std::vector<std::int16_t> samples(static_cast<std::size_t>(speech_sample_rate));
    const double step = 2 * std::numbers::pi * tone_hz / static_cast<double>(speech_sample_rate);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i] = static_cast<std::int16_t>(
          std::lround(tone_amplitude * std::sin(step * static_cast<double>(i))));
    }
    return samples;
  }();
  return table;
}

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view word, std::string_view letters) {
  if (word.size() < letters.size()) return false;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (lower_case(word[i]) != letters[i]) return false;
  }
  return true;
}

const letter_sound* sound_of(std::string_view word) {
  for (const auto& entry : letter_sounds) {
    if (begins_with(word, entry.letters)) return &entry;
  }
  for (const auto& entry : more_sounds) {
    if (begins_with(word, entry.letters)) return &entry;
  }
  return nullptr;
}

class tone_voice final : public synthesizer {
 public:
  explicit tone_voice(tone_options options) : options_{options} { static_cast<void>(tone_table()); }

  std::string_view name() const noexcept override { return "tone"; }

  result<utterance> synthesize(std::string_view text, const speaking_style& style) override {
    const auto spoken = normalize(text);
    if (spoken.words.empty())
      return fail(errc::invalid_argument, "there is nothing to speak in the text", "text");
    const auto phoneme = samples_of(options_.phoneme_ms, style.rate);
    const auto pause = samples_of(options_.pause_ms, style.rate);
    std::vector<timed_phoneme> timeline;
    timeline.reserve(text.size() + 8);
    for (std::size_t i = 0; i < spoken.words.size(); ++i) {
      append_word(timeline, spoken.words[i].text, static_cast<std::int32_t>(i), phoneme);
      if (spoken.words[i].mark != 0) append(timeline, {}, -1, pause);
    }
    auto samples = sound_of_timeline(timeline);
    return make_utterance(std::move(samples), spoken, std::move(timeline));
  }

 private:
  static std::int64_t samples_of(double ms, double rate) {
    return std::llround(ms / rate * static_cast<double>(speech_sample_rate) / 1000);
  }

  static void append(std::vector<timed_phoneme>& timeline, std::string_view ipa, std::int32_t word,
                     std::int64_t length) {
    const auto at = timeline.empty() ? 0 : timeline.back().span.last_sample;
    timeline.push_back({{std::string{ipa}, at, at + length, false}, word});
  }

  static void append_word(std::vector<timed_phoneme>& timeline, std::string_view text,
                          std::int32_t word, std::int64_t length) {
    const auto first = timeline.size();
    while (!text.empty()) {
      const auto* sound = sound_of(text);
      if (sound != nullptr) {
        append(timeline, sound->ipa, word, length);
        if (!sound->second.empty()) append(timeline, sound->second, word, length);
      }
      text.remove_prefix(sound != nullptr ? sound->letters.size() : 1);
    }
    // A word of accented letters alone still takes its time.
    if (timeline.size() == first) append(timeline, "ə", word, length);
    for (auto i = first; i < timeline.size(); ++i) {
      std::string& ipa = timeline[i].span.ipa;
      if (!ipa::is_vowel(ipa::decode(ipa).front())) continue;
      timeline[i].span.stressed = true;
      return;
    }
  }

  static std::vector<std::int16_t> sound_of_timeline(const std::vector<timed_phoneme>& timeline) {
    const auto& table = tone_table();
    const auto total = static_cast<std::size_t>(timeline.back().span.last_sample);
    std::vector<std::int16_t> samples;
    samples.reserve(total);
    for (std::size_t i = 0; i < timeline.size();) {
      // A run of phonemes, or of pauses, is one copy.
      const bool silent = timeline[i].word < 0;
      while (i < timeline.size() && (timeline[i].word < 0) == silent) ++i;
      const auto end = static_cast<std::size_t>(timeline[i - 1].span.last_sample);
      if (silent) samples.resize(end, 0);
      while (samples.size() < end) {
        const auto at = samples.size() % table.size();
        const auto count = std::min(table.size() - at, end - samples.size());
        const auto from = table.begin() + static_cast<std::ptrdiff_t>(at);
        samples.insert(samples.end(), from, from + static_cast<std::ptrdiff_t>(count));
      }
    }
    return samples;
  }

  const tone_options options_;
};

}  // namespace

std::unique_ptr<synthesizer> make_tone_voice(tone_options options) {
  return std::make_unique<tone_voice>(options);
}

}  // namespace dhr
