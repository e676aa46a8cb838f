#pragma once
// Client events of the OpenAI Realtime protocol (GA names, the beta's aliases, and the animation
// fields of Azure Voice Live) to the session's own messages. Pure: no socket, no actor.
//
// Unknown fields inside known objects are ignored. A field that is known, would change what the
// server does and is not supported is refused by its path; so is a value of the wrong type or
// range.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "actors/session/messages.hpp"
#include "net/realtime/event_problem.hpp"

namespace dhr::realtime {

struct codec_limits {
  std::size_t depth_max = 32;           // levels of JSON
  std::size_t text_bytes_max = 65'536;  // of instructions, and of one item's text
  int tokens_max = 4'096;               // of one response; "inf" means this
};

// What a client may ask for. `request` of each message is a request_tag.
using client_event = std::variant<update_session, create_item, delete_item, retrieve_item,
                                  create_response, cancel_response>;

// Never throws. The problem carries the client's event id if one could be read.
[[nodiscard]] checked<client_event> decode(std::string_view json, const codec_limits& limits = {});

// The session hands `request` back in request_failed; the tag tells what kind of event it was, so
// that the error names the field as the client wrote it.
enum class request_kind : char {
  update_session = 'u',
  create_item = 'i',
  delete_item = 'd',
  retrieve_item = 'g',
  create_response = 'r',
  cancel_response = 'c',
};

struct request_tag {
  request_kind kind = request_kind::update_session;
  std::string event_id;  // the client's; may be empty
};

[[nodiscard]] std::string to_request(const request_tag& tag);
[[nodiscard]] request_tag to_tag(std::string_view request);

}  // namespace dhr::realtime
