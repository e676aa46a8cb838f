#include "actors/ears/moonshine_adapter.hpp"

#include <sherpa-onnx/c-api/c-api.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <vector>

#include "actors/ears/sound_pieces.hpp"
#include "actors/ears/transcript_rules.hpp"

namespace dhr {
namespace {

constexpr std::int32_t rate = 16'000;
constexpr std::size_t words_samples_min = rate / 10;  // no word is shorter
constexpr std::size_t short_piece_max = 10 * rate;

constexpr std::size_t samples_in(milliseconds time) {
  return static_cast<std::size_t>(time.count() * rate / 1'000);
}

struct engine_deleter {
  void operator()(const SherpaOnnxOfflineRecognizer* engine) const {
    SherpaOnnxDestroyOfflineRecognizer(engine);
  }
};
using engine_handle = std::unique_ptr<const SherpaOnnxOfflineRecognizer, engine_deleter>;

struct stream_deleter {
  void operator()(const SherpaOnnxOfflineStream* stream) const {
    SherpaOnnxDestroyOfflineStream(stream);
  }
};
using stream_handle = std::unique_ptr<const SherpaOnnxOfflineStream, stream_deleter>;

struct words_deleter {
  void operator()(const SherpaOnnxOfflineRecognizerResult* words) const {
    SherpaOnnxDestroyOfflineRecognizerResult(words);
  }
};
using words_handle = std::unique_ptr<const SherpaOnnxOfflineRecognizerResult, words_deleter>;

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string{text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first)};
}

class moonshine final : public transcriber {
 public:
  moonshine(moonshine_options options, engine_handle engine)
      : options_{std::move(options)}, engine_{std::move(engine)} {}

  result<std::string> transcribe(std::span<const float> samples_16k) override {
    return hear_all(without_silence(samples_16k, samples_in(options_.margin)),
                    samples_in(options_.piece_max));
  }

  // Lets the model take its memory.
  result<void> warm_up() {
    std::vector<float> hiss(rate);
    for (std::size_t i = 0; i < hiss.size(); ++i) hiss[i] = i % 7 < 3 ? 0.01f : -0.01f;
    DHR_TRY(hear(hiss));
    return ok();
  }

 private:
  result<std::string> hear_all(std::span<const float> sound, std::size_t piece_max) {
    std::string text;
    for (const auto piece : cut_at_quiet_places(sound, piece_max)) {
      if (piece.size() < words_samples_min) continue;
      DHR_TRY(const auto words, hear(piece));
      if (words.empty()) continue;
      if (!text.empty()) text += ' ';
      text += words;
    }
    return text;
  }

  // Without padding the model says a short sentence twice now and then; with it, it hears nothing
  // in a sentence now and then, the likelier the longer it is. On noise it hears nothing any way.
  result<std::string> hear(std::span<const float> piece) {
    DHR_TRY(auto words, listen(piece, samples_in(options_.padding)));
    if (!words.empty()) return words;
    return piece.size() > short_piece_max ? hear_all(piece, short_piece_max) : listen(piece, 0);
  }

  // Empty for what the model makes up.
  result<std::string> listen(std::span<const float> piece, std::size_t padding) {
    prepare(piece, padding);
    const stream_handle stream{SherpaOnnxCreateOfflineStream(engine_.get())};
    if (!stream) return fail(errc::failed, "sherpa-onnx took no sound", options_.encoder);
    SherpaOnnxAcceptWaveformOffline(stream.get(), rate, prepared_.data(),
                                    static_cast<std::int32_t>(prepared_.size()));
    SherpaOnnxDecodeOfflineStream(engine_.get(), stream.get());
    const words_handle words{SherpaOnnxGetOfflineStreamResult(stream.get())};
    if (!words || words->text == nullptr) {
      return fail(errc::failed, "sherpa-onnx gave no transcript", options_.decoder);
    }
    const auto samples = static_cast<std::int64_t>(prepared_.size());
    const nanoseconds length{samples * 1'000'000'000 / rate};
    auto text = trimmed(words->text);
    const auto tokens = static_cast<std::size_t>(std::max(words->count, 0));
    if (!has_words(text) || is_made_up(text, tokens, length)) return std::string{};
    return text;
  }

  // The sound without its constant offset, between two stretches of hiss 40 dB below it: digital
  // silence is nothing that the model was trained on.
  void prepare(std::span<const float> piece, std::size_t padding) {
    double sum = 0;
    double squares = 0;
    for (const float sample : piece) {
      sum += sample;
      squares += static_cast<double>(sample) * sample;
    }
    const auto count = static_cast<double>(piece.size());
    const auto mean = static_cast<float>(sum / count);
    const auto loudness = std::sqrt(std::max(squares / count - sum * sum / (count * count), 0.0));
    std::uniform_real_distribution<float> hiss{-1.0f, 1.0f};
    std::minstd_rand chance{1};
    const auto hiss_loudness = static_cast<float>(loudness * 0.017);  // of a uniform distribution
    prepared_.resize(piece.size() + 2 * padding);
    for (std::size_t i = 0; i < prepared_.size(); ++i) {
      const bool inside = i >= padding && i < padding + piece.size();
      prepared_[i] = inside ? piece[i - padding] - mean : hiss_loudness * hiss(chance);
    }
  }

  const moonshine_options options_;
  const engine_handle engine_;
  std::vector<float> prepared_;
};

}  // namespace

result<std::unique_ptr<transcriber>> make_moonshine(moonshine_options options) {
  for (const auto& path : {options.encoder, options.decoder, options.tokens}) {
    std::error_code problem;
    if (!std::filesystem::is_regular_file(path, problem)) {
      return fail(errc::not_found, "Moonshine has no file '" + path + "': run the set-up", path);
    }
  }
  if (options.threads < 1 || options.threads > 16) {
    return fail(errc::invalid_argument, "a recogniser runs on 1 to 16 threads", "threads");
  }
  if (options.margin.count() < 0 || options.padding.count() < 0 ||
      options.piece_max < milliseconds{1'000} || options.piece_max > milliseconds{60'000}) {
    return fail(errc::invalid_argument,
                "a recogniser hears pieces of 1 to 60 seconds, with no negative margin or padding",
                "piece_max");
  }
  SherpaOnnxOfflineRecognizerConfig config;
  std::memset(&config, 0, sizeof config);
  config.feat_config.sample_rate = rate;
  config.feat_config.feature_dim = 80;
  config.model_config.moonshine.encoder = options.encoder.c_str();
  config.model_config.moonshine.merged_decoder = options.decoder.c_str();
  config.model_config.tokens = options.tokens.c_str();
  config.model_config.num_threads = options.threads;
  config.model_config.provider = "cpu";
  config.decoding_method = "greedy_search";
  engine_handle engine{SherpaOnnxCreateOfflineRecognizer(&config)};
  if (!engine) {
    return fail(errc::failed, "sherpa-onnx cannot load Moonshine: run the set-up anew",
                options.encoder);
  }
  if (options.loaded) options.loaded();
  auto made = std::make_unique<moonshine>(std::move(options), std::move(engine));
  DHR_TRY(made->warm_up());
  return made;
}

}  // namespace dhr
