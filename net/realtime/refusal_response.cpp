#include "net/realtime/refusal_response.hpp"

#include <boost/json/serialize.hpp>
#include <string>

#include "net/realtime/event_objects.hpp"

namespace dhr::realtime {

refusal_message refusal_response(const handshake_refusal& refusal, unsigned version,
                                 std::optional<milliseconds> later) {
  using boost::beast::http::field;
  refusal_message response{static_cast<boost::beast::http::status>(refusal.status), version};
  response.set(field::content_type, "application/json");
  if (later) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*later).count();
    response.set(field::retry_after, std::to_string(seconds));
  }
  if (refusal.status == 401) response.set(field::www_authenticate, "Bearer");
  if (refusal.status == 426) response.set(field::upgrade, "websocket");
  response.keep_alive(false);
  response.body() =
      boost::json::serialize(boost::json::object{{"error", error_object(refusal.problem)}});
  response.prepare_payload();
  return response;
}

}  // namespace dhr::realtime
