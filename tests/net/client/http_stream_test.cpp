#include "net/client/http_stream.hpp"

#include <catch2/catch.hpp>

#include "tests/support/completions_server.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

struct outcome {
  std::string body;
  std::optional<result<void>> end;
};

http_stream_request request_to(const std::string& url) {
  http_stream_request request;
  request.url = url + "/v1/chat/completions";
  request.bearer = "secret";
  request.body = "{}";
  request.first_byte_timeout = 300ms;
  request.idle_timeout = 200ms;
  return request;
}

// Runs the call to its end on this thread.
outcome run(http_stream_request request) {
  boost::asio::io_context io;
  outcome seen;
  auto call = post_stream(io, std::move(request),
                          {[&](std::string_view bytes) { seen.body += bytes; },
                           [&](result<void> end) { seen.end = std::move(end); }});
  io.run();
  REQUIRE(seen.end);
  return seen;
}

}  // namespace

TEST_CASE("a good answer's body is handed on and its end is told") {
  completions_server server{{{stream_of({"a", "b"})}}};
  const auto seen = run(request_to(server.url()));
  CHECK(seen.body == "data: a\n\ndata: b\n\n");
  CHECK(*seen.end);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].target() == "/v1/chat/completions");
  CHECK(requests[0]["Authorization"] == "Bearer secret");
}

TEST_CASE("a request is JSON that asks for events unless it says otherwise") {
  completions_server server{{{status_answer(200, "a")}, {status_answer(200, "b")}}};
  CHECK(run(request_to(server.url())).body == "a");
  auto form = request_to(server.url());
  form.content_type = "multipart/form-data; boundary=x";
  form.accept = "application/json";
  CHECK(run(std::move(form)).body == "b");
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0]["Content-Type"] == "application/json");
  CHECK(requests[0]["Accept"] == "text/event-stream");
  CHECK(requests[1]["Content-Type"] == "multipart/form-data; boundary=x");
  CHECK(requests[1]["Accept"] == "application/json");
}

TEST_CASE("a busy server is worth another try and says when") {
  completions_server server{{{status_answer(503, "busy", "retry-after: 3\r\n")}}};
  const auto seen = run(request_to(server.url()));
  REQUIRE_FALSE(*seen.end);
  CHECK(seen.end->assume_error().code == errc::unavailable);
  CHECK(seen.end->assume_error().retry_after == 3s);
  CHECK(seen.end->assume_error().message.find("busy") != std::string::npos);
}

TEST_CASE("a refusal is the asker's own mistake and holds the server's words") {
  completions_server server{{{status_answer(400, "no such model")}}};
  const auto seen = run(request_to(server.url()));
  CHECK(seen.end->assume_error().code == errc::invalid_argument);
  CHECK(seen.end->assume_error().message.find("no such model") != std::string::npos);
}

TEST_CASE(
    "a server that says nothing or stops in the middle runs into the deadline of that stage") {
  completions_server server{{{"", true}, {stream_of({"a"}), true}}};
  const auto silent = run(request_to(server.url()));
  CHECK(silent.end->assume_error().code == errc::deadline);
  const auto stopped = run(request_to(server.url()));
  CHECK(stopped.body == "data: a\n\n");
  CHECK(stopped.end->assume_error().code == errc::deadline);
}

TEST_CASE("a port where nobody listens cannot be reached") {
  std::string url;
  { url = completions_server{{}}.url(); }
  const auto seen = run(request_to(url));
  CHECK(seen.end->assume_error().code == errc::unavailable);
  CHECK(seen.end->assume_error().message.find("cannot reach") != std::string::npos);
}

TEST_CASE("what is no address is told as such") {
  auto request = request_to("ftp://x");
  CHECK(run(std::move(request)).end->assume_error().code == errc::invalid_argument);
}

TEST_CASE("a cancelled call says nothing more") {
  completions_server server{{{stream_of({"a"}), true}}};
  boost::asio::io_context io;
  bool ended = false;
  std::shared_ptr<http_stream_call> call;
  call =
      post_stream(io, request_to(server.url()),
                  {[&](std::string_view) { call->cancel(); }, [&](result<void>) { ended = true; }});
  io.run();
  CHECK_FALSE(ended);
}
