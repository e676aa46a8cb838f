#pragma once
// Client events of the OpenAI Realtime protocol (GA names and the beta's) with what Azure Voice
// Live adds, to the session's own messages. All of them are understood on every connection, but for
// the events of voice_live_input.hpp. Pure: no socket, no actor.
//
// Unknown fields inside known objects are ignored, and so are known ones that change nothing here.
// A field that is known, would change what the server does and is not supported is refused by its
// path; so is a value of the wrong type or range.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/session/requests.hpp"
#include "net/realtime/event_problem.hpp"
#include "net/realtime/event_shape.hpp"

namespace dhr::realtime {

// What a decoder lets through.
struct codec_limits {
  std::size_t depth_max = 32;           // levels of JSON
  std::size_t text_bytes_max = 65'536;  // of instructions, of one item's text, of all tools
  std::size_t audio_base64_bytes_max = 15 * 1'024 * 1'024;  // of one event's sound
  std::size_t tools_max = 128;
  std::size_t input_items_max = 256;   // of response.create
  int tokens_max = 4'096;              // of one response; "inf" means this
  std::vector<std::string> languages;  // that speech can be transcribed in (ISO 639-1); empty: any
};

// What a client may ask for. `request` of each message is a request_tag.
using client_event = client_request_payload;

class voice_live_input;
struct event_context;

// One per connection, for its events in their order.
class event_decoder {
 public:
  // In Voice Live's shape its own events are understood as well.
  explicit event_decoder(event_shape shape, const codec_limits& limits = {});
  ~event_decoder();

  // Never throws. Nothing for a part of something that is to be whole first. The problem carries
  // the client's event id if one could be read.
  [[nodiscard]] checked<std::optional<client_event>> decode(std::string_view json);

 private:
  [[nodiscard]] checked<std::optional<client_event>> decode_fields(const event_context& context);

  const codec_limits limits_;
  std::unique_ptr<voice_live_input> voice_live_;
};

// The messages to the session: one, or for long sound several in its order. Sound inside an item
// stays whole.
[[nodiscard]] std::vector<client_request> to_requests(client_event event);

// Whether the session answers it when all is well; append_audio goes without an answer.
[[nodiscard]] bool is_answered(const client_event& event) noexcept;

// The session hands `request` back in request_failed; the tag tells what kind of event it was, so
// that the error names the field as the client wrote it.
enum class request_kind : char {
  update_session = 'u',
  create_item = 'i',
  delete_item = 'd',
  retrieve_item = 'g',
  truncate_item = 't',
  create_response = 'r',
  cancel_response = 'c',
  append_audio = 'a',
  commit_audio = 'k',
  clear_audio = 'e',
  clear_output = 'o',
};

struct request_tag {
  request_kind kind = request_kind::update_session;
  std::string event_id;  // the client's; may be empty
};

[[nodiscard]] std::string to_request(const request_tag& tag);
[[nodiscard]] request_tag to_tag(std::string_view request);

}  // namespace dhr::realtime
