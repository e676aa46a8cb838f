#include <array>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <span>
#include <utility>
#include <vector>

#include "gpu/nets/emotion_net.hpp"
#include "runtime/calibration_file.hpp"
#include "runtime/cli/commands.hpp"

namespace dhr::cli {
namespace {

constexpr std::size_t lines_min = 20;
constexpr std::size_t read_at_once = 64;
constexpr std::size_t complaints_max = 5;

struct labelled_file {
  std::vector<labelled_line> lines;
  std::size_t refused = 0;
};

// Lines that cannot be read are told, and left out.
std::optional<labelled_file> read_lines(const std::filesystem::path& path) {
  std::ifstream file{path};
  if (!file) {
    std::cerr << "dhr calibrate: there is no file " << path.string() << '\n';
    return std::nullopt;
  }
  labelled_file read;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    if (auto labelled = parse_labelled(line)) {
      read.lines.push_back(std::move(labelled).assume_value());
    } else if (++read.refused <= complaints_max) {
      std::cerr << path.string() << ':' << number << ": " << labelled.assume_error().message
                << '\n';
    }
  }
  return read;
}

std::vector<judged_sentence> judge(const emotion_net& net, std::span<const labelled_line> lines) {
  std::vector<judged_sentence> judged;
  while (judged.size() < lines.size()) {
    const auto part =
        lines.subspan(judged.size()).first(std::min(read_at_once, lines.size() - judged.size()));
    std::vector<std::string> texts;
    for (const auto& line : part) texts.push_back(line.sentence);
    const auto read = net.probabilities(texts);
    for (std::size_t i = 0; i < part.size(); ++i) judged.push_back({{read[i]}, part[i].labels});
    std::cerr << "\rread " << judged.size() << " of " << lines.size() << std::flush;
  }
  std::cerr << '\n';
  return judged;
}

void print(const calibration_report& before, const calibration_report& after) {
  const auto row = [](const char* name, double x, double y) {
    std::cout << std::left << std::setw(22) << name << std::right << std::setw(10) << x
              << std::setw(10) << y << '\n';
  };
  std::cout << std::fixed << std::setprecision(3) << std::setw(32) << "before" << std::setw(10)
            << "after" << '\n';
  row("accuracy (feeling)", before.accuracy, after.accuracy);
  row("micro F1 (labels)", before.micro_f1, after.micro_f1);
  row("macro F1 (labels)", before.macro_f1, after.macro_f1);
  row("calibration error", before.calibration_error, after.calibration_error);
  std::cout << "\nreliability            before: said, was, n        after: said, was, n\n";
  for (std::size_t i = 0; i < before.bins.size(); ++i) {
    const auto cell = [](const reliability_bin& bin) {
      std::cout << std::setw(10) << bin.said << std::setw(8) << bin.was << std::setw(8)
                << bin.decisions;
    };
    std::cout << std::setprecision(1) << static_cast<double>(i) / 10 << " to "
              << static_cast<double>(i + 1) / 10 << std::setprecision(3) << "       ";
    cell(before.bins[i]);
    cell(after.bins[i]);
    std::cout << '\n';
  }
}

}  // namespace

int calibrate_emotion(const calibrate_options& options, const surroundings& around) {
  const auto settings = load_or_complain(around);
  if (!settings) return 2;
  const auto file = read_lines(options.file);
  if (!file) return 2;
  if (file->refused > 0) {
    std::cerr << file->refused << " lines of " << options.file.string() << " were left out\n";
  }
  if (file->lines.size() < lines_min) {
    std::cerr << "dhr calibrate: " << options.file.string() << " has " << file->lines.size()
              << " labelled lines, and at least " << lines_min
              << " are needed; a line is a sentence, a tab and its labels\n";
    return 2;
  }
  const std::filesystem::path deps_dir =
      settings->runtime.deps_dir.empty() ? DHR_DEPS_DIR : settings->runtime.deps_dir;
  const auto net = emotion_net::load(model_path(deps_dir, settings->emotions.model));
  if (!net) {
    std::cerr << "dhr calibrate: " << net.assume_error().message << '\n';
    return 1;
  }
  const auto judged = judge(*net.assume_value(), file->lines);
  const emotion_calibration before{1, {net.assume_value()->thresholds()}};
  const auto after = assess_fit(judged, before);
  print(assess(judged, before), after);
  const calibration_file fitted{fit_calibration(judged, before), after.accuracy};
  if (auto written = write_calibration(options.out, fitted); !written) {
    std::cerr << "dhr calibrate: " << written.assume_error().message << '\n';
    return 1;
  }
  std::cout << "\n'after' is of sentences that were not fitted to: each half by the other one.\n"
            << "temperature " << fitted.calibration.temperature << "; wrote "
            << options.out.string() << "\nset emotions.calibration to it to have it used\n";
  return 0;
}

}  // namespace dhr::cli
