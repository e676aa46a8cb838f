#include "net/realtime/server.hpp"

#include "tests/net/realtime/door_bench.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;
using testing::free_port;

namespace {

using bench = testing::door_bench;
using client = testing::ws_client;

constexpr auto hello = R"({"type":"conversation.item.create","item":{"type":"message",)"
                       R"("role":"user","content":[{"type":"input_text","text":"Hello"}]}})";
constexpr auto respond = R"({"type":"response.create","event_id":"r"})";

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a client that connects is told its session first") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime?model=my-model",
                 {{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.x"}}) == 101);
  CHECK(c.header("sec-websocket-protocol") == "realtime");
  const auto created = c.event();
  CHECK(created.at("type") == "session.created");
  CHECK(created.at("session").at("id") == "conv_new");
  CHECK(created.at("session").at("model") == "my-model");
  CHECK(b.node.script->copy().paced == std::vector<bool>{true});
}

TEST_CASE("a client that names a conversation gets that one") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime?conversation=conv_7") == 101);
  CHECK(c.event().at("session").at("digital_human").at("conversation_id") == "conv_7");
  CHECK(b.node.script->copy().opened == strings{"conv_7"});
}

TEST_CASE("a whole turn goes over the wire in the protocol's order") {
  bench b;
  b.node.script->turn = testing::short_turn();
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.send(R"({"type":"session.update","session":{"type":"realtime","output_modalities":["audio"],
             "animation":{"outputs":["blendshapes","viseme_id"]},
             "output_audio_timestamp_types":["word"]}})");
  c.send(hello);
  c.send(respond);
  CHECK(c.types_until("response.done") == strings{"session.created",
                                                  "session.updated",
                                                  "conversation.item.added",
                                                  "conversation.item.done",
                                                  "response.created",
                                                  "response.output_item.added",
                                                  "conversation.item.added",
                                                  "response.content_part.added",
                                                  "response.output_audio_transcript.delta",
                                                  "response.output_audio.delta",
                                                  "response.animation_blendshapes.delta",
                                                  "response.animation_viseme.delta",
                                                  "response.audio_timestamp.delta",
                                                  "response.output_audio_transcript.done",
                                                  "response.output_audio.done",
                                                  "response.animation_blendshapes.done",
                                                  "response.animation_viseme.done",
                                                  "response.audio_timestamp.done",
                                                  "response.content_part.done",
                                                  "response.output_item.done",
                                                  "conversation.item.done",
                                                  "response.done"});
}

TEST_CASE("a cancelled turn is acknowledged as cancelled") {
  bench b;
  b.node.script->answer_turns = false;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.send(respond);
  c.types_until("response.content_part.added");
  c.send(R"({"type":"response.cancel"})");
  for (;;) {
    const auto event = c.event();
    if (event.at("type") != "response.done") continue;
    CHECK(event.at("response").at("status") == "cancelled");
    break;
  }
}

TEST_CASE("what can't be understood is answered by an error and the connection lives on") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  c.send("not json");
  CHECK(c.event().at("error").at("code") == "invalid_json");
  c.send(R"({"type":"session.update","event_id":"e1","session":{"type":"realtime",)"
         R"("audio":{"output":{"voice":7}}}})");
  const auto refused = c.event();
  CHECK(refused.at("error").at("param") == "session.audio.output.voice");
  CHECK(refused.at("error").at("event_id") == "e1");
  c.send(hello, true);
  CHECK(c.event().at("error").at("code") == "unsupported_value");
  c.send(R"({"type":"session.dance"})");
  CHECK(c.event().at("error").at("param") == "type");
  c.send(R"({"type":"conversation.item.retrieve","event_id":"e2","item_id":"item_9"})");
  CHECK(c.event().at("error").at("event_id") == "e2");
  c.send(hello);
  CHECK(c.event().at("type") == "conversation.item.added");
}

