#include "net/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "net/http/interaction_actor.hpp"

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

using parser = bhttp::request_parser<bhttp::string_body>;

reply busy_reply(const interaction_failure& failure) {
  auto answer =
      error_reply(429, "conversation_already_has_active_response", failure.reason.message);
  answer.headers.emplace_back("Retry-After", retry_after_s);
  return answer;
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
class connection final : public realtime::live_connection,
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

  asio::awaitable<void> run(bool refused) {
    beast::error_code ignored;
    stream_.socket().set_option(tcp::no_delay{true}, ignored);
    bool go_on = true;
    while (go_on && !stopping_) go_on = co_await serve_one(refused);
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    close();
  }

 private:
  // True if another request may follow.
  asio::awaitable<bool> serve_one(bool refused) {
    const auto& settings = context_->settings;
    parser reader;
    reader.header_limit(static_cast<std::uint32_t>(settings.header_bytes_max));
    reader.body_limit(static_cast<std::uint64_t>(settings.body_bytes_max));
    stream_.expires_after(settings.read_timeout_s);
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
    keep = keep && !stopping_;
    const bool written = co_await write(reader.get(), std::move(answer), keep);
    answering_ = false;
    co_return written&& keep;
  }

  asio::awaitable<beast::error_code> read(parser& reader) {
    beast::error_code trouble;
    std::tie(trouble, std::ignore) =
        co_await bhttp::async_read_header(stream_, buffer_, reader, as_result);
    if (trouble) co_return trouble;
    if (beast::iequals(reader.get()[bhttp::field::expect], "100-continue")) {
      bhttp::response<bhttp::empty_body> go_on{bhttp::status::continue_, 11};
      std::tie(trouble, std::ignore) = co_await bhttp::async_write(stream_, go_on, as_result);
      if (trouble) co_return trouble;
    }
    std::tie(trouble, std::ignore) =
        co_await bhttp::async_read(stream_, buffer_, reader, as_result);
    co_return trouble;
  }

  asio::awaitable<reply> answer_to(parser& reader) {
    auto& message = reader.get();
    request asked;
    asked.method = std::string{message.method_string()};
    asked.target = std::string{message.target()};
    asked.content_type = std::string{message[bhttp::field::content_type]};
    asked.if_none_match = std::string{message[bhttp::field::if_none_match]};
    asked.body = std::move(message.body());
    auto routed = context_->routes.route(asked);
    if (auto* answer = std::get_if<reply>(&routed)) co_return std::move(*answer);
    auto wanted = std::get<interaction_request>(std::move(routed));
    auto answer = co_await interact(std::move(wanted));
    co_return answer;
  }

  asio::awaitable<reply> interact(interaction_request wanted) {
    stream_.expires_never();
    auto outcome = std::make_shared<std::optional<interaction_result>>();
    auto done = [self = shared_from_this(), outcome](interaction_result result) {
      asio::post(self->stream_.get_executor(),
                 [self, outcome, result = std::move(result)]() mutable {
                   outcome->emplace(std::move(result));
                   self->wait_.cancel();
                 });
    };
    wait_.expires_after(context_->interaction_timeout);
    auto actor = spawn_interaction(context_->system, context_->directory, wanted, std::move(done));
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
    co_return failure.busy ? busy_reply(failure) : error_reply(failure.reason, failure.param);
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
    stream_.expires_after(write_timeout);
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

  void close() {
    beast::error_code ignored;
    stream_.socket().close(ignored);
  }

  const realtime::table_place place_;
  const std::shared_ptr<const connection_context> context_;
  beast::tcp_stream stream_;
  asio::steady_timer wait_;  // an interaction's deadline; cancelled when it is done
  beast::flat_buffer buffer_;
  bool answering_ = false;
  bool stopping_ = false;
};

}  // namespace

void start_connection(tcp::socket socket, std::shared_ptr<const connection_context> context,
                      bool refused) {
  auto executor = socket.get_executor();
  auto table = context->table;
  auto self = std::make_shared<connection>(std::move(socket), std::move(context));
  table->add(self.get(), self);
  // What Beast throws in spite of error codes (out of memory) ends this connection alone.
  asio::co_spawn(
      executor, [self, refused] { return self->run(refused); },
      [self](const std::exception_ptr& thrown) {
        if (thrown) self->abort();
      });
}

}  // namespace dhr::http
