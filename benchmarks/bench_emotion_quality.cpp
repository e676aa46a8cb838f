// The emotion net on comments that it was not trained on: how good is what the runtime computes?
//
//   macro_f1            mean over the 28 labels of F1, each label by its threshold
//   micro_f1            F1 of all labels together
//   calibration_error   expected, over 15 bins of all probabilities
//   calibration_error_of_the_likeliest   the same over each comment's largest probability
//   comments_per_s      in batches of 64, one thread
//
// It wants the test part of GoEmotions, which is not shipped:
//   benchmarks/run emotion_quality -- --data FOLDER

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "actors/emotion/feeling_map.hpp"
#include "benchmarks/support/report.hpp"
#include "gpu/nets/emotion_net.hpp"
#include "gpu/nets/word_pieces.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

const std::string folder = DHR_DEPS_DIR "/models/emotion";
constexpr std::size_t label_count = emotion_labels.size();

template <class T>
T value_or_exit(result<T> given) {
  if (given) return std::move(given).assume_value();
  std::cerr << given.assume_error().message << '\n';
  std::exit(1);
}

struct comments {
  std::vector<std::string> texts;
  std::vector<std::array<bool, label_count>> labels;
};

// Each line: text, indices of labels with commas between them, id; with tabs between the three.
comments read_comments(const std::filesystem::path& path) {
  std::ifstream stream{path};
  if (!stream) {
    std::cerr << "there is no readable file " << path << '\n';
    std::exit(1);
  }
  comments made;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream parts{line};
    std::string text;
    std::string indices;
    std::getline(parts, text, '\t');
    std::getline(parts, indices, '\t');
    made.texts.push_back(text);
    auto& labels = made.labels.emplace_back();
    std::istringstream each{indices};
    for (std::string index; std::getline(each, index, ',');) labels.at(std::stoul(index)) = true;
  }
  return made;
}

double f1(double hits, double predicted, double actual) {
  return predicted + actual > 0 ? 2 * hits / (predicted + actual) : 0;
}

// Pairs of what is said and whether it happens, in bins of equal width.
class calibration {
 public:
  void add(float probability, bool happens) {
    constexpr auto last = static_cast<int>(bin_count) - 1;
    auto& bin = bins_[static_cast<std::size_t>(
        std::min(static_cast<int>(probability * static_cast<float>(bin_count)), last))];
    bin.said += probability;
    bin.happened += happens ? 1 : 0;
    ++count_;
  }

  [[nodiscard]] double error() const {
    double sum = 0;
    for (const auto& bin : bins_) sum += std::abs(bin.said - bin.happened);
    return sum / static_cast<double>(count_);
  }

 private:
  static constexpr std::size_t bin_count = 15;
  struct counts {
    double said = 0;
    double happened = 0;
  };
  std::array<counts, bin_count> bins_{};
  std::size_t count_ = 0;
};

void report_f1(const std::vector<emotion_values>& found, const emotion_values& thresholds,
               const comments& given, report& figures) {
  double macro = 0;
  double hits_sum = 0;
  double predicted_sum = 0;
  double actual_sum = 0;
  for (std::size_t label = 0; label < label_count; ++label) {
    double hits = 0;
    double predicted = 0;
    double actual = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool is_said = found[i][label] >= thresholds[label];
      predicted += is_said ? 1 : 0;
      actual += given.labels[i][label] ? 1 : 0;
      hits += is_said && given.labels[i][label] ? 1 : 0;
    }
    macro += f1(hits, predicted, actual) / static_cast<double>(label_count);
    hits_sum += hits;
    predicted_sum += predicted;
    actual_sum += actual;
  }
  figures.figure("macro_f1", macro, "", "at least 0.46");
  figures.figure("micro_f1", f1(hits_sum, predicted_sum, actual_sum), "");
}

