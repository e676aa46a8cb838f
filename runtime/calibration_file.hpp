#pragma once
// A calibration of the reading of emotion as a file, which `dhr calibrate emotion` writes and
// `emotions.calibration` names.

#include <filesystem>
#include <optional>
#include <string_view>

#include "actors/emotion/calibration.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct calibration_file {
  emotion_calibration calibration;
  double accuracy = 0;  // on sentences that it was not fitted to
  friend bool operator==(const calibration_file&, const calibration_file&) = default;
};

// JSON; every label's threshold stands under its name.
[[nodiscard]] std::string to_text(const calibration_file& file);
// errc::invalid_argument says what is wrong.
[[nodiscard]] result<calibration_file> parse_calibration(std::string_view text);

// The file's text; errc::not_found without it says what to do.
[[nodiscard]] result<std::string> read_calibration_text(const std::filesystem::path& path);
// errc::invalid_argument names the path and says what to do.
[[nodiscard]] result<calibration_file> parse_calibration(std::string_view text,
                                                         const std::filesystem::path& path);

// Both in one. errc::not_found without the file, errc::invalid_argument for one that is damaged;
// both name it.
[[nodiscard]] result<calibration_file> read_calibration(const std::filesystem::path& path);
// errc::failed where it cannot be written.
[[nodiscard]] result<void> write_calibration(const std::filesystem::path& path,
                                             const calibration_file& file);

// A line of `dhr calibrate emotion`'s input: a sentence, a tab, and its labels by name or number,
// separated by commas; further columns are left alone. errc::invalid_argument says what is wrong.
struct labelled_line {
  std::string sentence;
  std::array<bool, emotion_label_count> labels{};
};
[[nodiscard]] result<labelled_line> parse_labelled(std::string_view line);

}  // namespace dhr