TEST_CASE("requests reach the session in the order in which they were sent") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  for (int i = 0; i < 200; ++i) {
    c.send(R"({"type":"conversation.item.create","item":{"id":"i)" + std::to_string(i) +
           R"(","type":"message","role":"user","content":[{"type":"text","text":"x"}]}})");
  }
  REQUIRE(b.node.script->wait([](const auto& seen) { return seen.items.size() == 200; }));
  const auto items = b.node.script->copy().items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    CHECK(items[i].item.id == "i" + std::to_string(i));
  }
}

TEST_CASE("a session that does not answer is asked no more than its bound at once") {
  bench b;
  b.node.script->answer_requests = false;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  for (int i = 0; i < 100; ++i) c.send(hello);
  REQUIRE(b.node.script->wait([](const auto& seen) { return seen.items.size() == 64; }));
  b.node.say(item_added{{"item_1", item_role::user, item_status::completed, "x", false}, ""});
  REQUIRE(b.node.script->wait([](const auto& seen) { return seen.items.size() == 65; }));
  CHECK(b.node.script->copy().items.size() == 65);
}

TEST_CASE("a request that is not for the door gets an HTTP answer that says why") {
  bench b;
  const auto status = [&](const std::string& target) {
    client c{b.door->port()};
    return c.open(target);
  };
  CHECK(status("/v1/other") == 404);
  CHECK(status("/v1/realtime?conversation=a%20b") == 400);
}

TEST_CASE("one connection too many is refused with 503 and the living one is not touched") {
  auto settings = free_port();
  settings.connections_max = 1;
  bench b{settings};
  client first{b.door->port()};
  REQUIRE(first.open("/v1/realtime") == 101);
  client second{b.door->port()};
  CHECK(second.open("/v1/realtime") == 503);
  CHECK(second.header("retry-after") == "2");
  CHECK(first.event().at("type") == "session.created");
}

