#pragma once
// The protocol's nested objects: session, item, response, error, in the shape that a connection
// has. Internal to the response writer.

#include <boost/json.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/session/messages.hpp"
#include "net/realtime/event_problem.hpp"
#include "net/realtime/event_shape.hpp"
#include "net/realtime/event_sink.hpp"

namespace dhr::realtime {

// Of a session that is not only its settings.
struct session_facts {
  std::string conversation;
  std::string model;
  int fps = 30;
};

[[nodiscard]] boost::json::object session_object(const session_settings& settings,
                                                 const session_facts& facts, event_shape shape);
[[nodiscard]] boost::json::object item_object(const conversation_item& item, event_shape shape);

// A content part of response.content_part.added and .done.
[[nodiscard]] boost::json::object part_object(bool spoken, const std::string& text);

struct response_head {
  std::string response_id;
  std::string conversation;  // "" for a response out of band
  const session_settings* settings = nullptr;
  std::vector<std::pair<std::string, std::string>> metadata;
};
[[nodiscard]] boost::json::object response_object(const response_head& head, event_shape shape);
// With the items in the order of their output indices.
[[nodiscard]] boost::json::object finished_object(const response_head& head,
                                                  const turn_finished& finished,
                                                  boost::json::array output,
                                                  std::uint64_t turn_number, event_shape shape);

// What is felt of a clause, without whose it is.
[[nodiscard]] boost::json::object feeling_object(const felt& payload);

[[nodiscard]] boost::json::object error_object(const event_problem& problem);

// As the protocol names it: "" for none.
[[nodiscard]] boost::json::array output_modalities(const session_settings& settings,
                                                   event_shape shape);
[[nodiscard]] boost::json::object ga_format(const audio_format& format);
[[nodiscard]] std::string beta_format(const audio_format& format);

// null for an empty string.
[[nodiscard]] boost::json::value text_or_null(const std::string& text);

// ---- events whose members are values

// Appends `,"member":value`.
void add(std::string& text, std::string_view member, const boost::json::value& value);

using event_members = std::initializer_list<std::pair<std::string_view, boost::json::value>>;
void put(event_sink& sink, std::string_view type, event_members members);

}  // namespace dhr::realtime
