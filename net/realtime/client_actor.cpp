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

// The name of the client actor's own requests; those of clients begin with a letter.
constexpr auto own_request = "!";
constexpr std::chrono::seconds sound_patience{10};  // then it is asked again

struct client_state {
  static inline const char* name = "client";

  connected_client::pointer self;
  session_actor session;
  std::shared_ptr<client_link> link;
  std::optional<response_writer> writer;
  std::optional<event_mark> seen;
  std::function<std::vector<door::rate_limit>()> rate_limits;
  std::function<result<void>()> turn_begins;
  bool replaying = true;  // what is sent again was charged when it was sent first
  bool closed = false;

  explicit client_state(connected_client::pointer actor) noexcept : self{actor} {}

  void attach(const session_actor& opened) {
    session = opened;
    self->monitor(session);
    attach_client attach;
    attach.resumable = true;
    attach.seen = seen;
    self->send(session, attach, client_actor{self});
    link->opened(session);
  }

  void on(const sound_passed_on& sent) {
    self->request(session, sound_patience, sound_taken_atom::value)
        .then([this, sent](sound_taken_atom) { link->sound_taken(sent.bytes); },
              [this, sent](const caf::error& reason) {
                if (reason == caf::sec::request_timeout) return on(sent);
                link->sound_taken(sent.bytes);  // nobody is left who could take it
              });
  }

  void refused(const error& reason) {
    closed = true;
    auto problem =
        to_problem(reason, reason.code == errc::not_found ? "conversation" : std::string{});
    if (reason.code != errc::not_found) problem.type = "server_error";
    link->put(problem);
    if (reason.code == errc::overloaded) return link->close({1'013, "the server is full"});
    if (reason.code == errc::not_found) return link->close({1'008, "no such conversation"});
    if (reason.code == errc::unavailable) return link->close({1'001, "server shutting down"});
    link->close({1'011, "the conversation could not be opened"});
  }

  void on(const session_event& event) {
    if (closed || is_own(event.payload)) return;
    // Before the client hears of the turn and asks for what would then be paid first.
    const auto unpaid = charge(event.payload);
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
    if (unpaid) refuse_turn(*unpaid, std::get<turn_started>(event.payload).response_id);
    if (const auto* ending = std::get_if<session_closed>(&event.payload)) {
      closed = true;
      link->close(reason_of(*ending));
    }
  }

  // The answer to what the client actor itself asked.
  static bool is_own(const session_payload& payload) {
    const auto* failed = std::get_if<request_failed>(&payload);
    return failed != nullptr && failed->request == own_request;
  }

  // Why the key cannot pay for what begins here, if it cannot. A response that the client asked for
  // was paid when it asked.
  std::optional<error> charge(const session_payload& payload) {
    if (std::holds_alternative<session_opened>(payload) ||
        std::holds_alternative<session_resumed>(payload)) {
      replaying = false;
    }
    if (const auto* failed = std::get_if<request_failed>(&payload)) {
      const auto kind = to_tag(failed->request).kind;
      if (kind == request_kind::create_response) link->response_refused();
    }
    const auto* started = std::get_if<turn_started>(&payload);
    if (started == nullptr || replaying || !started->resumes.empty()) return std::nullopt;
    if (link->response_began() || !turn_begins) return std::nullopt;
    const auto paid = turn_begins();
    return paid ? std::nullopt : std::optional{paid.assume_error()};
  }

  void refuse_turn(const error& reason, const std::string& response_id) {
    link->put({"rate_limit_error",
               "rate_limit_exceeded",
               reason.message + "; what is said until then is not heard",
               {},
               {}});
    self->send(session, client_request{cancel_response{own_request, response_id}});
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

connected_client::behavior_type client_behavior(
    connected_client::stateful_pointer<client_state> self, const directory_actor& directory,
    std::shared_ptr<client_link> link, const client_options& options) {
  auto& state = self->state;
  state.link = std::move(link);
  auto writer = options.writer;
  writer.skip_through = options.seen;
  state.writer.emplace(std::move(writer));
  state.seen = options.seen;
  state.rate_limits = options.rate_limits;
  state.turn_begins = options.turn_begins;
  self->set_down_handler([self](caf::down_msg&) { self->state.session_lost(); });
  self->request(directory, options.open_timeout,
                open_conversation{options.conversation, options.owner})
      .then([self](const session_actor& session) { self->state.attach(session); },
            [self](const caf::error& reason) { self->state.refused(from_caf_error(reason)); });
  return {[self](const session_event& event) { self->state.on(event); },
          [self](const sound_passed_on& sent) { self->state.on(sent); }};
}

}  // namespace

connected_client spawn_client(caf::actor_system& system, directory_actor directory,
                              std::shared_ptr<client_link> link, client_options options) {
  return system.spawn(client_behavior, std::move(directory), std::move(link), std::move(options));
}

}  // namespace dhr::realtime