TEST_CASE("a message over the bound closes with 1009") {
  auto settings = free_port();
  settings.message_bytes_max = 1'000;
  bench b{settings};
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  c.send(std::string(2'000, ' '));
  CHECK(c.closed() == 1'009);
  CHECK(b.counted("too_large"));
}

TEST_CASE("a full server tells so and closes with 1013") {
  bench b;
  b.node.script->refuse_open = error{errc::overloaded, "the server is full", {}, 2s};
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  const auto told = c.event();
  CHECK(told.at("error").at("code") == "overloaded");
  CHECK(told.at("error").at("type") == "server_error");
  CHECK(c.closed() == 1'013);
}

TEST_CASE("a session that dies is told as a server error and closes with 1011") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  caf::anon_send_exit(b.node.script->copy().session, caf::exit_reason::kill);
  CHECK(c.event().at("error").at("type") == "server_error");
  CHECK(c.closed() == 1'011);
}

TEST_CASE("a session's last event is sent before the connection closes") {
  const auto [reason, code] = GENERATE(table<std::string, int>(
      {{"idle", 1'000}, {"replaced", 1'000}, {"shutdown", 1'001}, {"failed", 1'011}}));
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  b.node.say(session_closed{reason, "because"});
  const auto told = c.event();
  CHECK(told.at("type") == "digital_human.session_closed");
  CHECK(told.at("reason").as_string() == reason);
  CHECK(c.closed() == code);
}

TEST_CASE("the session notices when its client is gone") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  c.vanish();
  CHECK(b.node.script->wait([](const auto& seen) { return seen.clients_lost == 1; }));
}

TEST_CASE("a client that reads too slowly is disconnected and others are not") {
  auto settings = free_port();
  settings.outbox_bytes_max = 200'000;
  bench b{settings};
  client other{b.door->port()};
  REQUIRE(other.open("/v1/realtime") == 101);
  other.event();
  client slow{b.door->port()};
  REQUIRE(slow.open("/v1/realtime") == 101);
  slow.event();
  // Far more than the kernel's buffers of a loopback connection hold.
  const std::string text(50'000, 'x');
  b.node.say(turn_started{"resp_1", "item_1", "", {}}, 1);
  for (int i = 0; i < 1'000; ++i) b.node.say(text_piece{text}, 1);
  const auto code = slow.closed();
  CHECK((code == 1'013 || code == 0));  // 0: cut off before the close frame got through
  CHECK(b.node.script->wait([](const auto& seen) { return seen.clients_lost == 1; }));
  other.send("x");
  CHECK(other.event().at("type") == "error");
}

TEST_CASE("an idle connection that answers pings stays open") {
  auto settings = free_port();
  settings.ping_interval_s = 1s;
  bench b{settings};
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  CHECK(c.event_after_ping("not json").at("type") == "error");
  CHECK(c.pings() > 0);
}

TEST_CASE("a client that answers no pings is cut off") {
  auto settings = free_port();
  settings.ping_interval_s = 1s;
  bench b{settings};
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  CHECK(b.counted("reason=\"silent\"} 1"));
}

TEST_CASE("a server that stops lets the last events out and closes with 1001") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  b.door->stop_accepting();
  b.node.say(notice{"restarted", "why"});
  auto stopped = b.begin_stop(5s);
  CHECK(c.event().at("type") == "digital_human.notice");
  CHECK(c.event().at("type") == "digital_human.session_closed");
  CHECK(c.closed() == 1'001);
  CHECK(stopped.wait_for(testing::patience) == std::future_status::ready);
  CHECK(b.door->connections() == 0);
  CHECK_THROWS(client{b.door->port()});
}

TEST_CASE("a server that stops lets an answer end that comes from another node") {
  bench b;
  b.node.script->answer_turns = false;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event();
  c.send(R"({"type":"response.create"})");
  CHECK(c.event().at("type") == "response.created");
  b.door->stop_accepting();
  auto stopped = b.begin_stop(5s);
  b.node.say(text_piece{"Hello there."}, 1);
  turn_finished finished;
  finished.response_id = "resp_1";
  finished.item = {"item_r1", item_role::assistant, item_status::completed, "Hello there.", true};
  b.node.say(std::move(finished), 1);
  std::vector<std::string> types;
  do {
    types.emplace_back(c.event().at("type").as_string());
  } while (types.back() != "digital_human.session_closed");
  REQUIRE(types.size() > 2);
  CHECK(types[types.size() - 2] == "response.done");
  CHECK(c.closed() == 1'001);
  CHECK(stopped.wait_for(testing::patience) == std::future_status::ready);
}

TEST_CASE("a server that stops cuts off who does not answer when the grace is over") {
  bench b;
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  CHECK(b.stop(50ms));
  CHECK(b.door->connections() == 0);
}

TEST_CASE("a client that can go to its conversation's node is told the address and let go") {
  bench b;
  b.node.script->refuse_open = error{errc::unavailable,
                                     "the conversation lives on node carla",
                                     "redirect:wss://carla.example.org",
                                     {}};
  client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime?conversation=conv_1&redirect=true") == 101);
  const auto told = c.event();
  CHECK(told.at("type") == "error");
  CHECK(told.at("error").at("code") == "conversation_elsewhere");
  CHECK(told.at("error").at("param") == "wss://carla.example.org");
  CHECK(c.closed() == 4'307);
  CHECK(b.node.script->copy().redirect_labels == std::vector<std::string>{"realtime_url"});
}

TEST_CASE("a port that is taken is told by address and port") {
  bench b;
  auto settings = free_port();
  settings.port = b.door->port();
  auto second = server::start(
      {b.network.io, b.node.system, b.node.directory, settings, testing::test_writer(), b.counts});
  REQUIRE_FALSE(second);
  CHECK(second.assume_error().code == errc::unavailable);
  CHECK(second.assume_error().message.find(std::to_string(settings.port)) != std::string::npos);
}
