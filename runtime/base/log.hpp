#pragma once
// One line per event on standard error, as text or JSON:
//
//   const logger log{"net/realtime"};
//   log.warn("a client reads too slowly", {{"connection", id}, {"waiting", outbox.size()}});
//
//   2026-01-31 12:00:00.123 warn  [net/realtime] a client reads too slowly connection=7 waiting=256
//   {"time":"2026-01-31T12:00:00.123+00:00","level":"warn","room":"net/realtime","message":"a ...
//
// Whatever a client wrote stays on its line: control characters are escaped. A `secret` cannot be
// logged. Thread-safe; a line is written by the thread that logs it.

#include <concepts>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>

#include "runtime/base/config.hpp"

namespace dhr {

// A fact that goes with a line. Numbers and truth values stay such in JSON.
class log_field {
 public:
  log_field(std::string_view name, std::string_view text)
      : name_{name}, value_{text}, is_text_{true} {}
  log_field(std::string_view name, const char* text) : log_field{name, std::string_view{text}} {}
  log_field(std::string_view name, const std::string& text)
      : log_field{name, std::string_view{text}} {}
  log_field(std::string_view name, bool truth) : name_{name}, value_{truth ? "true" : "false"} {}
  template <std::integral T>
  log_field(std::string_view name, T number) : name_{name}, value_{std::to_string(number)} {}
  log_field(std::string_view name, double number);
  log_field(std::string_view name, const secret&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const std::string& value() const noexcept { return value_; }
  [[nodiscard]] bool is_text() const noexcept { return is_text_; }

 private:
  std::string_view name_;
  std::string value_;
  bool is_text_ = false;
};

// Sets level and format for all loggers. Without it: text, from `info` on. The second form writes
// to `out`, which must outlive all logging or the next call.
void start_logging(const settings::log& wanted);
void start_logging(const settings::log& wanted, std::ostream& out);

// Writes what is buffered.
void flush_logging();

class logger {
 public:
  using fields = std::initializer_list<log_field>;

  // `room` must outlive the logger: a literal.
  explicit constexpr logger(std::string_view room) noexcept : room_{room} {}

  void trace(std::string_view message, fields facts = {}) const {
    write(settings::log_level::trace, message, facts);
  }
  void debug(std::string_view message, fields facts = {}) const {
    write(settings::log_level::debug, message, facts);
  }
  void info(std::string_view message, fields facts = {}) const {
    write(settings::log_level::info, message, facts);
  }
  void warn(std::string_view message, fields facts = {}) const {
    write(settings::log_level::warn, message, facts);
  }
  void error(std::string_view message, fields facts = {}) const {
    write(settings::log_level::error, message, facts);
  }

  // Whether a line of this level would be written; to spare costly facts.
  [[nodiscard]] static bool writes(settings::log_level level);

 private:
  void write(settings::log_level level, std::string_view message, fields facts) const;

  std::string_view room_;
};

}  // namespace dhr
