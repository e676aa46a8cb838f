#include "tests/actors/session/session_fixture.hpp"

namespace dhr {
namespace {

conversation_actor::behavior_type fake_conversation(conversation_actor::pointer self,
                                                    record* seen) {
  return {[=](const token_piece& x) {
            if (x.text == "throw") throw std::runtime_error{"a child's own trouble"};
            if (x.text == "quit") self->quit(caf::exit_reason::kill);
          },
          [](const tool_call_piece&) {},
          [](const generation_done&) {},
          [](const generation_failed&) {},
          [](const engine_fallback&) {},
          [=](const converse& x) { seen->converses.push_back(x); },
          [=](const cancel_reply& x) { seen->cancelled_replies.push_back(x); },
          [=](const prepare_reply& x) { seen->prepared.push_back(x); }};
}

}  // namespace

session_bench::session_bench() {
  environment->time = &world.clock;
  environment->metrics = metrics;
  environment->spawn_conversation = [this](const conversation_client&) {
    ++seen.conversations;
    return conversation = world.system.spawn(fake_conversation, &seen);
  };
  environment->spawn_voice = [this](const speech_client&) {
    ++seen.voices;
    return voice = world.system.spawn([this]() -> voice_actor::behavior_type {
      return {[](const speech_ready&) {}, [](const speech_failed&) {},
              [this](const speak& x) { seen.speaks.push_back(x); },
              [this](const cancel_speech& x) { seen.cancelled_speech.push_back(x); }};
    });
  };
  environment->spawn_avatar = [this](const avatar_client& owner, std::uint64_t) {
    return world.system.spawn(
        [this, owner](avatar_actor::pointer self) -> avatar_actor::behavior_type {
          return {[this](const animate& x) { seen.animates.push_back(x); },
                  [self, owner](const idle_request& x) {
                    const std::vector<face_frame> frames(x.frame_count);
                    self->send(owner, idle_ready{0, shared_bytes::of(std::span{frames})});
                  }};
        });
  };
  environment->resolve_voice = [](std::string_view name) -> result<std::string> {
    if (name == "joe") return std::string{"joe"};
    return fail(errc::not_found, "there is no such voice", "voice");
  };
  environment->save = [this](const turn_id& of, session_memory memory,
                             const snapshot_listener& listener) {
    seen.saved.push_back(std::move(memory));
    if (!listener) return;
    if (store_is_away) return seen.listeners.push_back(listener);
    caf::anon_send(listener, conversation_stored{of.number});
  };
  session = spawn_session(world.system, environment, {"conv_1"}, "key_a", {1});
  client = new_client();
  world.settle();
}

session_bench::~session_bench() = default;

void session_bench::listen_with_fake_ears() {
  environment->spawn_ears = [this](const ears_client&, const turn_id&) {
    ++seen.ears_spawned;
    return ears = world.system.spawn([this]() -> ears_actor::behavior_type {
      return {[](const transcript_ready&) {},
              [](const transcript_failed&) {},
              [](const end_judged&) {},
              [](const melody_measured&) {},
              [this](const ears_request& x) { seen.ears.push_back(x.what); },
              [this](sound_taken_atom x) {
                ++seen.sound_marks;
                return x;
              }};
    });
  };
}

void session_bench::kill_ears() {
  caf::anon_send_exit(ears, caf::exit_reason::kill);
  world.settle();
}

client_actor session_bench::new_client() {
  return world.system.spawn([this]() -> client_actor::behavior_type {
    return {[this](const session_event& x) { seen.events.push_back(x); }};
  });
}

void session_bench::tell(drain_session message) {
  caf::anon_send(session, message);
  world.settle();
}

void session_bench::tell(client_request_payload request) {
  caf::anon_send(session, client_request{std::move(request)});
  world.settle();
}

template <class Message>
void session_bench::child_says(Message message) {
  caf::anon_send(caf::actor_cast<session_self>(session), std::move(message));
  world.settle();
}

void session_bench::attach(attach_client how) {
  caf::anon_send(session, std::move(how), client);
  world.settle();
}

void session_bench::ask() {
  attach();
  tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}});
  tell(create_response{"e2", {}});
}

void session_bench::end() {
  caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  world.settle();
}

template void session_bench::child_says(clause_ready);
template void session_bench::child_says(ears_event);
template void session_bench::child_says(felt);
template void session_bench::child_says(function_call_ready);
template void session_bench::child_says(mood_known);
template void session_bench::child_says(reply_failed);
template void session_bench::child_says(reply_finished);
template void session_bench::child_says(speech_ready);
template void session_bench::child_says(text_ready);

}  // namespace dhr
