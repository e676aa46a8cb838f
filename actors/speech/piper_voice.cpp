#include "actors/speech/piper_voice.hpp"

#include <sherpa-onnx/c-api/c-api.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "actors/speech/ipa_symbols.hpp"
#include "actors/speech/resampler_adapter.hpp"
#include "actors/speech/timeline.hpp"

namespace dhr {
namespace {

// A voice that was prepared by models/speech/piper.py takes the liveliness, in per cent, as the
// number of a speaker, and names as many speakers. Others speak as they were trained.
constexpr std::int32_t liveliness_degrees = 151;

// A model's memory grows with the square of the text; a clause of conversation has 20 to 200.
constexpr std::size_t symbols_max = 2'000;

struct engine_deleter {
  void operator()(const SherpaOnnxOfflineTts* engine) const { SherpaOnnxDestroyOfflineTts(engine); }
};
using engine_handle = std::unique_ptr<const SherpaOnnxOfflineTts, engine_deleter>;

struct audio_deleter {
  void operator()(const SherpaOnnxGeneratedAudio* audio) const {
    SherpaOnnxDestroyOfflineTtsGeneratedAudio(audio);
  }
};
using audio_handle = std::unique_ptr<const SherpaOnnxGeneratedAudio, audio_deleter>;

// The symbols that the voice knows; the symbol of the first line may be a space.
std::set<char32_t> known_symbols(const std::string& path) {
  std::set<char32_t> symbols;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    if (const auto points = ipa::decode(line); !points.empty()) symbols.insert(points.front());
  }
  return symbols;
}

// The words that are most often asked for, so that the first clauses find them in the cache.
constexpr std::string_view common_words =
    "the of and to a in is it you that he was for on are with as I his they be at one have this "
    "from "
    "or had by hot but some what there we can out other were all your when up use how said an each "
    "she which do their time if will way about many then them would like so these her long make "
    "him "
    "has two more day could go come did my no most who over know than first people am been its now "
    "our me not today hello yes thank three four five six seven eight nine ten twenty thirty "
    "hundred "
    "thousand million billion percent point dollars";

class piper_voice final : public synthesizer {
 public:
  piper_voice(piper_options options, engine_handle engine, std::set<char32_t> known,
              const clock& time)
      : options_{std::move(options)},
        known_{std::move(known)},
        engine_{std::move(engine)},
        phonemes_{make_espeak_source(options_.espeak, time)} {
    unit_.rate = SherpaOnnxOfflineTtsSampleRate(engine_.get());
    takes_liveliness_ = SherpaOnnxOfflineTtsNumSpeakers(engine_.get()) == liveliness_degrees;
  }

  // Starts espeak-ng and lets the model take its memory. What fails here fails again, and is told,
  // with the first clause.
  void warm_up() {
    static_cast<void>(phonemes_.phonemize(normalize(common_words)));
    static_cast<void>(synthesize("Hello.", {}));
  }

  std::string_view name() const noexcept override { return options_.name; }

  result<utterance> synthesize(std::string_view text, const speaking_style& style) override {
    const auto spoken = normalize(text);
    if (spoken.words.empty())
      return fail(errc::invalid_argument, "there is nothing to speak in the text", "text");
    DHR_TRY(auto phonemes, phonemes_.phonemize(spoken));
    keep_known(phonemes);
    if (phonemes.symbols.empty())
      return fail(errc::failed, "espeak-ng gave no phonemes for the text");
    if (phonemes.symbols.size() > symbols_max) {
      return fail(errc::failed, "the clause is too long for the voice; cut it into sentences",
                  "text");
    }
    const auto audio = generate(phonemes, style);
    const auto tail = static_cast<std::int64_t>(2 * phonemes.symbols.size() + 3);
    if (!audio || audio->n < tail)
      return fail(errc::failed, "the Piper voice gave no sound", options_.model);

    const auto sample_count = audio->n - tail;
    std::vector<std::int64_t> durations;
    std::int64_t units = 0;
    for (std::int64_t i = sample_count; i < audio->n; ++i) {
      durations.push_back(std::llround(audio->samples[i]));
      units += durations.back();
    }
    if (units * unit_.hop != sample_count ||
        *std::min_element(durations.begin(), durations.end()) < 0) {
      return fail(errc::failed,
                  "the Piper voice's durations do not fit its sound: prepare the model anew",
                  options_.model);
    }
    DHR_TRY(auto samples, resample_speech({audio->samples, static_cast<std::size_t>(sample_count)},
                                          unit_.rate, unit_.to_sample(units)));
    auto utterance =
        make_utterance(std::move(samples), spoken, piper_timeline(phonemes, durations, unit_));
    cap_leading_silence(utterance, samples_in(options_.leading_silence_max.count()));
    return utterance;
  }

