#include "tests/net/realtime/move_bench.hpp"

namespace dhr::testing {
namespace {

session_actor::behavior_type fake_session_behavior(session_actor::pointer, fake_session* session) {
  return {[session](const attach_client& x, const client_actor& client) {
            session->attached.push_back(x);
            session->client = client;
          },
          [](const client_request&) {}, [](const drain_session&) {},
          [](const leave_conversation&) {}, [](sound_taken_atom x) { return x; }};
}

template <class Handle>
void end(Handle& actor) {
  if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

}  // namespace

move_bench::move_bench() = default;

move_bench::~move_bench() {
  end(client);
  end(door);
  for (auto& one : sessions) {
    one.client = nullptr;
    end(one.actor);
  }
  link->disconnected();
  settle();
}

void move_bench::start(milliseconds patience) {
  door = system.spawn([this]() -> conversation_door::behavior_type {
    return {[this](const open_conversation& x) -> caf::result<session_actor> {
      asked.push_back(x.id);
      if (refusal) return to_caf_error(*refusal);
      return reopens != nullptr ? reopens->actor : begin_session();
    }};
  });
  client_options options;
  options.conversation = talk;
  options.move_patience = patience;
  client = spawn_client(system, door, link, std::move(options));
  settle();
}

session_actor move_bench::begin_session() {
  auto& made = sessions.emplace_back();
  made.epoch = {sessions.size()};
  made.actor = system.spawn(fake_session_behavior, &made);
  return made.actor;
}

void move_bench::say(fake_session& session, session_payload payload, std::uint64_t turn) {
  caf::anon_send(
      session.client,
      session_event{{talk, session.epoch, turn}, ++session.sequence, std::move(payload)});
  settle();
}

void move_bench::leave() {
  end(client);
  settle();
}

void move_bench::kill(fake_session& session) {
  session.client = nullptr;
  caf::anon_send_exit(session.actor, caf::exit_reason::kill);
  session.actor = nullptr;
  settle();
}

std::vector<boost::json::object> move_bench::events() {
  std::vector<boost::json::object> taken;
  for (auto step = link->next(); step.message; step = link->next()) {
    taken.push_back(boost::json::parse(*step.message).as_object());
  }
  return taken;
}

const boost::json::object* move_bench::find(const std::vector<boost::json::object>& in,
                                            std::string_view type) {
  for (const auto& event : in) {
    if (event.at("type").as_string() == type) return &event;
  }
  return nullptr;
}

}  // namespace dhr::testing
