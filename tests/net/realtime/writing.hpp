#pragma once
// What the writer's tests share: a writer that is fed one payload after the other.

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <span>
#include <string>
#include <vector>

#include "net/realtime/response_writer.hpp"

namespace dhr::realtime {

using strings = std::vector<std::string>;

inline writer_options options_of(event_shape shape) {
  writer_options options;
  options.model = "test-model";
  options.shape = shape;
  return options;
}

struct writer_bench {
  explicit writer_bench(writer_options options) : writer{std::move(options)} {}
  explicit writer_bench(event_shape shape = event_shape::ga) : writer{options_of(shape)} {}

  response_writer writer;
  std::uint64_t sequence = 0;
  std::vector<outgoing> out;
  std::vector<boost::json::object> events;  // of the last write

  strings parse() {
    events.clear();
    strings types;
    for (const auto& event : out) {
      events.push_back(boost::json::parse(event.json).as_object());
      types.emplace_back(events.back().at("type").as_string());
    }
    return types;
  }

  strings write_as(std::uint64_t number, session_payload payload, std::uint64_t turn = 0) {
    out.clear();
    sequence = number;
    writer.write({{{"conv_1"}, {3}, turn}, number, std::move(payload)}, out);
    return parse();
  }

  strings write(session_payload payload, std::uint64_t turn = 0) {
    return write_as(sequence + 1, std::move(payload), turn);
  }
};

inline session_settings all_outputs() {
  session_settings settings;
  settings.voice = "joe";
  settings.blendshapes = settings.visemes = settings.word_timestamps = true;
  return settings;
}

inline turn_started start(const session_settings& settings, std::string previous = "item_1") {
  turn_started started;
  started.response_id = "resp_1";
  started.item_id = "item_2";
  started.previous_item_id = std::move(previous);
  started.settings = settings;
  return started;
}

// Two samples, two frames, two visemes, one word.
inline media_chunk chunk() {
  const std::vector<face_frame> frames(2);
  return {4'800,
          shared_bytes{std::string("\0\1\2\3", 4)},
          6,
          shared_bytes::of(std::span<const face_frame>{frames}),
          {{4'824, 21}, {7'200, 0}},
          {{"Hi.", 4'800, 9'600}}};
}

inline turn_finished finish(turn_status status, bool spoken) {
  using namespace std::chrono_literals;
  turn_finished finished;
  finished.response_id = "resp_1";
  finished.item = {"item_2", item_role::assistant, item_status::completed, "Hi.", spoken};
  finished.status = status;
  finished.usage = {10, 4, 3};
  finished.timings = {1ms, 2ms, 3ms, 4ms, {5ms, 6ms}};
  return finished;
}

inline conversation_item call_item(std::string id, std::string call_id, std::string arguments) {
  conversation_item item;
  item.id = std::move(id);
  item.role = item_role::assistant;
  item.kind = item_kind::function_call;
  item.call_id = std::move(call_id);
  item.name = "get_weather";
  item.text = std::move(arguments);
  return item;
}

}  // namespace dhr::realtime
