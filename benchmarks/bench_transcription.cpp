// How well are people understood?
//
// 36 everyday and financial questions are spoken by the Piper voice at three rates and by Flite,
// with one recorded clip beside them, and written down by the embedded recogniser: clean, and with
// white noise or babble (six other voices at once) 10 dB below the speech.
//   wer_*        word error rate: (substituted + left out + put in) / words said, after the usual
//                normalisation (lower case, no punctuation, numbers as words, contractions in
//                full);
//   took_ms_*    the recogniser's time for one utterance.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <random>
#include <sstream>

#include "actors/ears/moonshine_adapter.hpp"
#include "actors/ears/sound_pieces.hpp"
#include "actors/ears/stream_resampler_adapter.hpp"
#include "actors/speech/text_normalizer.hpp"
#include "benchmarks/support/report.hpp"
#include "benchmarks/support/spoken_questions.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

constexpr int hearing_rate = 16'000;
constexpr double noise_db = 10;
constexpr unsigned seed = 20'240;

const std::vector<std::string> babble_sentences{
    "The committee has decided to meet again before the end of the month.",
    "My neighbor bought seven apples and gave them to the children at school.",
    "A long train carried the heavy machines across the old bridge at night.",
    "Nobody in the village remembered when the little shop had been closed.",
    "She wanted to paint the kitchen yellow but he preferred a darker green.",
    "Several people were waiting outside for the doors of the theater to open."};

using sound = std::vector<float>;

struct heard_question {
  std::string text;
  std::string voice;
  sound samples;  // at hearing_rate
};

// ---- words

std::vector<std::string> split(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

// "what's" -> "what is": a recogniser writes either for the same sound.
std::string in_full(std::string word) {
  static const std::map<std::string, std::string> whole{
      {"can't", "can not"},  {"won't", "will not"},   {"cannot", "can not"},   {"let's", "let us"},
      {"what's", "what is"}, {"where's", "where is"}, {"how's", "how is"},     {"it's", "it is"},
      {"that's", "that is"}, {"who's", "who is"},     {"there's", "there is"}, {"ok", "okay"}};
  static const std::vector<std::pair<std::string, std::string>> ends{
      {"n't", " not"}, {"'re", " are"}, {"'ll", " will"}, {"'m", " am"}, {"'ve", " have"}};
  if (const auto found = whole.find(word); found != whole.end()) return found->second;
  for (const auto& [end, full] : ends) {
    if (word.ends_with(end)) return word.substr(0, word.size() - end.size()) + full;
  }
  return word;
}

// The recogniser learned from old books as well.
std::string modern(std::string text) {
  for (const auto* old : {"o-day", "o-morrow", "o-night"}) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old)) {
      text.erase(at + 1, 1);
    }
  }
  return text;
}

std::vector<std::string> normal_words(const std::string& text) {
  std::string all;
  for (const auto& word : normalize(modern(text)).words) {
    std::string lower = word.text;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    all += in_full(std::move(lower)) + ' ';
  }
  return split(all);
}

