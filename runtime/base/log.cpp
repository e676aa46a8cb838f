#include "runtime/base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <mutex>

namespace dhr {
namespace {

using settings::log_format;
using settings::log_level;

struct backend {
  std::shared_ptr<spdlog::logger> lines;
  log_format format = log_format::text;
};

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
    case log_level::trace:
      return spdlog::level::trace;
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warn:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::shared_ptr<const backend> make_backend(const settings::log& wanted, spdlog::sink_ptr sink) {
  auto made = std::make_shared<backend>();
  made->format = wanted.format;
  made->lines = std::make_shared<spdlog::logger>("dhr", std::move(sink));
  made->lines->set_level(level_of(wanted.level));
  made->lines->flush_on(spdlog::level::warn);
  made->lines->set_pattern(wanted.format == log_format::json
                               ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                               : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
  return made;
}

// The one backend of the process. The lock is held only to copy the pointer.
class current_backend {
 public:
  std::shared_ptr<const backend> get() {
    const std::lock_guard guard{m_};
    if (!backend_) {
      backend_ = make_backend({}, std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    }
    return backend_;
  }
  void set(std::shared_ptr<const backend> made) {
    const std::lock_guard guard{m_};
    backend_ = std::move(made);
  }

 private:
  std::mutex m_;
  std::shared_ptr<const backend> backend_;  // guarded by m_
};

current_backend& current() {
  static current_backend instance;
  return instance;
}

// JSON's escapes; the same keep a text line on one line.
void append_escaped(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 0xf];
    } else {
      out += c;
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

std::string json_line(std::string_view room, std::string_view message, logger::fields facts) {
  std::string line = "\"room\":";
  append_quoted(line, room);
  line += ",\"message\":";
  append_quoted(line, message);
  for (const auto& fact : facts) {
    line += ',';
    append_quoted(line, fact.name());
    line += ':';
    if (fact.is_text()) {
      append_quoted(line, fact.value());
    } else {
      line += fact.value();
    }
  }
  return line;
}

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code <= 0x20 || code == 0x7f || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

std::string text_line(std::string_view room, std::string_view message, logger::fields facts) {
  std::string line = "[";
  line += room;
  line += "] ";
  append_escaped(line, message);
  for (const auto& fact : facts) {
    line += ' ';
    line += fact.name();
    line += '=';
    if (is_plain(fact.value())) {
      line += fact.value();
    } else {
      append_quoted(line, fact.value());
    }
  }
  return line;
}

}  // namespace

log_field::log_field(std::string_view name, double number) : name_{name} {
  if (!std::isfinite(number)) {  // JSON has no such numbers
    value_ = std::isnan(number) ? "nan" : number < 0 ? "-inf" : "inf";
    is_text_ = true;
    return;
  }
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  value_.assign(buffer.data(), end);
}

void start_logging(const settings::log& wanted) {
  current().set(make_backend(wanted, std::make_shared<spdlog::sinks::stderr_color_sink_mt>()));
}

void start_logging(const settings::log& wanted, std::ostream& out) {
  current().set(make_backend(wanted, std::make_shared<spdlog::sinks::ostream_sink_mt>(out)));
}

void flush_logging() { current().get()->lines->flush(); }

bool logger::writes(log_level level) { return current().get()->lines->should_log(level_of(level)); }

void logger::write(log_level level, std::string_view message, fields facts) const {
  const auto backend = current().get();
  const auto wanted = level_of(level);
  if (!backend->lines->should_log(wanted)) return;
  const auto line = backend->format == log_format::json ? json_line(room_, message, facts)
                                                        : text_line(room_, message, facts);
  backend->lines->log(wanted, spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace dhr
