#include "actors/speech/timeline.hpp"

#include <algorithm>

#include "actors/speech/ipa_symbols.hpp"
#include "actors/speech/written_tokens.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// A gap between words that is longer than this (in hops, 104 ms) is a pause and not the closure of
// its neighbours; of 35 gaps in fluent speech the longest took 8 hops.
constexpr std::int64_t gap_units_max = 9;

// Builds the timeline symbol by symbol; times are in units until `take`.
class timeline_builder {
 public:
  explicit timeline_builder(const phoneme_text& text) : text_{text} {}

  void silence(std::int64_t units) {
    flush_pending();
    extend_silence(units);
  }

  void symbol(std::size_t i, std::int64_t own, std::int64_t blank) {
    const char32_t c = text_.symbols[i];
    if (c == U' ') {
      gap(own, blank);
    } else if (ipa::is_punctuation(c)) {
      silence(own + blank);
      joinable_ = 0;
    } else if (ipa::is_stress(c)) {
      pending_ += own + blank;
      stressed_ = c == ipa::primary_stress;
      joinable_ = 0;
    } else if (ipa::is_modifier(c) && has_sound()) {
      append_utf8_to_last(c);
      extend_last(own + blank);
      joinable_ = 0;
    } else {
      sound(c, text_.words[i], own + blank);
    }
  }

  std::vector<timed_phoneme> take(const duration_unit& unit) {
    flush_pending();
    for (auto& phoneme : phonemes_) {
      phoneme.span.first_sample = unit.to_sample(phoneme.span.first_sample);
      phoneme.span.last_sample = unit.to_sample(phoneme.span.last_sample);
    }
    return std::move(phonemes_);
  }

 private:
  bool has_sound() const { return !phonemes_.empty() && phonemes_.back().word >= 0; }

  void push(std::string ipa, std::int32_t word, std::int64_t units, bool stressed) {
    phonemes_.push_back({{std::move(ipa), at_, at_ + units, stressed}, word});
    at_ += units;
  }

  void extend_last(std::int64_t units) {
    at_ += units;
    phonemes_.back().span.last_sample = at_;
  }

  void extend_silence(std::int64_t units) {
    if (units == 0) return;
    if (!phonemes_.empty() && phonemes_.back().word < 0) {
      extend_last(units);
    } else {
      push({}, -1, units, false);
    }
  }

  // Time that waits for a sound which does not come is silence.
  void flush_pending() {
    extend_silence(std::exchange(pending_, 0));
    stressed_ = false;
  }

  // The modifiers of length say nothing about which phoneme it is.
  void append_utf8_to_last(char32_t c) {
    if (c != U'ː' && c != U'ˑ') reading::append_utf8(phonemes_.back().span.ipa, c);
  }

  void gap(std::int64_t own, std::int64_t blank) {
    joinable_ = 0;
    if (!has_sound() || own + blank > gap_units_max) return silence(own + blank);
    extend_last(own);
    pending_ += blank;
  }

  void sound(char32_t c, std::int32_t word, std::int64_t units) {
    units += std::exchange(pending_, 0);
    if (has_sound() && joinable_ != 0 && phonemes_.back().word == word &&
        ipa::is_pair(joinable_, c)) {
      reading::append_utf8(phonemes_.back().span.ipa, c);
      extend_last(units);
      joinable_ = 0;
      return;
    }
    std::string ipa;
    reading::append_utf8(ipa, c);
    push(std::move(ipa), word, units, std::exchange(stressed_, false));
    joinable_ = c;
  }

  const phoneme_text& text_;
  std::vector<timed_phoneme> phonemes_;
  std::int64_t at_ = 0;
  std::int64_t pending_ = 0;  // of a stress mark or gap: goes to the next sound
  bool stressed_ = false;     // the next sound carries primary stress
  char32_t joinable_ = 0;     // the symbol before, if the next may form a pair with it
};

}  // namespace

std::vector<timed_phoneme> piper_timeline(const phoneme_text& text,
                                          std::span<const std::int64_t> durations,
                                          const duration_unit& unit) {
  const auto count = text.symbols.size();
  DHR_ASSERT(durations.size() == 2 * count + 3 && text.words.size() == count);
  timeline_builder builder{text};
  builder.silence(durations[0] + durations[1]);
  for (std::size_t i = 0; i < count; ++i)
    builder.symbol(i, durations[2 + 2 * i], durations[3 + 2 * i]);
  builder.silence(durations[2 * count + 2]);
  return builder.take(unit);
}

std::vector<word_span> word_times(const spoken_text& text,
                                  std::span<const timed_phoneme> phonemes) {
  std::vector<word_span> words;
  std::size_t last_written = text.written.size();  // of the last span; none yet
  for (const auto& [span, word] : phonemes) {
    if (word < 0) continue;
    const auto written = text.words[static_cast<std::size_t>(word)].written;
    if (written == last_written) {
      words.back().last_sample = span.last_sample;
    } else {
      words.push_back({text.written[written], span.first_sample, span.last_sample});
      last_written = written;
    }
  }
  return words;
}

utterance make_utterance(std::vector<std::int16_t> samples, const spoken_text& text,
                         std::vector<timed_phoneme> phonemes) {
  utterance spoken;
  spoken.samples = std::move(samples);
  spoken.words = word_times(text, phonemes);
  spoken.phonemes.reserve(phonemes.size());
  for (auto& phoneme : phonemes) spoken.phonemes.push_back(std::move(phoneme.span));
  return spoken;
}

void cap_leading_silence(utterance& spoken, std::int64_t samples_max) {
  if (spoken.phonemes.empty() || !spoken.phonemes.front().ipa.empty()) return;
  const auto cut = spoken.phonemes.front().last_sample - samples_max;
  if (cut <= 0) return;
  spoken.samples.erase(spoken.samples.begin(), spoken.samples.begin() + cut);
  for (auto& phoneme : spoken.phonemes) {
    phoneme.first_sample = std::max<std::int64_t>(0, phoneme.first_sample - cut);
    phoneme.last_sample -= cut;
  }
  if (spoken.phonemes.front().last_sample == 0) spoken.phonemes.erase(spoken.phonemes.begin());
  for (auto& word : spoken.words) {
    word.first_sample -= cut;
    word.last_sample -= cut;
  }
}

void add_leading_silence(utterance& spoken, std::int64_t samples) {
  if (samples <= 0) return;
  spoken.samples.insert(spoken.samples.begin(), static_cast<std::size_t>(samples), 0);
  for (auto& phoneme : spoken.phonemes) {
    phoneme.first_sample += samples;
    phoneme.last_sample += samples;
  }
  for (auto& word : spoken.words) {
    word.first_sample += samples;
    word.last_sample += samples;
  }
  if (!spoken.phonemes.empty() && spoken.phonemes.front().ipa.empty()) {
    spoken.phonemes.front().first_sample = 0;
  } else {
    spoken.phonemes.insert(spoken.phonemes.begin(), {{}, 0, samples, false});
  }
}

}  // namespace dhr