std::size_t word_errors(const std::vector<std::string>& said,
                        const std::vector<std::string>& heard) {
  std::vector<std::size_t> row(heard.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= said.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j < row.size(); ++j) {
      const auto substituted = diagonal + (said[i - 1] == heard[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

struct tally {
  std::size_t words = 0;
  std::size_t errors = 0;
  void add(const tally& other) {
    words += other.words;
    errors += other.errors;
  }
  [[nodiscard]] double rate() const {
    return words == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(words);
  }
};

// ---- sound

result<sound> at_hearing_rate(const std::vector<std::int16_t>& spoken) {
  sound samples;
  for (const auto sample : spoken) samples.push_back(static_cast<float>(sample) / 32'768);
  DHR_TRY(auto resampler, stream_resampler::make(speech_sample_rate, hearing_rate));
  sound heard;
  DHR_TRY(resampler.process(samples, heard));
  DHR_TRY(resampler.flush(heard));
  return heard;
}

double power(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

// The noise goes on for a moment before and after the speech, as it does in a room.
sound with_noise(const sound& speech, const sound& noise, std::size_t offset) {
  constexpr std::size_t around = hearing_rate * 3 / 10;
  sound mixed(around, 0.0f);
  mixed.insert(mixed.end(), speech.begin(), speech.end());
  mixed.resize(mixed.size() + around, 0.0f);
  const auto gain = static_cast<float>(
      std::sqrt(power(without_silence(speech, 0)) / power(noise) / std::pow(10.0, noise_db / 10)));
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    mixed[i] = std::clamp(mixed[i] + gain * noise[(offset + i) % noise.size()], -1.0f, 1.0f);
  }
  return mixed;
}

sound white_noise(std::mt19937& chance) {
  std::normal_distribution<float> normal{0.0f, 0.1f};
  sound noise(hearing_rate * 20);
  for (float& sample : noise) sample = normal(chance);
  return noise;
}

result<sound> babble(const voices& all) {
  sound noise(hearing_rate * 8);
  for (std::size_t i = 0; i < babble_sentences.size(); ++i) {
    auto& voice = i % 2 == 0 ? *all.piper : *all.flite;
    DHR_TRY(const auto spoken,
            voice.synthesize(babble_sentences[i], {0.9 + 0.05 * static_cast<double>(i)}));
    DHR_TRY(const auto one, at_hearing_rate(spoken.samples));
    const auto loudness = static_cast<float>(std::sqrt(power(one)));
    for (std::size_t at = 0; at < noise.size(); ++at) {
      noise[at] += one[(at + i * 7'919) % one.size()] / loudness;
    }
  }
  return noise;
}

result<std::vector<heard_question>> hear_all(const voices& all) {
  std::vector<heard_question> heard;
  const auto add = [&heard](spoken_question spoken) -> result<void> {
    DHR_TRY(auto samples, at_hearing_rate(spoken.samples));
    heard.push_back({std::move(spoken.text), std::move(spoken.voice), std::move(samples)});
    return ok();
  };
  for (const auto& text : question_texts()) {
    for (std::size_t how = 0; how < manners; ++how) {
      DHR_TRY(auto spoken, speak(all, text, static_cast<manner>(how)));
      DHR_TRY(add(std::move(spoken)));
    }
  }
  DHR_TRY(auto recorded, recorded_speech());
  DHR_TRY(add(std::move(recorded)));
  return heard;
}

// ---- measurement

class listener {
 public:
  listener(transcriber& ears, bool tells) : ears_{ears}, tells_{tells} {}

  result<tally> hear(const heard_question& said, const sound& samples, const char* condition) {
    const auto begun = system_clock().now();
    DHR_TRY(const auto text, ears_.transcribe(samples));
    took_ms_.push_back(to_ms(system_clock().now() - begun));
    sound_ms_ += static_cast<double>(samples.size()) * 1'000 / hearing_rate;
    const auto words = normal_words(said.text);
    const tally counted{words.size(), word_errors(words, normal_words(text))};
    if (tells_ && counted.errors > 0) {
      std::cout << condition << ' ' << said.voice << ": " << said.text << "\n    " << text << '\n';
    }
    return counted;
  }

  void report_to(report& figures) const {
    double sum = 0;
    for (const double one : took_ms_) sum += one;
    figures.figure("took_ms_p50", percentile(took_ms_, 0.5), "ms");
    figures.figure("took_ms_p95", percentile(took_ms_, 0.95), "ms");
    figures.figure("real_time_factor", sum / sound_ms_, "");
  }

 private:
  transcriber& ears_;
  bool tells_;
  std::vector<double> took_ms_;
  double sound_ms_ = 0;
};

result<report> measure(const moonshine_options& options, bool tells) {
  DHR_TRY(const auto all, load_voices());
  DHR_TRY(const auto ears, make_moonshine(options));
  DHR_TRY(const auto spoken, hear_all(all));
  std::mt19937 chance{seed};
  const auto white = white_noise(chance);
  DHR_TRY(const auto crowd, babble(all));

  listener clean_listener{*ears, tells};
  listener noise_listener{*ears, tells};
  tally clean, white_noise_tally, babble_tally;
  std::map<std::string, tally> by_voice;
  for (const auto& said : spoken) {
    DHR_TRY(const auto heard, clean_listener.hear(said, said.samples, "clean"));
    clean.add(heard);
    by_voice[said.voice].add(heard);
    const auto in_white = with_noise(said.samples, white, chance() % white.size());
    DHR_TRY(const auto through_white, noise_listener.hear(said, in_white, "white"));
    white_noise_tally.add(through_white);
    const auto in_crowd = with_noise(said.samples, crowd, chance() % crowd.size());
    DHR_TRY(const auto through_crowd, noise_listener.hear(said, in_crowd, "babble"));
    babble_tally.add(through_crowd);
  }
  auto noisy = white_noise_tally;
  noisy.add(babble_tally);

  report figures{"transcription"};
  figures.figure("utterances", static_cast<double>(spoken.size()), "");
  figures.figure("words", static_cast<double>(clean.words), "");
  figures.figure("wer_clean", clean.rate(), "", "at most 0.08");
  for (const auto& [voice, heard] : by_voice) {
    figures.figure("wer_clean_" + voice, heard.rate(), "");
  }
  figures.figure("wer_10db", noisy.rate(), "");
  figures.figure("wer_10db_white", white_noise_tally.rate(), "");
  figures.figure("wer_10db_babble", babble_tally.rate(), "");
  figures.figure("threads", options.threads, "");
  clean_listener.report_to(figures);
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  moonshine_options options;
  options.encoder = DHR_DEPS_DIR "/models/ears/moonshine-encoder.onnx";
  options.decoder = DHR_DEPS_DIR "/models/ears/moonshine-decoder.onnx";
  options.tokens = DHR_DEPS_DIR "/models/ears/moonshine-tokens.txt";
  CLI::App app{"Word error rate of the embedded recogniser"};
  std::string json;
  bool tells = false;
  app.add_option("--json", json, "also write the figures to this file");
  app.add_option("--threads", options.threads, "of the recogniser")->capture_default_str();
  app.add_flag("--mistakes", tells, "print what was heard wrong");
  CLI11_PARSE(app, argc, argv);
  const auto figures = measure(options, tells);
  if (!figures) {
    std::cerr << figures.assume_error().message << '\n';
    return 1;
  }
  return figures.assume_value().finish(json);
}
