#pragma once
// One POST whose answer comes in pieces: asynchronous, with time-outs for each stage, cancellable.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace boost::asio {
class io_context;
}

namespace dhr {

struct http_stream_request {
  std::string url;     // http:// or https://
  std::string bearer;  // empty: no Authorization header
  std::string body;
  milliseconds connect_timeout{2'000};            // name, connection and TLS together
  milliseconds first_byte_timeout{10'000};        // from the request to the answer's first byte
  milliseconds idle_timeout{5'000};               // between two pieces
  std::string content_type = "application/json";  // of `body`
  std::string accept = "text/event-stream";
};

// Called on the io_context's threads, one at a time, and not after `finished` or `cancel`.
struct http_stream_handlers {
  std::function<void(std::string_view bytes)> piece;  // of the body of a 2xx answer
  // The end, once: ok; errc::unavailable (cannot be reached, 429, 5xx: worth another try, with
  // retry_after if the server named one); errc::deadline; errc::invalid_argument (the URL, 4xx; the
  // message holds what the server said); errc::failed (the stream broke off).
  std::function<void(result<void>)> finished;
};

// Thread-safe. Dropping it does not end the call.
class http_stream_call {
 public:
  virtual ~http_stream_call() = default;
  // Closes the connection; a handler that runs at this moment may still end.
  virtual void cancel() = 0;
};

[[nodiscard]] std::shared_ptr<http_stream_call> post_stream(boost::asio::io_context& io,
                                                            http_stream_request request,
                                                            http_stream_handlers handlers);

}  // namespace dhr
