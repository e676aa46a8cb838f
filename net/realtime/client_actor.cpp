#include "net/realtime/client_actor.hpp"

#include <utility>

#include "actors/session/directory_actor.hpp"
#include "net/realtime/codec.hpp"

namespace dhr::realtime {
namespace {

close_reason reason_of(const session_closed& closed) {
  if (closed.reason == "shutdown") return {1'001, "server shutting down"};
  if (closed.reason == "failed") return {1'011, "the conversation failed"};
  return {1'000, closed.reason};
}

// Whether a session's event is the answer to something that the client asked. What the ears brought
// about looks the same and is counted alike: the bound on what is unanswered is a rough one.
bool is_answer(const session_payload& payload) {
  if (const auto* finished = std::get_if<turn_finished>(&payload)) {
    return finished->status == turn_status::cancelled && finished->reason == "client_cancelled";
  }
  if (const auto* failed = std::get_if<request_failed>(&payload)) {
    return !failed->request.empty() && to_tag(failed->request).kind != request_kind::append_audio;
  }
  return std::holds_alternative<settings_changed>(payload) ||
         std::holds_alternative<item_added>(payload) ||
         std::holds_alternative<item_deleted>(payload) ||
         std::holds_alternative<item_retrieved>(payload) ||
         std::holds_alternative<item_truncated>(payload) ||
         std::holds_alternative<audio_committed>(payload) ||
         std::holds_alternative<audio_cleared>(payload) ||
         std::holds_alternative<output_cleared>(payload) ||
         std::holds_alternative<turn_started>(payload);
}

struct client_state {
  static inline const char* name = "client";

  client_actor::pointer self;
  std::shared_ptr<client_link> link;
  std::optional<response_writer> writer;
  std::optional<event_mark> seen;
  std::function<std::vector<door::rate_limit>()> rate_limits;
  bool closed = false;

  explicit client_state(client_actor::pointer actor) noexcept : self{actor} {}

  void attach(const session_actor& session) {
    self->monitor(session);
    attach_client attach;
    attach.resumable = true;
    attach.seen = seen;
    self->send(session, attach, client_actor{self});
    link->opened(session);
  }

  void refused(const error& reason) {
    closed = true;
    auto problem = to_problem(reason, {});
    problem.type = "server_error";
    link->put(problem);
    if (reason.code == errc::overloaded) return link->close({1'013, "the server is full"});
    if (reason.code == errc::unavailable) return link->close({1'001, "server shutting down"});
    link->close({1'011, "the conversation could not be opened"});
  }

  void on(const session_event& event) {
    if (closed) return;
    std::vector<outgoing> messages;
    writer->write(event, messages);
    const auto* finished = std::get_if<turn_finished>(&event.payload);
    if (finished != nullptr) tell_rate_limits(messages);
    if (finished != nullptr && finished->status == turn_status::cancelled) {
      link->put(std::move(messages), event.turn.number);
    } else {
      link->put(std::move(messages));
    }
    if (is_answer(event.payload)) link->answered();
    if (const auto* ending = std::get_if<session_closed>(&event.payload)) {
      closed = true;
      link->close(reason_of(*ending));
    }
  }

  void tell_rate_limits(std::vector<outgoing>& messages) {
    if (!rate_limits) return;
    const auto limits = rate_limits();
    if (!limits.empty()) writer->write_rate_limits(limits, messages);
  }

  void session_lost() {
    if (closed) return;
    closed = true;
    link->put({"server_error", "conversation_lost", "the conversation ended unexpectedly", {}, {}});
    link->close({1'011, "the conversation ended unexpectedly"});
  }
};

client_actor::behavior_type client_behavior(client_actor::stateful_pointer<client_state> self,
                                            const directory_actor& directory,
                                            std::shared_ptr<client_link> link,
                                            const client_options& options) {
  auto& state = self->state;
  state.link = std::move(link);
  auto writer = options.writer;
  writer.skip_through = options.seen;
  state.writer.emplace(std::move(writer));
  state.seen = options.seen;
  state.rate_limits = options.rate_limits;
  self->set_down_handler([self](caf::down_msg&) { self->state.session_lost(); });
  self->request(directory, options.open_timeout, open_conversation{options.conversation})
      .then([self](const session_actor& session) { self->state.attach(session); },
            [self](const caf::error& reason) { self->state.refused(from_caf_error(reason)); });
  return {[self](const session_event& event) { self->state.on(event); }};
}

}  // namespace

client_actor spawn_client(caf::actor_system& system, directory_actor directory,
                          std::shared_ptr<client_link> link, client_options options) {
  return system.spawn(client_behavior, std::move(directory), std::move(link), std::move(options));
}

}  // namespace dhr::realtime
