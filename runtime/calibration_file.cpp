#include "runtime/calibration_file.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <sstream>

#include "runtime/base/pairs.hpp"

namespace dhr {
namespace {

namespace json = boost::json;

error wrong(std::string what) { return {errc::invalid_argument, std::move(what), {}, {}}; }

result<double> number_of(const json::object& from, std::string_view name, double low, double high) {
  const auto* value = from.if_contains(name);
  if (value == nullptr || !value->is_number()) {
    return wrong("it has no number '" + std::string{name} + "'");
  }
  const auto number = value->to_number<double>();
  if (number > low && number < high) return number;
  return wrong("'" + std::string{name} + "' is out of range");
}

std::optional<std::size_t> label_of(std::string_view text) {
  const auto named = std::find(emotion_label_names.begin(), emotion_label_names.end(), text);
  if (named != emotion_label_names.end()) {
    return static_cast<std::size_t>(named - emotion_label_names.begin());
  }
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = code == std::errc{} && end == text.data() + text.size() && !text.empty();
  if (is_number && number < emotion_label_count) return number;
  return std::nullopt;
}

}  // namespace

std::string to_text(const calibration_file& file) {
  json::object thresholds;
  for (std::size_t i = 0; i < emotion_label_count; ++i) {
    thresholds.emplace(emotion_label_names[i], file.calibration.thresholds.values[i]);
  }
  return json::serialize(json::object{{"temperature", file.calibration.temperature},
                                      {"accuracy", file.accuracy},
                                      {"thresholds", std::move(thresholds)}}) +
         "\n";
}

result<calibration_file> parse_calibration(std::string_view text) {
  boost::system::error_code problem;
  const auto parsed = json::parse(json::string_view{text.data(), text.size()}, problem);
  if (problem || !parsed.is_object()) return wrong("it is no JSON object");
  const auto& object = parsed.get_object();
  calibration_file file;
  DHR_TRY(file.calibration.temperature, number_of(object, "temperature", 0, 100));
  DHR_TRY(file.accuracy, number_of(object, "accuracy", -0.001, 1.001));
  const auto* thresholds = object.if_contains("thresholds");
  if (thresholds == nullptr || !thresholds->is_object()) return wrong("it has no 'thresholds'");
  for (std::size_t i = 0; i < emotion_label_count; ++i) {
    DHR_TRY(const auto threshold,
            number_of(thresholds->get_object(), emotion_label_names[i], 0, 1));
    file.calibration.thresholds.values[i] = static_cast<float>(threshold);
  }
  return file;
}

result<std::string> read_calibration_text(const std::filesystem::path& path) {
  std::ifstream file{path};
  if (!file) {
    return fail(errc::not_found,
                "there is no calibration at " + path.string() +
                    "; make one with dhr calibrate emotion, or leave emotions.calibration empty",
                "emotions.calibration");
  }
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

result<calibration_file> parse_calibration(std::string_view text,
                                           const std::filesystem::path& path) {
  auto parsed = parse_calibration(text);
  if (parsed) return parsed;
  return fail(errc::invalid_argument,
              "the calibration " + path.string() + " cannot be used: " +
                  parsed.assume_error().message + "; make it anew with dhr calibrate emotion",
              "emotions.calibration");
}

result<calibration_file> read_calibration(const std::filesystem::path& path) {
  DHR_TRY(const auto text, read_calibration_text(path));
  return parse_calibration(text, path);
}

result<void> write_calibration(const std::filesystem::path& path, const calibration_file& file) {
  std::ofstream out{path};
  out << to_text(file);
  if (out.flush()) return ok();
  return fail(errc::failed, "the calibration cannot be written to " + path.string());
}

result<labelled_line> parse_labelled(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto tab = line.find('\t');
  if (tab == line.npos) return wrong("there is no tab between the sentence and its labels");
  labelled_line made{std::string{line.substr(0, tab)}, {}};
  if (made.sentence.empty()) return wrong("there is no sentence");
  auto labels = line.substr(tab + 1);
  labels = labels.substr(0, labels.find('\t'));
  for (const auto& name : parse_list(labels)) {
    const auto label = label_of(name);
    if (!label) return wrong("'" + name + "' is none of the 28 labels");
    made.labels[*label] = true;
  }
  if (std::none_of(made.labels.begin(), made.labels.end(), [](bool x) { return x; })) {
    return wrong("the sentence has no label; one that expresses nothing is 'neutral'");
  }
  return made;
}

}  // namespace dhr
