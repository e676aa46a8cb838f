#include "benchmarks/support/streaming_client.hpp"

#include <iostream>
#include <stdexcept>

namespace dhr::bench {

streaming_client::streaming_client(boost::asio::io_context& io, std::uint16_t port,
                                   const microphone_options& options)
    : io_{io},
      timer_{io},
      client_{io,
              port,
              {[this] {
                 client_.send(testing::with_face());
                 microphone_.start();
                 after(std::chrono::seconds{1}, [this] { begin(); });
               },
               [this](std::string_view event) { receive(event); },
               [](const std::string& reason) {
                 throw std::runtime_error{"the connection ended: " + reason};
               }}},
      microphone_{io, client_, options} {}

void streaming_client::ask(std::string_view text) {
  client_.send(testing::user_item(text));
  client_.send(testing::response_create);
}

void streaming_client::receive(std::string_view event) {
  const auto type = testing::type_of(event);
  // An answer may be over when its cancellation arrives.
  const bool is_error =
      type == "error" && testing::string_field(event, "code") != "response_cancel_not_active";
  if (is_error || type == "digital_human.notice" || type == "digital_human.session_closed") {
    std::cerr << event << '\n';
  }
  on_event(type, event);
}

}  // namespace dhr::bench
