#include "net/http/interaction_actor.hpp"

#include <utility>

#include "actors/session/directory_actor.hpp"

namespace dhr::http {
namespace {

constexpr milliseconds open_timeout{5'000};

struct interaction_state {
  static inline const char* name = "interaction";

  client_actor::pointer self;
  interaction_request request;
  std::function<void(interaction_result)> done;
  session_actor session;
  conversation_id conversation;
  turn_collector collector;

  explicit interaction_state(client_actor::pointer actor) noexcept : self{actor} {}

  void finish(interaction_result outcome) {
    if (const auto deliver = std::exchange(done, nullptr)) deliver(std::move(outcome));
    self->quit();
  }
  void fail_with(interaction_failure failure) {
    finish(interaction_result{boost::outcome_v2::failure(std::move(failure))});
  }

  void attach(const session_actor& opened) {
    session = opened;
    self->monitor(session);
    self->send(session, attach_client{false}, client_actor{self});
  }

  // One step at a time, so that nothing begins after a step that was refused.
  void on(const session_event& event) {
    if (std::holds_alternative<session_opened>(event.payload)) {
      conversation = event.turn.conversation;
      if (request.session != settings_patch{}) {
        return self->send(session, update_session{"settings", request.session});
      }
      return say();
    }
    if (std::holds_alternative<settings_changed>(event.payload)) return say();
    if (std::holds_alternative<item_added>(event.payload)) {
      return self->send(session, create_response{"response", request.response});
    }
    const auto* refused = std::get_if<request_failed>(&event.payload);
    if (refused != nullptr) return on(*refused);
    if (auto turn = collector.add(event)) {
      if (!*turn) return fail_with({std::move(*turn).assume_error(), {}, false});
      finish(finished_interaction{std::move(conversation), std::move(*turn).assume_value()});
    }
  }

  void say() {
    create_item message{"text", {}, {}};
    message.item.text = request.text;
    self->send(session, std::move(message));
  }

  void on(const request_failed& refused) {
    const bool busy = refused.request == "response" && refused.reason.code == errc::overloaded;
    fail_with({refused.reason, refused.request == "settings" ? refused.reason.where : std::string{},
               busy});
  }
};

client_actor::behavior_type interaction_behavior(
    client_actor::stateful_pointer<interaction_state> self, const directory_actor& directory,
    interaction_request request, std::function<void(interaction_result)> done) {
  auto& state = self->state;
  state.request = std::move(request);
  state.done = std::move(done);
  self->set_down_handler([self](caf::down_msg&) {
    self->state.fail_with(
        {{errc::unavailable, "the conversation ended unexpectedly", {}, {}}, {}, false});
  });
  self->request(directory, open_timeout, open_conversation{state.request.conversation})
      .then([self](const session_actor& session) { self->state.attach(session); },
            [self](const caf::error& reason) {
              self->state.fail_with({from_caf_error(reason), {}, false});
            });
  return {[self](const session_event& event) { self->state.on(event); }};
}

}  // namespace

client_actor spawn_interaction(caf::actor_system& system, directory_actor directory,
                               interaction_request request,
                               std::function<void(interaction_result)> done) {
  return system.spawn(interaction_behavior, std::move(directory), std::move(request),
                      std::move(done));
}

}  // namespace dhr::http