void report_calibration(const std::vector<emotion_values>& found, const comments& given,
                        report& figures) {
  calibration all;
  calibration likeliest;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t k = 0; k < label_count; ++k) all.add(found[i][k], given.labels[i][k]);
    const auto best =
        static_cast<std::size_t>(std::ranges::max_element(found[i]) - found[i].begin());
    likeliest.add(found[i][best], given.labels[i][best]);
  }
  figures.figure("calibration_error", all.error(), "", "at most 0.05");
  figures.figure("calibration_error_of_the_likeliest", likeliest.error(), "");
}

// The feeling's place in the table; the last one is for none.
std::size_t place_of(const label_scores& strengths) {
  const auto felt = standing_out(feelings_of(strengths));
  return felt ? static_cast<std::size_t>(*felt) : feeling_count;
}

// What people's labels make a face feel, against what the net's do. To standard error: a table.
void report_confusion(const std::vector<emotion_values>& found, const emotion_values& thresholds,
                      const comments& given, report& figures) {
  std::array<std::array<int, feeling_count + 1>, feeling_count + 1> counts{};
  for (std::size_t i = 0; i < found.size(); ++i) {
    label_scores truth;
    for (std::size_t k = 0; k < label_count; ++k) truth.values[k] = given.labels[i][k] ? 1 : 0;
    ++counts.at(place_of(truth)).at(place_of(strengths_of({found[i]}, {thresholds})));
  }
  const auto name = [](std::size_t i) {
    return i < feeling_count ? feeling_names[i] : std::string_view{"none"};
  };
  std::cerr << std::setw(16) << "people \\ net";
  for (std::size_t i = 0; i <= feeling_count; ++i) std::cerr << std::setw(16) << name(i);
  int right = 0;
  for (std::size_t i = 0; i <= feeling_count; ++i) {
    std::cerr << '\n' << std::setw(16) << name(i);
    for (const auto count : counts.at(i)) std::cerr << std::setw(16) << count;
    right += counts.at(i).at(i);
  }
  std::cerr << '\n';
  figures.figure("feeling_accuracy", right / static_cast<double>(found.size()), "");
}

void measure(const std::filesystem::path& data, report& figures) {
  const auto net = value_or_exit(emotion_net::load(folder));
  const auto given = read_comments(data / "test.tsv");
  std::vector<emotion_values> found;
  constexpr std::size_t batch = 64;
  const auto begun = system_clock().now();
  for (std::size_t i = 0; i < given.texts.size(); i += batch) {
    const auto some = std::span{given.texts}.subspan(i, std::min(batch, given.texts.size() - i));
    for (const auto& values : net->probabilities(some)) found.push_back(values);
  }
  const auto seconds = to_ms(system_clock().now() - begun) / 1'000;
  figures.config("comments", static_cast<double>(found.size()));
  report_f1(found, net->thresholds(), given, figures);
  report_calibration(found, given, figures);
  report_confusion(found, net->thresholds(), given, figures);
  figures.figure("comments_per_s", static_cast<double>(found.size()) / seconds, "1/s");
}

// For models/emotion/compare_tokens.py.
int print_ids(const std::filesystem::path& lines) {
  constexpr std::size_t tokens_max = 512;
  const auto pieces = value_or_exit(word_pieces::load(folder + "/vocab.txt"));
  std::ifstream stream{lines};
  for (std::string line; std::getline(stream, line);) {
    for (const auto id : pieces->ids(line, tokens_max)) std::cout << id << ' ';
    std::cout << '\n';
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How good the emotion net is"};
  std::string json;
  std::string data;
  std::string lines;
  app.add_option("--json", json, "also write the figures to this file");
  app.add_option("--data", data, "the folder of GoEmotions, with its test.tsv");
  app.add_option("--print-ids", lines, "print the token ids of each line of this file instead");
  CLI11_PARSE(app, argc, argv);

  if (!lines.empty()) return print_ids(lines);
  if (data.empty()) {
    std::cerr << "emotion_quality measures nothing without GoEmotions: give --data FOLDER\n";
    return 0;
  }
  report figures{"emotion_quality"};
  measure(data, figures);
  return figures.finish(json);
}
