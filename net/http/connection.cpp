#include "net/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "net/door/request_knock.hpp"
#include "net/door/stream.hpp"
#include "net/http/cross_origin.hpp"
#include "net/http/interaction_actor.hpp"
#include "runtime/base/log.hpp"

namespace dhr::http {
namespace {

// In this file a co_await takes named values only: g++ 12 misplaces braced temporaries in a
// coroutine's frame.

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr auto write_timeout = std::chrono::seconds{60};  // for one answer
constexpr auto retry_after_s = "2";
constexpr milliseconds goodbye_time{2'000};  // for the client's part of ending TLS

constexpr logger out{"net/http"};

using parser = bhttp::request_parser<bhttp::string_body>;

reply refusal_reply(const door::refusal& why) {
  auto answer = error_reply(why.status, why.code, why.message);
  if (why.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (why.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*why.retry_after).count();
    answer.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return answer;
}

// 307 keeps the method and the body.
reply redirect_reply(const error& reason, const std::string& target) {
  auto answer = error_reply(307, "conversation_elsewhere", reason.message);
  answer.headers.emplace_back("Location", reason.where.substr(redirect_mark.size()) + target);
  return answer;
}

// Of a request for `target`.
reply failure_reply(const interaction_failure& failure, const std::string& target) {
  const auto& reason = failure.reason;
  if (std::string_view{reason.where}.starts_with(redirect_mark)) {
    return redirect_reply(reason, target);
  }
  switch (failure.what) {
    case interaction_failure::kind::busy: {
      auto answer = error_reply(429, "conversation_already_has_active_response", reason.message);
      answer.headers.emplace_back("Retry-After", retry_after_s);
      return answer;
    }
    case interaction_failure::kind::absent:
      return error_reply(404, "not_found", reason.message, failure.param);
    case interaction_failure::kind::used_up:
      return refusal_reply({429, "rate_limit_exceeded", reason.message, reason.retry_after});
    case interaction_failure::kind::not_understood:
      return error_reply(422, "no_words", reason.message, failure.param);
    case interaction_failure::kind::key_reused:
      return error_reply(422, "idempotency_key_reused", reason.message, failure.param);
    case interaction_failure::kind::other:
      break;
  }
  return error_reply(reason, failure.param);
}

// What is wrong with a request that could not be read; nothing if its client is gone.
std::optional<reply> unreadable(beast::error_code trouble) {
  if (trouble == bhttp::error::body_limit) {
    return error_reply(413, "too_large", "the request's body is too long");
  }
  if (trouble == bhttp::error::header_limit || trouble == bhttp::error::buffer_overflow) {
    return error_reply(431, "too_large", "the request's header is too long");
  }
  if (trouble == bhttp::error::end_of_stream || trouble == bhttp::error::partial_message) {
    return std::nullopt;
  }
  if (trouble.category() == bhttp::make_error_code(bhttp::error::bad_target).category()) {
    return error_reply(400, "invalid_request", "this is not HTTP: " + trouble.message());
  }
  return std::nullopt;
}

// Lives on: the strand of its socket. Owned by: its own coroutine and pending operations.
class connection final : public door::live_connection,
                         public std::enable_shared_from_this<connection> {
 public:
  connection(tcp::socket socket, std::shared_ptr<const connection_context> context)
      : place_{context->table, this},
        context_{std::move(context)},
        stream_{std::move(socket)},
        wait_{stream_.get_executor()} {}

  void shut_down() override {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->stopping_ = true;
      if (!self->answering_) self->close();
    });
  }

  void abort() override {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->stopping_ = true;
      self->wait_.cancel();
      self->close();
    });
  }

  asio::awaitable<void> run(bool refused) override {
    stream_.next_layer().expires_after(context_->settings.read_timeout_s);
    const auto tls = context_->tls ? context_->tls->context() : nullptr;
    const auto trouble = co_await stream_.open(tls.get(), buffer_);
    bool go_on = !trouble;
    while (go_on && !stopping_) go_on = co_await serve_one(refused);
    if (!trouble) co_await stream_.finish(goodbye_time);
    close();
  }

