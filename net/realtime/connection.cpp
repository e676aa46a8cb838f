#include "net/realtime/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "net/door/request_knock.hpp"
#include "net/door/stream.hpp"
#include "net/realtime/client_actor.hpp"
#include "net/realtime/codec.hpp"
#include "net/realtime/event_charge.hpp"
#include "net/realtime/event_id.hpp"
#include "net/realtime/handshake.hpp"
#include "net/realtime/refusal_response.hpp"
#include "runtime/base/log.hpp"

namespace dhr::realtime {
namespace {

// In this file a co_await takes named values only: g++ 12 misplaces braced temporaries in a
// coroutine's frame.

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds close_time{
    5};  // from the wish to close until the socket is closed at the latest
constexpr std::uint32_t header_bytes_max = 16'384;
constexpr milliseconds retry_after{2'000};
constexpr std::uint16_t key_refused = 4'401;  // of a close frame, for 401
constexpr auto key_wanted = ": this server wants an API key, or another one than it was given";

constexpr logger out{"net/realtime"};

handshake_refusal server_full() {
  handshake_refusal full{503, {"server_error", "overloaded", {}, {}, {}}};
  full.problem.message = "the server holds all connections that it may";
  return full;
}

// Lives on: the strand of its socket. Owned by: its own coroutine and pending operations.
class connection final : public door::live_connection,
                         public std::enable_shared_from_this<connection> {
 public:
  connection(tcp::socket socket, std::shared_ptr<const connection_context> context)
      : place_{context->table, this},
        context_{std::move(context)},
        ws_{std::move(socket)},
        wait_{ws_.get_executor()},
        deadline_{ws_.get_executor()} {}

  // Goes through the client actor's mailbox, behind what its session sent before it ended.
  void shut_down() override {
    asio::post(ws_.get_executor(), [self = shared_from_this()] {
      if (!self->client_) return self->abort_now();
      session_closed last{"shutdown", "the server is shutting down"};
      caf::anon_send(self->client_, session_event{{}, 0, std::move(last)});
    });
  }

  void abort() override {
    asio::post(ws_.get_executor(), [self = shared_from_this()] { self->abort_now(); });
  }

  asio::awaitable<void> run(bool refused) override {
    const bool opened = co_await open(refused);
    if (!opened) co_return abort_now();
    context_->counts.connection_opened();
    co_await serve();
    link_->disconnected();
    caf::anon_send_exit(client_, caf::exit_reason::user_shutdown);
    client_ = nullptr;
    context_->counts.connection_closed(why_);
    // With a close handshake under way, its own operation keeps the connection alive to its end.
    if (!closing_) abort_now();
  }

 private:
  // ---- the handshake

  asio::awaitable<bool> open(bool refused) {
    auto& stream = ws_.next_layer();
    stream.next_layer().expires_after(context_->settings.handshake_timeout_s);
    const auto tls = context_->tls ? context_->tls->context() : nullptr;
    beast::flat_buffer buffer;
    auto trouble = co_await stream.open(tls.get(), buffer);
    if (trouble) co_return false;
    bhttp::request_parser<bhttp::empty_body> parser;
    parser.header_limit(header_bytes_max);
    std::tie(trouble, std::ignore) = co_await bhttp::async_read(stream, buffer, parser, as_result);
    if (trouble) co_return false;
    const auto& request = parser.get();
    if (refused) {
      context_->counts.error_answered(errc::overloaded);
      co_await answer(request, server_full(), retry_after);
      co_return false;
    }
    const upgrade_request asked{request.target(), request[bhttp::field::sec_websocket_protocol],
                                request["OpenAI-Beta"], websocket::is_upgrade(request)};
    const auto wanted = read_handshake(asked);
    if (!wanted) {
      co_await answer(request, wanted.assume_error(), {});
      co_return false;
    }
    const bool let_in = co_await enter(request, wanted.assume_value());
    if (!let_in) co_return false;
    const bool accepted = co_await accept(request, wanted.assume_value());
    co_return accepted;
  }

  // A browser hears of a missing or wrong key by the close code alone.
  asio::awaitable<bool> enter(const bhttp::request<bhttp::empty_body>& request,
                              const handshake& wanted) {
    const auto knock = door::knock_of(request, ws_.next_layer(), context_->tls.get());
    auto admitted = context_->gate->enter(knock);
    if (admitted) {
      admission_ = std::move(admitted).assume_value();
      out.debug("a client came in", {{"key", admission_->key_name()}});
      co_return true;
    }
    const auto& why = admitted.assume_error();
    out.debug("a client was refused", {{"status", why.status}, {"reason", why.code}});
    if (why.status == 401 && door::is_of_browser(knock)) {
      const websocket::close_reason reason{static_cast<websocket::close_code>(key_refused),
                                           why.code + key_wanted};
      const bool accepted = co_await shake_hands(request, wanted);
      if (accepted) co_await ws_.async_close(reason, as_result);
      co_return false;
    }
    const handshake_refusal refusal{why.status,
                                    {"invalid_request_error", why.code, why.message, {}, {}}};
    co_await answer(request, refusal, why.retry_after);
    co_return false;
  }

  asio::awaitable<void> answer(const bhttp::request<bhttp::empty_body>& request,
                               const handshake_refusal& refusal,
                               std::optional<milliseconds> later) {
    const auto response = refusal_response(refusal, request.version(), later);
    co_await bhttp::async_write(ws_.next_layer(), response, as_result);
    co_await ws_.next_layer().finish(close_time);
  }

  // The WebSocket's.
  asio::awaitable<bool> shake_hands(const bhttp::request<bhttp::empty_body>& request,
                                    const handshake& wanted) {
    const auto& settings = context_->settings;
    ws_.next_layer().next_layer().expires_never();
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = close_time;
    // Beast pings after half of the idle time without a word from the client.
    timeout.idle_timeout = 2 * settings.ping_interval_s;
    timeout.keep_alive_pings = true;
    ws_.set_option(timeout);
    ws_.set_option(websocket::stream_base::decorator([&](websocket::response_type& response) {
      if (wanted.subprotocol) response.set(bhttp::field::sec_websocket_protocol, "realtime");
    }));
    ws_.read_message_max(static_cast<std::size_t>(settings.message_bytes_max));
    ws_.auto_fragment(false);
    ws_.text(true);
    const auto [trouble] = co_await ws_.async_accept(request, as_result);
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    co_return !trouble;
  }

  asio::awaitable<bool> accept(const bhttp::request<bhttp::empty_body>& request,
                               const handshake& wanted) {
    const bool shaken = co_await shake_hands(request, wanted);
    if (!shaken) co_return false;
    const auto& settings = context_->settings;
    link_ = std::make_shared<client_link>(
        link_limits{{static_cast<std::size_t>(settings.outbox_frames_max),
                     static_cast<std::size_t>(settings.outbox_bytes_max)},
                    context_->unanswered_max},
        context_->counts, [weak = weak_from_this()] {
          const auto self = weak.lock();
          if (self) asio::post(self->ws_.get_executor(), [self] { self->woken(); });
        });
    codec_limits decoded;
    decoded.languages = context_->languages;
    decoder_.emplace(wanted.shape, decoded);
    client_ = spawn_client(context_->system, context_->conversations, link_, options_for(wanted));
    pump();
    co_return true;
  }

  client_options options_for(const handshake& wanted) const {
    client_options options;
    options.conversation = wanted.conversation;
    options.owner = admission_->key_name();
    options.wish = wanted.wish;
    if (wanted.redirect) options.redirect_label = "realtime_url";
    options.move_patience = context_->move_patience;
    options.writer = context_->writer;
    options.writer.shape = wanted.shape;
    if (!wanted.model.empty()) options.writer.model = wanted.model;
    if (!wanted.conversation.value.empty() && !wanted.last_event_id.empty()) {
      // What cannot be an event of this server lies before all that it has sent.
      options.seen = parse_event_id(wanted.last_event_id).value_or(event_mark{});
    }
    // The client actor may outlive its connection, which alone counts for the key.
    options.rate_limits = [mine = std::weak_ptr{admission_}, &time = context_->time] {
      const auto admitted = mine.lock();
      return admitted ? admitted->rate_limits(time.now()) : std::vector<door::rate_limit>{};
    };
    options.turn_begins = [mine = std::weak_ptr{admission_}, &time = context_->time,
                           link = link_]() -> result<void> {
      const auto admitted = mine.lock();
      if (!admitted) return ok();
      auto begun = admitted->turn_begins(time.now());
      if (!begun) {
        const auto wait = begun.assume_error().retry_after.value_or(milliseconds{0});
        link->ignore_sound_until(time.now() + wait);
      }
      return begun;
    };
    return options;
  }

  // ---- reading

  asio::awaitable<void> serve() {
    beast::flat_buffer buffer;
    while (!closing_) {
      if ((!link_->session() && !link_->rests()) || !link_->may_ask()) {
        co_await wait_for_wake();
        continue;
      }
      const auto [trouble, size] = co_await ws_.async_read(buffer, as_result);
      if (trouble) co_return explain(trouble);
      // While the client was silent its session may have gone, and another one has to be found.
      const auto session = co_await find_session();
      if (session) take({static_cast<const char*>(buffer.cdata().data()), size}, *session);
      buffer = {};  // an idle connection holds no memory for the next message
    }
  }

  asio::awaitable<std::optional<session_actor>> find_session() {
    std::optional<session_actor> session;
    std::optional<mono_time> roused_at;
    while (!closing_ && !(session = link_->session())) {
      if (link_->take_rest()) {
        roused_at = context_->time.now();
        caf::anon_send(client_, rouse_atom::value);
      }
      co_await wait_for_wake();
    }
    if (session && roused_at) {
      context_->counts.conversation_reactivated(context_->time.now() - *roused_at);
    }
    co_return session;
  }

  asio::awaitable<void> wait_for_wake() {
    reader_waits_ = true;
    wait_.expires_at(asio::steady_timer::time_point::max());
    co_await wait_.async_wait(as_result);
    reader_waits_ = false;
  }

  void take(std::string_view message, const session_actor& session) {
    if (link_->closing()) return;
    if (ws_.got_binary()) {
      context_->counts.error_answered(errc::invalid_argument);
      event_problem problem{"invalid_request_error", "unsupported_value", {}, {}, {}};
      problem.message = "binary messages are not understood; send JSON in text messages";
      return link_->put(problem);
    }
    auto decoded = decoder_->decode(message);
    if (!decoded) {
      context_->counts.error_answered(errc::invalid_argument);
      return link_->put(decoded.assume_error());
    }
    if (!decoded.assume_value()) return;
    auto& event = *decoded.assume_value();
    const bool is_sound = std::holds_alternative<append_audio>(event);
    if (is_sound && link_->ignores_sound(context_->time.now())) return;
    if (auto problem = charge(event, *admission_, context_->time.now())) {
      context_->counts.error_answered(errc::overloaded);
      return link_->put(*problem);
    }
    if (is_answered(event)) link_->asked();
    if (std::holds_alternative<create_response>(event)) link_->response_asked();
    const auto bytes = sound_of(event).size();
    for (auto& request : to_requests(std::move(event))) {
      caf::anon_send(session, std::move(request));
    }
    // Behind the sound, so that the session's answer covers it.
    const auto untaken = link_->sound_sent(bytes);
    if (untaken > 0) caf::anon_send(client_, sound_passed_on{untaken});
  }

  // Why the reading ended, in the words of the metric.
  void explain(beast::error_code trouble) {
    if (closing_) return;
    if (trouble == websocket::error::message_too_big) {
      why_ = "too_large";
    } else if (trouble == beast::error::timeout) {
      why_ = "silent";
    } else if (trouble == websocket::condition::protocol_violation) {
      why_ = "protocol";
    } else {
      why_ = "client";
    }
  }

  // ---- writing

  void woken() {
    wait_.cancel();
    if (link_->closing() && !deadline_armed_) arm_deadline();
    pump();
  }

  void pump() {
    if (writing_ || closing_ || !ws_.is_open()) return;
    auto step = link_->next();
    if (reader_waits_ && link_->may_ask()) wait_.cancel();
    if (step.message) {
      current_ = std::move(*step.message);
      writing_ = true;
      ws_.async_write(asio::buffer(current_),
                      [self = shared_from_this()](beast::error_code trouble, std::size_t) {
                        self->written(trouble);
                      });
    } else if (step.close) {
      begin_close(*step.close);
    } else {
      current_ = {};
    }
  }

  void written(beast::error_code trouble) {
    writing_ = false;
    if (trouble) return abort_now();
    pump();
  }

  // ---- the end

  void begin_close(const close_reason& reason) {
    closing_ = true;
    why_ = reason.code == 1'013 ? "slow" : reason.code == 1'001 ? "drained" : "session_ended";
    if (!deadline_armed_) arm_deadline();
    ws_.async_close(
        websocket::close_reason{static_cast<websocket::close_code>(reason.code), reason.text},
        [self = shared_from_this()](beast::error_code) { self->abort_now(); });
    wait_.cancel();
  }

  void arm_deadline() {
    deadline_armed_ = true;
    deadline_.expires_after(close_time);
    deadline_.async_wait([weak = weak_from_this()](beast::error_code trouble) {
      if (trouble) return;
      if (auto self = weak.lock()) self->abort_now();
    });
  }

  void abort_now() {
    closing_ = true;
    ws_.next_layer().close();
    wait_.cancel();
    deadline_.cancel();
  }

  const door::table_place place_;
  const std::shared_ptr<const connection_context> context_;
  std::shared_ptr<door::admission> admission_;  // the connection counts while it lives
  websocket::stream<door::stream, false> ws_;
  asio::steady_timer wait_;      // the reader sleeps on it until it is woken
  asio::steady_timer deadline_;  // of the closing
  std::optional<event_decoder> decoder_;
  std::shared_ptr<client_link> link_;
  connected_client client_;
  std::string current_;             // being written
  std::string_view why_ = "other";  // it ended
  bool reader_waits_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool deadline_armed_ = false;
};

}  // namespace

std::shared_ptr<door::live_connection> make_connection(
    tcp::socket socket, std::shared_ptr<const connection_context> context) {
  return std::make_shared<connection>(std::move(socket), std::move(context));
}

}  // namespace dhr::realtime
