#include "actors/speech/flite_voice.hpp"

#include <flite/flite.h>

#include <array>
#include <cmath>
#include <mutex>
#include <string>

#include "actors/speech/resampler_adapter.hpp"
#include "actors/speech/timeline.hpp"
#include "actors/speech/written_tokens.hpp"

extern "C" cst_voice* register_cmu_us_slt(const char* folder);

namespace dhr {
namespace {

struct phone_name {
  std::string_view phone;
  std::string_view ipa;
};
constexpr std::array<phone_name, 41> phones = {
    {{"aa", "ɑ"}, {"ae", "æ"},  {"ah", "ʌ"}, {"ao", "ɔ"}, {"aw", "aʊ"}, {"ax", "ə"},  {"ay", "aɪ"},
     {"b", "b"},  {"ch", "tʃ"}, {"d", "d"},  {"dh", "ð"}, {"eh", "ɛ"},  {"er", "ɚ"},  {"ey", "eɪ"},
     {"f", "f"},  {"g", "ɡ"},   {"hh", "h"}, {"ih", "ɪ"}, {"iy", "i"},  {"jh", "dʒ"}, {"k", "k"},
     {"l", "l"},  {"m", "m"},   {"n", "n"},  {"ng", "ŋ"}, {"ow", "oʊ"}, {"oy", "ɔɪ"}, {"p", "p"},
     {"r", "ɹ"},  {"s", "s"},   {"sh", "ʃ"}, {"t", "t"},  {"th", "θ"},  {"uh", "ʊ"},  {"uw", "u"},
     {"v", "v"},  {"w", "w"},   {"y", "j"},  {"z", "z"},  {"zh", "ʒ"},  {"pau", ""}}};

// Flite's one voice and what guards it: its features, where the speed is, belong to all calls.
struct engine {
  std::mutex in_use;
  cst_voice* voice = nullptr;
};

engine& the_engine() {
  static engine instance;
  static std::once_flag started;
  std::call_once(started, [] {
    flite_init();
    instance.voice = register_cmu_us_slt(nullptr);
  });
  return instance;
}

struct utterance_deleter {
  void operator()(cst_utterance* utterance) const { delete_utterance(utterance); }
};
using utterance_handle = std::unique_ptr<cst_utterance, utterance_deleter>;

constexpr const char* word_feature = "spoken_word";

std::string_view ipa_of(std::string_view phone) {
  for (const auto& entry : phones) {
    if (entry.phone == phone) return entry.ipa;
  }
  return phone;
}

// Flite reads ASCII: "café" -> "cafe".
std::string ascii(std::string_view word) {
  static constexpr std::string_view folded =
      "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";  // U+00C0 to U+00FF
  std::string plain;
  for (std::size_t i = 0; i < word.size();) {
    const char32_t c = reading::next_code_point(word, i);
    if (c < 0x80) plain += static_cast<char>(c);
    if (c >= 0xC0 && c <= 0xFF) plain += folded[c - 0xC0];
  }
  return plain;
}

// What Flite reads, and which spoken word each of its tokens is.
struct flite_text {
  std::string line;
  std::vector<std::int32_t> words;
};

flite_text text_for_flite(const spoken_text& spoken) {
  flite_text text;
  for (std::size_t i = 0; i < spoken.words.size(); ++i) {
    const auto word = ascii(engine_spelling(spoken.words[i].text));
    if (word.empty()) continue;
    if (!text.line.empty()) text.line += ' ';
    text.line += word;
    if (spoken.words[i].mark != 0) text.line += spoken.words[i].mark;
    text.words.push_back(static_cast<std::int32_t>(i));
  }
  return text;
}

// Writes the index of the spoken word into each token; false if Flite cut the text differently.
bool number_tokens(cst_utterance* utterance, const std::vector<std::int32_t>& words) {
  std::size_t count = 0;
  for (cst_item* token = relation_head(utt_relation(utterance, "Token")); token != nullptr;
       token = item_next(token)) {
    if (count == words.size()) return false;
    item_set_int(token, word_feature, words[count++]);
  }
  return count == words.size();
}

std::vector<timed_phoneme> timeline_of(cst_utterance* utterance, const duration_unit& unit,
                                       std::int64_t sample_count) {
  std::vector<timed_phoneme> timeline;
  std::int64_t at = 0;
  for (cst_item* segment = relation_head(utt_relation(utterance, "Segment")); segment != nullptr;
       segment = item_next(segment)) {
    const auto end = std::llround(static_cast<double>(item_feat_float(segment, "end")) *
                                  static_cast<double>(unit.rate));
    const auto last =
        item_next(segment) == nullptr ? sample_count : std::min<std::int64_t>(end, sample_count);
    if (last <= at) continue;
    timed_phoneme phoneme;
    phoneme.span = {std::string{ipa_of(item_name(segment))}, unit.to_sample(at),
                    unit.to_sample(last), false};
    cst_item* syllable = item_parent(item_as(segment, "SylStructure"));
    cst_item* word = syllable == nullptr ? nullptr : item_as(item_parent(syllable), "Token");
    if (word != nullptr && !phoneme.span.ipa.empty()) {
      phoneme.span.stressed = std::string_view{item_feat_string(syllable, "stress")} == "1";
      phoneme.word = item_feat_int(item_parent(word), word_feature);
    }
    timeline.push_back(std::move(phoneme));
    at = last;
  }
  return timeline;
}

class flite_voice final : public synthesizer {
 public:
  explicit flite_voice(flite_options options) : options_{options} {}

  std::string_view name() const noexcept override { return "slt"; }

  result<utterance> synthesize(std::string_view text, const speaking_style& style) override {
    const auto spoken = normalize(text);
    const auto to_read = text_for_flite(spoken);
    if (to_read.words.empty())
      return fail(errc::invalid_argument, "there is nothing to speak in the text", "text");
    auto& engine = the_engine();
    const std::lock_guard guard{engine.in_use};
    feat_set_float(engine.voice->features, "duration_stretch",
                   static_cast<float>(1.0 / style.rate));
    const utterance_handle said{flite_synth_text(to_read.line.c_str(), engine.voice)};
    const cst_wave* wave = said ? utt_wave(said.get()) : nullptr;
    if (wave == nullptr || wave->num_samples <= 0)
      return fail(errc::failed, "Flite gave no sound for the text");
    if (!number_tokens(said.get(), to_read.words)) {
      return fail(errc::failed, "Flite cut the text into other words than it was given");
    }
    const duration_unit unit{1, wave->sample_rate};
    auto timeline = timeline_of(said.get(), unit, wave->num_samples);
    if (timeline.empty()) return fail(errc::failed, "Flite gave no times for the text");
    std::vector<float> sound(wave->samples, wave->samples + wave->num_samples);
    for (float& sample : sound) sample /= 32'768.0f;
    DHR_TRY(auto samples, resample_speech(sound, unit.rate, unit.to_sample(wave->num_samples)));
    auto utterance = make_utterance(std::move(samples), spoken, std::move(timeline));
    cap_leading_silence(utterance, samples_in(options_.leading_silence_max.count()));
    return utterance;
  }

 private:
  const flite_options options_;
};

}  // namespace

result<std::unique_ptr<synthesizer>> make_flite_voice(flite_options options) {
  if (the_engine().voice == nullptr) {
    return fail(errc::unavailable, "Flite has no voice slt: install the package libflite1",
                "flite");
  }
  return std::unique_ptr<synthesizer>{std::make_unique<flite_voice>(options)};
}

}  // namespace dhr