 private:
  // True if another request may follow.
  asio::awaitable<bool> serve_one(bool refused) {
    const auto& settings = context_->settings;
    parser reader;
    reader.header_limit(static_cast<std::uint32_t>(settings.header_bytes_max));
    reader.body_limit(bytes_max(true));
    stream_.next_layer().expires_after(settings.read_timeout_s);
    const auto trouble = co_await read(reader);
    if (trouble == beast::error::timeout) co_return false;
    answering_ = true;
    reply answer;
    bool keep = false;
    if (trouble) {
      auto why = unreadable(trouble);
      if (!why) co_return false;
      answer = std::move(*why);
    } else if (refused) {
      context_->counts.error_answered(errc::overloaded);
      answer = error_reply(503, "overloaded", "the server holds all connections that it may");
      answer.headers.emplace_back("Retry-After", retry_after_s);
    } else if (reader.get().method() == bhttp::verb::post && !reader.content_length() &&
               !reader.chunked()) {
      answer = error_reply(411, "length_required", "the request's body needs a Content-Length");
    } else {
      keep = reader.get().keep_alive();
      answer = co_await answer_to(reader);
    }
    if (!trouble) tell_pages(reader.get(), answer);
    keep = keep && !stopping_;
    const bool written = co_await write(reader.get(), std::move(answer), keep);
    answering_ = false;
    co_return written&& keep;
  }

  // Of a body.
  std::uint64_t bytes_max(bool sound) const {
    const auto usual = static_cast<std::uint64_t>(context_->settings.body_bytes_max);
    return sound ? std::max<std::uint64_t>(usual, sound_bytes_max) : usual;
  }

  // Only who may come in may send a long body.
  bool may_be_long(const bhttp::request<bhttp::string_body>& message) const {
    return router::takes_sound(message.target(), message[bhttp::field::content_type]) &&
           admit(message);
  }

  asio::awaitable<beast::error_code> read(parser& reader) {
    beast::error_code trouble;
    std::tie(trouble, std::ignore) =
        co_await bhttp::async_read_header(stream_, buffer_, reader, as_result);
    if (trouble) co_return trouble;
    const auto limit = bytes_max(may_be_long(reader.get()));
    if (reader.content_length().value_or(0) > limit) co_return bhttp::error::body_limit;
    reader.body_limit(limit);
    if (beast::iequals(reader.get()[bhttp::field::expect], "100-continue")) {
      bhttp::response<bhttp::empty_body> go_on{bhttp::status::continue_, 11};
      std::tie(trouble, std::ignore) = co_await bhttp::async_write(stream_, go_on, as_result);
      if (trouble) co_return trouble;
    }
    std::tie(trouble, std::ignore) =
        co_await bhttp::async_read(stream_, buffer_, reader, as_result);
    co_return trouble;
  }

  bool is_open_to_page(const bhttp::request<bhttp::string_body>& message) const {
    const auto knock = door::knock_of(message, stream_, context_->tls.get());
    return context_->gate->is_open_to_page(knock);
  }

  void tell_pages(const bhttp::request<bhttp::string_body>& message, reply& answer) const {
    name_what_varies(answer);
    if (is_open_to_page(message)) {
      open_to_page(answer, std::string{message[bhttp::field::origin]});
    }
  }

  asio::awaitable<reply> answer_to(parser& reader) {
    auto& message = reader.get();
    // It comes without the key that the page's request will have.
    if (message.method() == bhttp::verb::options &&
        message.count(bhttp::field::access_control_request_method) > 0 &&
        is_open_to_page(message)) {
      co_return preflight_reply();
    }
    request asked;
    asked.method = std::string{message.method_string()};
    asked.target = std::string{message.target()};
    asked.content_type = std::string{message[bhttp::field::content_type]};
    asked.if_none_match = std::string{message[bhttp::field::if_none_match]};
    asked.idempotency_key = std::string{message["Idempotency-Key"]};
    asked.body = std::move(message.body());
    auto admitted = admit(reader.get());
    if (!admitted) {
      const auto why = std::move(admitted).assume_error();
      out.debug("a client was refused", {{"status", why.status}, {"reason", why.code}});
      co_return refusal_reply(why);
    }
    auto routed = context_->routes.route(asked);
    asked.body = {};  // it may be long, and the answer takes its time
    if (auto* answer = std::get_if<reply>(&routed)) co_return std::move(*answer);
    if (const auto begun = admitted.assume_value()->turn_begins(context_->time.now()); !begun) {
      context_->counts.error_answered(errc::overloaded);
      const auto& why = begun.assume_error();
      const door::refusal used_up{429, "rate_limit_exceeded", why.message, why.retry_after};
      co_return refusal_reply(used_up);
    }
    auto wanted = std::get<interaction_request>(std::move(routed));
    wanted.owner = admitted.assume_value()->key_name();
    auto answer = co_await interact(std::move(wanted), admitted.assume_value(), asked.target);
    co_return answer;
  }

