#include "runtime/base/log.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <sstream>
#include <thread>
#include <type_traits>
#include <vector>

namespace {

using dhr::settings::log_format;
using dhr::settings::log_level;

const dhr::logger log_of_test{"tests"};

// Sends the log here as long as it lives.
class captured_log {
 public:
  explicit captured_log(log_format format, log_level level = log_level::info) {
    dhr::start_logging({level, format}, text_);
  }
  ~captured_log() { dhr::start_logging({}); }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  std::vector<std::string> lines() {
    dhr::flush_logging();
    std::istringstream in{text_.str()};
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);) found.push_back(line);
    return found;
  }

 private:
  std::ostringstream text_;
};

std::string after(const std::string& line, const std::string& mark) {
  const auto at = line.find(mark);
  return at == std::string::npos ? line : line.substr(at);
}

}  // namespace

TEST_CASE("a text line holds level, room, message and facts") {
  captured_log log{log_format::text};
  log_of_test.warn("a client is slow", {{"connection", 7}, {"who", "two words"}, {"ok", false}});
  REQUIRE(log.lines().size() == 1);
  CHECK(after(log.lines()[0], "[tests]") ==
        "[tests] a client is slow connection=7 who=\"two words\" ok=false");
  CHECK(log.lines()[0].find(" warning ") != std::string::npos);
}

TEST_CASE("a JSON line keeps numbers as numbers and escapes text") {
  captured_log log{log_format::json};
  log_of_test.info("said \"hi\"\n", {{"ms", 1.5},
                                     {"path", "a\\b"},
                                     {"count", 3u},
                                     {"ok", true},
                                     {"none", std::numeric_limits<double>::quiet_NaN()}});
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines()[0].starts_with("{\"time\":\"2"));
  CHECK(after(log.lines()[0], "\"level\"") ==
        R"("level":"info","room":"tests","message":"said \"hi\"\n","ms":1.5,"path":"a\\b",)"
        R"("count":3,"ok":true,"none":"nan"})");
}

TEST_CASE("what a client wrote cannot begin a line of its own") {
  for (const auto format : {log_format::text, log_format::json}) {
    captured_log log{format};
    log_of_test.info("one\nerror [x] two", {{"who", "three\r\nfour\x1b[2J"}});
    REQUIRE(log.lines().size() == 1);
    CHECK(log.lines()[0].find('\x1b') == std::string::npos);
    CHECK(log.lines()[0].find('\r') == std::string::npos);
  }
}

TEST_CASE("lines below the level are not written") {
  captured_log log{log_format::text, log_level::warn};
  log_of_test.trace("no");
  log_of_test.debug("no");
  log_of_test.info("no");
  log_of_test.warn("yes");
  log_of_test.error("yes");
  CHECK(log.lines().size() == 2);
  CHECK(dhr::logger::writes(log_level::error));
  CHECK_FALSE(dhr::logger::writes(log_level::info));
}

TEST_CASE("a secret cannot be a fact of a line") {
  CHECK_FALSE(std::is_constructible_v<dhr::log_field, std::string_view, dhr::secret>);
  CHECK(std::is_constructible_v<dhr::log_field, std::string_view, std::string>);
}

TEST_CASE("lines of many threads stay whole") {
  captured_log log{log_format::text};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) log_of_test.info("a whole line", {{"number", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  const auto lines = log.lines();
  CHECK(lines.size() == 400);
  for (const auto& line : lines)
    CHECK(after(line, "[tests]").starts_with("[tests] a whole line number="));
}
