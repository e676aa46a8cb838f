#pragma once
// A light client of the WebSocket for load: it looks at an event's type and little else.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace dhr::testing {

// Lives on: the thread that runs the io_context. Callbacks are called there.
class realtime_client {
 public:
  struct callbacks {
    std::function<void()> opened;
    std::function<void(std::string_view event)> received;
    std::function<void(std::string reason)> closed;
  };

  // `query` is what stands behind the "?" of the address besides the model, such as
  // "conversation=conv_1".
  realtime_client(boost::asio::io_context& io, std::uint16_t port, callbacks handlers,
                  std::string query = {});
  ~realtime_client();
  // What is sent before the connection stands waits for it.
  void send(std::string event);
  void close();

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

// The value of the first "type" in a server event, which is the event's own.
[[nodiscard]] std::string_view type_of(std::string_view event) noexcept;

// The value of a string field of the event's own level; "" when there is none. For fields whose
// name occurs once.
[[nodiscard]] std::string_view string_field(std::string_view event, std::string_view name) noexcept;

// How many samples the base64 PCM16 in "delta" holds.
[[nodiscard]] std::int64_t samples_in_delta(std::string_view event) noexcept;

// The client events that begin a turn with these words.
[[nodiscard]] std::string user_item(std::string_view text);
inline const std::string response_create = R"({"type":"response.create"})";
// Settings for a spoken answer with the whole face.
[[nodiscard]] std::string with_face();

}  // namespace dhr::testing
