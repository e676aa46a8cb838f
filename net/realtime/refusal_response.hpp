#pragma once
// The HTTP answer to a handshake that is refused. Internal to the room: it brings Beast in.

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "net/realtime/handshake.hpp"
#include "runtime/base/clock.hpp"

namespace dhr::realtime {

using refusal_message = boost::beast::http::response<boost::beast::http::string_body>;

// `version`: of the request's HTTP, as Beast counts. `later`: when to try again.
[[nodiscard]] refusal_message refusal_response(const handshake_refusal& refusal, unsigned version,
                                               std::optional<milliseconds> later);

}  // namespace dhr::realtime
