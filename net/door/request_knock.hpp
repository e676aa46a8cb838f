#pragma once
// What of a Beast request decides who may come in.

#include <boost/beast/http/message.hpp>

#include "net/door/access.hpp"
#include "net/door/stream.hpp"
#include "net/door/tls_context.hpp"

namespace dhr::door {

// The views live as long as the request. `tls`: nothing where plain text only is spoken.
template <class Fields>
[[nodiscard]] knock knock_of(const boost::beast::http::header<true, Fields>& request,
                             const stream& from, const tls_setup* tls) {
  using boost::beast::http::field;
  knock asked;
  asked.target = request.target();
  asked.host = request[field::host];
  asked.origin = request[field::origin];
  asked.authorization = request[field::authorization];
  asked.api_key = request["api-key"];
  asked.subprotocols = request[field::sec_websocket_protocol];
  asked.from_loopback = from.from_loopback();
  asked.lacks_tls = tls != nullptr && tls->required() && !from.encrypted();
  return asked;
}

}  // namespace dhr::door
