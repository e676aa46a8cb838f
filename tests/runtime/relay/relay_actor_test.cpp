// Both ends of a relay on the deterministic scheduler, and between them a link that the test sees.

#include "runtime/relay/relay_actor.hpp"

#include <catch2/catch.hpp>

#include "runtime/base/error_caf.hpp"
#include "tests/runtime/relay/relay_ends.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

struct counted : relay_metrics {
  std::size_t pieces = 0;
  int waits = 0;
  int overflows = 0;
  int doubles = 0;
  int faults = 0;
  void piece_sent(std::size_t) noexcept override { ++pieces; }
  void waits_for_credit() noexcept override { ++waits; }
  void overflowed() noexcept override { ++overflows; }
  void piece_doubled() noexcept override { ++doubles; }
  void broken(const error&) override { ++faults; }
};

struct world : deterministic_system<add_session_messages, add_ears_messages, add_emotion_messages,
                                    add_relay_messages> {
  std::shared_ptr<counted> near_counts = std::make_shared<counted>();
  std::shared_ptr<counted> far_counts = std::make_shared<counted>();
  relay_options options;
  session_end at_session;
  client_end at_client;
  link_seen link;
  fake_session session = system.spawn(session_end_behavior, &at_session);
  far_relay far;
  far_relay tap;
  session_actor near;
  client_actor client;
  std::uint64_t sequence = 0;

  ~world() {
    const auto end = [](auto& actor) {
      if (actor) caf::anon_send_exit(actor, caf::exit_reason::kill);
      actor = nullptr;
    };
    end(client);
    end(near);
    end(tap);
    end(far);
    end(session);
    at_session.client = nullptr;
    at_session.questions.clear();
    link.near = nullptr;
    settle();
  }

  void join() {
    options.metrics = far_counts;
    far = spawn_far_relay(system, session, options);
    tap = system.spawn(far_tap_behavior, &link, far);
    options.metrics = near_counts;
    near = spawn_near_relay(system, tap, options);
    client = system.spawn(client_end_behavior, &at_client, near);
    settle();
  }
  void attach(attach_client how = {}) {
    caf::anon_send(near, how, client);
    settle();
  }
  void join_and_attach() {
    join();
    attach();
  }
  void ask(client_request_payload what) {
    caf::anon_send(near, client_request{std::move(what)});
    settle();
  }
  void say(session_payload payload) {
    caf::anon_send(at_session.client,
                   session_event{{{"conv_1"}, {7}, 3}, ++sequence, std::move(payload)});
  }
  static create_item sound_of(std::size_t bytes, char filler) {
    create_item request{"sound", {}, {}, shared_bytes{std::string(bytes, filler)}};
    request.item.id = std::string{"item_"} + filler;
    return request;
  }
  template <class Actor>
  static bool lives(const Actor& actor) {
    return !caf::actor_cast<caf::abstract_actor*>(actor)->getf(
        caf::abstract_actor::is_terminated_flag);
  }
  const create_item& item(std::size_t i) {
    return std::get<create_item>(at_session.requests.at(i).what);
  }
  std::string refusal() const {
    if (at_client.events.empty()) return {};
    const auto* failed = std::get_if<request_failed>(&at_client.events.back().payload);
    return failed != nullptr ? failed->request + " " + to_string(failed->reason.code) : "";
  }
};

}  // namespace

TEST_CASE_METHOD(world,
                 "the session has the far relay for its client, attached as the client asked") {
  join();
  attach_client how;
  how.paced = false;
  how.seen = event_mark{1, 2, 3};
  attach(how);
  REQUIRE(at_session.attached.size() == 1);
  CHECK(at_session.attached[0] == how);
  CHECK(at_session.client == far);
}

