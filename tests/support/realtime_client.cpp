#include "tests/support/realtime_client.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>
#include <deque>
#include <utility>

namespace dhr::testing {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

struct realtime_client::impl : std::enable_shared_from_this<impl> {
  beast::websocket::stream<beast::tcp_stream> socket;
  callbacks handlers;
  beast::flat_buffer buffer;
  std::deque<std::string> outbox;
  std::string target = "/v1/realtime?model=digital-human";
  bool open = false;

  impl(asio::io_context& io, callbacks h) : socket{io}, handlers{std::move(h)} {}

  void fail(const boost::system::error_code& problem) {
    if (auto closed = std::exchange(handlers.closed, nullptr)) closed(problem.message());
  }

  void start(std::uint16_t port) {
    beast::get_lowest_layer(socket).async_connect(
        tcp::endpoint{asio::ip::address_v4::loopback(), port},
        [self = shared_from_this()](boost::system::error_code problem) {
          if (problem) return self->fail(problem);
          self->shake_hands();
        });
  }

  void shake_hands() {
    beast::get_lowest_layer(socket).socket().set_option(tcp::no_delay{true});
    socket.async_handshake("127.0.0.1", target,
                           [self = shared_from_this()](boost::system::error_code problem) {
                             if (problem) return self->fail(problem);
                             self->open = true;
                             if (!self->outbox.empty()) self->write();
                             if (self->handlers.opened) self->handlers.opened();
                             self->read();
                           });
  }

  void read() {
    socket.async_read(
        buffer, [self = shared_from_this()](boost::system::error_code problem, std::size_t) {
          if (problem) return self->fail(problem);
          const auto data = self->buffer.cdata();
          self->handlers.received({static_cast<const char*>(data.data()), data.size()});
          self->buffer.consume(self->buffer.size());
          self->read();
        });
  }

  void write() {
    socket.async_write(asio::buffer(outbox.front()),
                       [self = shared_from_this()](boost::system::error_code problem, std::size_t) {
                         if (problem) return self->fail(problem);
                         self->outbox.pop_front();
                         if (!self->outbox.empty()) self->write();
                       });
  }
};

realtime_client::realtime_client(asio::io_context& io, std::uint16_t port, callbacks handlers,
                                 std::string query)
    : impl_{std::make_shared<impl>(io, std::move(handlers))} {
  if (!query.empty()) impl_->target += "&" + query;
  impl_->start(port);
}

realtime_client::~realtime_client() { close(); }

void realtime_client::send(std::string event) {
  impl_->outbox.push_back(std::move(event));
  if (impl_->open && impl_->outbox.size() == 1) impl_->write();
}

void realtime_client::close() {
  impl_->handlers.closed = nullptr;
  impl_->handlers.received = [](std::string_view) {};
  beast::get_lowest_layer(impl_->socket).close();
}

std::string_view string_field(std::string_view event, std::string_view name) noexcept {
  const auto key = '"' + std::string{name} + "\":\"";
  const auto at = event.find(key);
  if (at == std::string_view::npos) return {};
  const auto begin = at + key.size();
  return event.substr(begin, event.find('"', begin) - begin);
}

std::string_view type_of(std::string_view event) noexcept { return string_field(event, "type"); }

std::int64_t samples_in_delta(std::string_view event) noexcept {
  const auto base64 = string_field(event, "delta");
  auto bytes = static_cast<std::int64_t>(base64.size() / 4 * 3);
  if (base64.ends_with("==")) {
    bytes -= 2;
  } else if (base64.ends_with("=")) {
    bytes -= 1;
  }
  return bytes / 2;
}

std::string user_item(std::string_view text) {
  return boost::json::serialize(boost::json::object{
      {"type", "conversation.item.create"},
      {"item",
       {{"type", "message"},
        {"role", "user"},
        {"content", {boost::json::object{{"type", "input_text"}, {"text", text}}}}}}});
}

std::string with_face() {
  return R"({"type":"session.update","session":{"type":"realtime","output_modalities":["audio"],)"
         R"("output_audio_timestamp_types":["word"],)"
         R"("animation":{"model_name":"default","outputs":["blendshapes","viseme_id"]}}})";
}

}  // namespace dhr::testing
