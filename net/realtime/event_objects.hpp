#pragma once
// The protocol's nested objects: session, item, response, error. Internal to the response writer.

#include <boost/json.hpp>
#include <string>

#include "actors/session/messages.hpp"
#include "net/realtime/event_problem.hpp"
#include "net/realtime/response_writer.hpp"

namespace dhr::realtime {

[[nodiscard]] boost::json::object session_object(const session_settings& settings,
                                                 const conversation_id& conversation,
                                                 const writer_options& options);
[[nodiscard]] boost::json::object item_object(const conversation_item& item);

// A content part of response.content_part.added and .done.
[[nodiscard]] boost::json::object part_object(bool spoken, const std::string& text);

struct response_head {
  std::string response_id;
  std::string conversation;
  const session_settings* settings = nullptr;
};
[[nodiscard]] boost::json::object response_object(const response_head& head);
[[nodiscard]] boost::json::object finished_object(const response_head& head,
                                                  const turn_finished& finished,
                                                  std::uint64_t turn_number);

[[nodiscard]] boost::json::object error_object(const event_problem& problem);

// The problem that a request_failed tells, in the words of the client's own event.
[[nodiscard]] event_problem problem_of(const request_failed& failed);

// null for an empty string.
[[nodiscard]] boost::json::value text_or_null(const std::string& text);

}  // namespace dhr::realtime