  door::admitted<std::shared_ptr<door::admission>> admit(
      const bhttp::request<bhttp::string_body>& message) const {
    const auto knock = door::knock_of(message, stream_, context_->tls.get());
    return context_->gate->visit(knock, router::openness_of(message.target()));
  }

  asio::awaitable<reply> interact(interaction_request wanted,
                                  std::shared_ptr<door::admission> admission, std::string target) {
    stream_.next_layer().expires_never();
    auto outcome = std::make_shared<std::optional<interaction_result>>();
    interaction_callbacks callbacks;
    callbacks.done = [self = shared_from_this(), outcome](interaction_result result) {
      asio::post(self->stream_.get_executor(),
                 [self, outcome, result = std::move(result)]() mutable {
                   outcome->emplace(std::move(result));
                   self->wait_.cancel();
                 });
    };
    callbacks.admit_sound = [context = context_, admission](std::int64_t bytes) {
      return admission->audio_received(bytes, context->time.now());
    };
    wait_.expires_after(context_->interaction_timeout);
    auto actor =
        spawn_interaction(context_->system, context_->conversations, wanted, std::move(callbacks));
    co_await wait_.async_wait(as_result);
    if (!*outcome) {
      // Too late, or the server ends: the session notices and interrupts the turn.
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
      context_->counts.error_answered(errc::deadline);
      const error late{errc::deadline, "the interaction was not done in time", {}, {}};
      co_return error_reply(late);
    }
    auto& result = **outcome;
    if (result) co_return encode_interaction(wanted, result.assume_value(), context_->routes.fps());
    const auto& failure = result.assume_error();
    context_->counts.error_answered(failure.reason.code);
    co_return failure_reply(failure, target);
  }

  // ---- writing

  template <class Body>
  void fill(bhttp::response<Body>& message, const reply& answer, bool keep) {
    message.set(bhttp::field::content_type, answer.content_type);
    message.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : answer.headers) message.set(name, value);
    message.keep_alive(keep);
  }

  asio::awaitable<bool> write(const bhttp::request<bhttp::string_body>& asked, reply answer,
                              bool keep) {
    stream_.next_layer().expires_after(write_timeout);
    const auto status = static_cast<bhttp::status>(answer.status);
    const bool head = asked.method() == bhttp::verb::head;
    beast::error_code trouble;
    if (!answer.file.empty()) {
      bhttp::response<bhttp::file_body> message{status, asked.version()};
      message.body().open(answer.file.c_str(), beast::file_mode::scan, trouble);
      if (trouble) {
        answer = error_reply(404, "not_found", "the file cannot be read");
      } else {
        fill(message, answer, keep);
        message.prepare_payload();
        const bool written = co_await send(message, head);
        co_return written;
      }
    }
    bhttp::response<bhttp::string_body> message{static_cast<bhttp::status>(answer.status),
                                                asked.version()};
    fill(message, answer, keep);
    message.body() = std::move(answer.body);
    message.prepare_payload();
    const bool written = co_await send(message, head);
    co_return written;
  }

  // Of an answer to HEAD the header alone, with the length that GET would have.
  template <class Body>
  asio::awaitable<bool> send(bhttp::response<Body>& message, bool head) {
    bhttp::response_serializer<Body> writer{message};
    beast::error_code trouble;
    if (head) {
      std::tie(trouble, std::ignore) =
          co_await bhttp::async_write_header(stream_, writer, as_result);
    } else {
      std::tie(trouble, std::ignore) = co_await bhttp::async_write(stream_, writer, as_result);
    }
    co_return !trouble;
  }

  void close() { stream_.close(); }

  const door::table_place place_;
  const std::shared_ptr<const connection_context> context_;
  door::stream stream_;
  asio::steady_timer wait_;  // an interaction's deadline; cancelled when it is done
  beast::flat_buffer buffer_;
  bool answering_ = false;
  bool stopping_ = false;
};

}  // namespace

std::shared_ptr<door::live_connection> make_connection(
    tcp::socket socket, std::shared_ptr<const connection_context> context) {
  return std::make_shared<connection>(std::move(socket), std::move(context));
}

}  // namespace dhr::http
