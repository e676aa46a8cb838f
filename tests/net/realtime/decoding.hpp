#pragma once
// What the codec's tests share.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "net/realtime/codec.hpp"

namespace dhr::realtime {

// One event by itself. In this shape none is a part of another.
inline checked<client_event> decode(std::string_view json, const codec_limits& limits = {}) {
  auto decoded = event_decoder{event_shape::ga, limits}.decode(json);
  if (!decoded) return std::move(decoded).as_failure();
  REQUIRE(decoded.assume_value());
  return std::move(*decoded.assume_value());
}

template <class Event>
Event good(std::string_view json, const codec_limits& limits = {}) {
  INFO(json.substr(0, 1'000));
  auto decoded = decode(json, limits);
  if (!decoded) FAIL(decoded.assume_error().message);
  REQUIRE(std::holds_alternative<Event>(decoded.assume_value()));
  return std::get<Event>(decoded.assume_value());
}

inline event_problem bad(std::string_view json, const codec_limits& limits = {}) {
  INFO(json.substr(0, 1'000));
  auto decoded = decode(json, limits);
  REQUIRE_FALSE(decoded);
  CHECK_FALSE(decoded.assume_error().message.empty());
  return decoded.assume_error();
}

inline std::string session(const std::string& fields) {
  return R"({"type":"session.update","event_id":"e1","session":{"type":"realtime",)" + fields +
         "}}";
}

inline settings_patch patch_of(const std::string& fields) {
  return good<update_session>(session(fields)).patch;
}

// The valid messages that the fuzzer starts from as well, by their files' names.
inline std::map<std::string, std::string> valid_messages() {
  std::map<std::string, std::string> messages;
  for (const auto& entry :
       std::filesystem::directory_iterator{DHR_SOURCE_DIR "/tests/fuzz/realtime_codec"}) {
    std::ostringstream text;
    text << std::ifstream{entry.path()}.rdbuf();
    messages[entry.path().stem().string()] = text.str();
  }
  REQUIRE(messages.size() >= 25);
  return messages;
}

}  // namespace dhr::realtime