TEST_CASE_METHOD(world, "the session's events reach the client as they were and in their order") {
  join_and_attach();
  for (int i = 0; i < 200; ++i) {
    say(text_piece{std::to_string(i)});
    if (i % 10 == 0) say(media_chunk{i, shared_bytes{std::string(40'000, 'x')}, {}, {}, {}, {}});
  }
  settle();
  REQUIRE(at_client.events.size() == 220);
  int next = 0;
  for (std::size_t i = 0; i < at_client.events.size(); ++i) {
    CHECK(at_client.events[i].sequence == i + 1);
    CHECK(at_client.events[i].turn == turn_id{{"conv_1"}, {7}, 3});
    const auto* piece = std::get_if<text_piece>(&at_client.events[i].payload);
    if (piece != nullptr) CHECK(piece->text == std::to_string(next++));
  }
  CHECK(next == 200);
}

TEST_CASE_METHOD(world,
                 "long sound crosses in pieces of less than 64 KiB, what follows it after it") {
  join_and_attach();
  ask(sound_of(5'000'000, 'a'));
  ask(delete_item{"delete", "item_a"});
  REQUIRE(at_session.requests.size() == 2);
  CHECK(item(0) == sound_of(5'000'000, 'a'));
  CHECK(std::get<delete_item>(at_session.requests[1].what).request == "delete");
  CHECK(link.up.size() > 75);
  for (const auto size : link.up) CHECK(size <= 64 * 1'024 - 1'024);
  CHECK(link.credits > 20);
  CHECK(near_counts->waits > 0);
  CHECK(near_counts->pieces == link.up.size());
}

TEST_CASE_METHOD(world,
                 "the question whether sound was taken comes behind the sound, its answer back") {
  join_and_attach();
  caf::anon_send(near, client_request{append_audio{"", shared_bytes{std::string(200'000, 'a')}}});
  caf::anon_send(near, client_request{append_audio{"", shared_bytes{std::string(200'000, 'b')}}});
  caf::scoped_actor asker{system};
  auto pending = asker->request(near, 5s, sound_taken_atom::value);
  caf::anon_send(near, client_request{append_audio{"", shared_bytes{std::string(10, 'c')}}});
  settle();
  CHECK(at_session.order == std::vector<std::string>{"request", "request", "question", "request"});
  CHECK_FALSE(asker->has_next_message());
  caf::anon_send(session, answer_atom::value);
  settle();
  bool taken = false;
  pending.receive([&](sound_taken_atom) { taken = true; }, [](const caf::error&) {});
  CHECK(taken);
}

TEST_CASE_METHOD(world, "sound that the session does not take in time can be asked about again") {
  join_and_attach();
  caf::scoped_actor asker{system};
  auto pending = asker->request(near, 60s, sound_taken_atom::value);
  advance(11s, 100ms);
  caf::error problem;
  pending.receive([](sound_taken_atom) {}, [&](const caf::error& x) { problem = x; });
  CHECK(problem == caf::sec::request_timeout);
}

TEST_CASE_METHOD(world, "a client that goes is lost to the session behind what it said last") {
  join_and_attach();
  caf::anon_send(near, client_request{sound_of(2'000'000, 'a')});
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  settle();
  CHECK(at_session.requests.size() == 1);
  CHECK(at_session.clients_lost == 1);
  CHECK_FALSE(lives(near));
  CHECK_FALSE(lives(far));
  CHECK(lives(session));
}

TEST_CASE_METHOD(
    world, "a session that goes says its last, then the client loses it for the same reason") {
  join_and_attach();
  for (int i = 0; i < 30; ++i)
    say(media_chunk{i, shared_bytes{std::string(50'000, 'x')}, {}, {}, {}, {}});
  say(session_closed{"moved", "elsewhere"});
  settle();
  caf::anon_send(session, stop_atom::value);
  settle();
  REQUIRE(at_client.events.size() == 31);
  CHECK(std::get<session_closed>(at_client.events.back().payload).reason == "moved");
  REQUIRE(at_client.session_lost);
  CHECK(*at_client.session_lost == caf::exit_reason::out_of_workers);
  CHECK_FALSE(lives(near));
  CHECK_FALSE(lives(far));
}

TEST_CASE_METHOD(world, "a session or a client that ends as it should takes the relay along") {
  join_and_attach();
  SECTION("the session") {
    say(session_closed{"idle", ""});
    settle();
    caf::anon_send(session, finish_atom::value);
    settle();
    CHECK(at_client.events.size() == 1);
    REQUIRE(at_client.session_lost);
    CHECK(*at_client.session_lost == caf::error{});
  }
  SECTION("the client") {
    caf::anon_send(client, session_event{{}, 0, session_closed{"finish", ""}});
    settle();
    CHECK(at_session.clients_lost == 1);
  }
  CHECK_FALSE(lives(near));
  CHECK_FALSE(lives(far));
}

TEST_CASE_METHOD(world,
                 "a session's last words are not waited for when the client's node takes none") {
  join_and_attach();
  link.hold_credit = true;
  for (int i = 0; i < 30; ++i)
    say(media_chunk{i, shared_bytes{std::string(50'000, 'x')}, {}, {}, {}, {}});
  settle();
  caf::anon_send(session, stop_atom::value);
  settle();
  CHECK(lives(far));
  advance(11s, 100ms);
  CHECK_FALSE(lives(far));
  CHECK_FALSE(lives(near));
  CHECK(at_client.session_lost);
}

TEST_CASE_METHOD(world,
                 "when the link breaks, the client loses its session and the session its client") {
  join_and_attach();
  caf::anon_send_exit(tap, caf::exit_reason::remote_link_unreachable);
  settle();
  REQUIRE(at_client.session_lost);
  CHECK(*at_client.session_lost == caf::exit_reason::remote_link_unreachable);
  CHECK_FALSE(lives(near));
  caf::anon_send_exit(far, caf::exit_reason::remote_link_unreachable);  // its own view of it
  settle();
  CHECK(at_session.clients_lost == 1);
}

TEST_CASE_METHOD(
    world, "a link that takes nothing bounds what waits at the far end, then the relay ends") {
  options.transfer.queue_bytes_max = 1'000'000;
  join_and_attach();
  link.hold_credit = true;
  for (int i = 0; i < 20; ++i)
    say(media_chunk{i, shared_bytes{std::string(50'000, 'x')}, {}, {}, {}, {}});
  settle();
  CHECK(lives(far));
  std::size_t under_way = 0;
  for (const auto size : link.down) under_way += size;
  CHECK(under_way <= 256 * 1'024);
  CHECK(far_counts->overflows == 0);
  for (int i = 0; i < 10; ++i)
    say(media_chunk{i, shared_bytes{std::string(50'000, 'x')}, {}, {}, {}, {}});
  settle();
  CHECK(far_counts->overflows == 1);
  CHECK_FALSE(lives(far));
  CHECK(at_session.clients_lost == 1);
  REQUIRE(at_client.session_lost);
  CHECK(from_caf_error(*at_client.session_lost).code == errc::overloaded);
}

TEST_CASE_METHOD(world,
                 "a request that finds no place is refused as a session would, the relay stays") {
  options.transfer.queue_bytes_max = 1'000'000;
  join_and_attach();
  say(text_piece{"so far"});
  settle();
  link.hold_near_credit = true;
  for (int i = 0; i < 3; ++i) ask(sound_of(400'000, static_cast<char>('a' + i)));
  CHECK(at_client.events.size() == 1);
  ask(sound_of(400'000, 'd'));
  CHECK(refusal() == "sound overloaded");
  CHECK(near_counts->overflows == 1);
  link.hold_near_credit = false;
  caf::anon_send(link.near, relay_credit{link.up.size()});
  settle();
  CHECK(at_session.requests.size() == 3);
  ask(sound_of(400'000, 'e'));
  CHECK(at_session.requests.size() == 4);
}

TEST_CASE_METHOD(world, "a message that is too long for any link is refused, the relay stays") {
  options.transfer.message_bytes_max = 100'000;
  join_and_attach();
  say(text_piece{"so far"});
  settle();
  ask(sound_of(200'000, 'a'));
  CHECK(refusal() == "sound invalid_argument");
  CHECK(at_client.events.back().sequence == 1);
  CHECK(at_client.events.back().turn == turn_id{{"conv_1"}, {7}, 0});
  ask(sound_of(50'000, 'b'));
  CHECK(at_session.requests.size() == 1);
}

TEST_CASE_METHOD(world, "pieces that come twice are dropped and counted") {
  link.double_pieces = true;
  join_and_attach();
  ask(sound_of(300'000, 'a'));
  say(text_piece{"once"});
  settle();
  CHECK(at_session.attached.size() == 1);
  CHECK(at_session.requests.size() == 1);
  CHECK(at_client.events.size() == 1);
  CHECK(far_counts->doubles > 4);
  CHECK(near_counts->doubles == 1);
}

TEST_CASE_METHOD(world,
                 "what no relay sends ends the relay, and the client and session hear of it") {
  join_and_attach();
  SECTION("a gap") { caf::anon_send(link.near, relay_piece{9, "xxxxxxx"}); }
  SECTION("garbage for a message") {
    caf::anon_send(link.near, relay_piece{1, std::string("\x03\0\0\0\x03zz", 7)});
  }
  SECTION("a kind that does not go this way") {
    caf::anon_send(link.near, relay_piece{1, std::string("\x01\0\0\0\x00", 5)});
  }
  SECTION("an unknown kind") {
    caf::anon_send(link.near, relay_piece{1, std::string("\x01\0\0\0\x63", 5)});
  }
  SECTION("credit for what was never sent") { caf::anon_send(link.near, relay_credit{1'000}); }
  settle();
  CHECK(near_counts->faults == 1);
  REQUIRE(at_client.session_lost);
  CHECK_FALSE(lives(near));
  CHECK_FALSE(lives(far));
  CHECK(at_session.clients_lost == 1);
}

TEST_CASE_METHOD(world, "a relay whose client never comes ends after a while, and not one in use") {
  join();
  SECTION("never") {
    advance(11s, 100ms);
    CHECK_FALSE(lives(near));
    CHECK_FALSE(lives(far));
    CHECK(at_session.clients_lost == 0);
  }
  SECTION("in use") {
    attach();
    advance(60s, 1s);
    CHECK(lives(near));
    CHECK(lives(far));
  }
}

TEST_CASE_METHOD(world, "a far relay whose answer nobody waited for ends after a while") {
  far = spawn_far_relay(system, session, options);
  advance(11s, 100ms);
  CHECK_FALSE(lives(far));
  CHECK(lives(session));
}

TEST_CASE_METHOD(world,
                 "a relay whose session has done with the client ends, though neither goes") {
  join_and_attach();
  say(session_closed{"passive", "nothing has happened for a while"});
  settle();
  ask(clear_audio{"late"});
  CHECK(at_session.requests.size() == 1);
  CHECK(lives(far));
  advance(options.end_patience - 1s, 1s);
  CHECK(lives(far));
  advance(2s, 1s);
  CHECK_FALSE(lives(far));
  CHECK_FALSE(lives(near));
  CHECK(at_session.clients_lost == 1);
}

TEST_CASE_METHOD(world,
                 "a relay stays whose session goes on, since something was on its way to it") {
  join_and_attach();
  say(session_closed{"passive", "nothing has happened for a while"});
  settle();
  advance(options.end_patience - 1s, 1s);
  say(text_piece{"An answer after all"});
  settle();
  advance(60s, 1s);
  CHECK(lives(far));
  CHECK(lives(near));
  CHECK(at_client.events.size() == 2);
}

TEST_CASE_METHOD(world, "a second client of a relay replaces the first one, which is told") {
  join_and_attach();
  client_end at_other;
  const auto other = system.spawn(client_end_behavior, &at_other, near);
  caf::anon_send(near, attach_client{}, other);
  settle();
  REQUIRE(at_client.events.size() == 1);
  CHECK(std::get<session_closed>(at_client.events[0].payload).reason == "replaced");
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  settle();
  say(text_piece{"Hello"});
  settle();
  CHECK(at_other.events.size() == 1);
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  settle();
  CHECK_FALSE(lives(near));
}

TEST_CASE_METHOD(world, "what only the session's own node may say does not cross") {
  join_and_attach();
  caf::anon_send(near, drain_session{});
  caf::anon_send(near, leave_conversation{});
  settle();
  CHECK(at_session.others == 0);
  CHECK(lives(near));
}

TEST_CASE_METHOD(world,
                 "the door to other nodes answers with a far relay, or with the local refusal") {
  std::optional<error> refusal;
  const auto local = system.spawn([&]() -> conversation_door::behavior_type {
    return {[&](const open_conversation&) -> caf::result<session_actor> {
      if (refusal) return to_caf_error(*refusal);
      return session_actor{session};
    }};
  });
  const auto door = spawn_relay_door(system, {local, 5s, options});
  caf::scoped_actor asker{system};
  auto pending = asker->request(door, 5s, open_conversation{{"conv_1"}, ""});
  settle();
  pending.receive([&](const far_relay& x) { far = x; }, [](const caf::error&) {});
  REQUIRE(far);
  near = spawn_near_relay(system, far, options);
  client = system.spawn(client_end_behavior, &at_client, near);
  settle();
  attach();
  CHECK(at_session.client == far);
  refusal = error{errc::unavailable, "lives on carla", "owner:carla", {}};
  auto refused = asker->request(door, 5s, open_conversation{{"conv_2"}, ""});
  settle();
  error heard;
  refused.receive([](const far_relay&) {}, [&](const caf::error& x) { heard = from_caf_error(x); });
  CHECK(heard.where == "owner:carla");
  caf::anon_send_exit(door, caf::exit_reason::kill);
  caf::anon_send_exit(local, caf::exit_reason::kill);
  settle();
}

TEST_CASE_METHOD(world, "the relay's messages arrive at another node as they were") {
  CHECK(round_trip(system, begin_relay{}) == begin_relay{});
  const relay_piece piece{7, std::string("a\0b", 3)};
  CHECK(round_trip(system, piece) == piece);
  CHECK(round_trip(system, relay_credit{9}) == relay_credit{9});
}