 private:
  void keep_known(phoneme_text& text) const {
    phoneme_text kept;
    for (std::size_t i = 0; i < text.symbols.size(); ++i) {
      if (known_.count(text.symbols[i]) == 0) continue;
      kept.symbols += text.symbols[i];
      kept.words.push_back(text.words[i]);
    }
    text = std::move(kept);
  }

  audio_handle generate(const phoneme_text& text, const speaking_style& style) const {
    const std::vector<std::int32_t> points(text.symbols.begin(), text.symbols.end());
    const auto length = static_cast<std::int32_t>(points.size());
    SherpaOnnxGenerationConfig how;
    std::memset(&how, 0, sizeof how);
    how.silence_scale = 1.0f;
    how.speed = static_cast<float>(style.rate);
    if (takes_liveliness_) {
      const auto per_cent = static_cast<std::int32_t>(std::lround(100 * style.liveliness));
      how.sid = std::clamp(per_cent, 1, liveliness_degrees - 1);
    }
    how.phoneme_codepoints = points.data();
    how.phoneme_codepoints_lens = &length;
    how.phoneme_codepoints_num_sentences = 1;
    return audio_handle{
        SherpaOnnxOfflineTtsGenerateWithConfig(engine_.get(), "", &how, nullptr, nullptr)};
  }

  const piper_options options_;
  const std::set<char32_t> known_;
  const engine_handle engine_;
  duration_unit unit_;
  bool takes_liveliness_ = false;
  phonemizer phonemes_;
};

}  // namespace

result<std::unique_ptr<synthesizer>> make_piper_voice(piper_options options, const clock& time) {
  for (const auto& path : {options.model, options.tokens}) {
    std::error_code problem;
    if (!std::filesystem::is_regular_file(path, problem)) {
      return fail(errc::not_found, "the Piper voice has no file '" + path + "': run the set-up",
                  path);
    }
  }
  if (options.threads < 1 || options.threads > 16) {
    return fail(errc::invalid_argument, "a voice runs on 1 to 16 threads", "threads");
  }
  SherpaOnnxOfflineTtsConfig config;
  std::memset(&config, 0, sizeof config);
  config.model.vits.model = options.model.c_str();
  config.model.vits.tokens = options.tokens.c_str();
  config.model.vits.noise_scale = options.noise_scale;
  config.model.vits.noise_scale_w = options.noise_scale_width;
  config.model.vits.length_scale = 1.0f;
  config.model.num_threads = options.threads;
  config.model.provider = "cpu";
  engine_handle engine{SherpaOnnxCreateOfflineTts(&config)};
  if (!engine) {
    return fail(errc::failed, "sherpa-onnx cannot load the Piper voice: run the set-up anew",
                options.model);
  }
  if (options.loaded) options.loaded();
  auto known = known_symbols(options.tokens);
  auto voice =
      std::make_unique<piper_voice>(std::move(options), std::move(engine), std::move(known), time);
  voice->warm_up();
  return voice;
}

}  // namespace dhr
