#include "net/realtime/client_actor.hpp"

#include <algorithm>
#include <utility>

#include "actors/session/directory_actor.hpp"
#include "net/realtime/codec.hpp"

namespace dhr::realtime {
namespace {

close_reason reason_of(const session_closed& closed) {
  if (closed.reason == "shutdown") return {1'001, "server shutting down"};
  if (closed.reason == "moved") return {1'012, "the conversation moved: connect again"};
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

// A response that has begun and not ended.
struct open_response {
  turn_id turn;
  turn_started start;
  std::string text;
};

struct client_state {
  static inline const char* name = "client";

  connected_client::pointer self;
  conversation_door conversations;
  client_options options;
  session_actor session;
  caf::actor_addr rested;  // the last session, which rests; it is watched until it is no more
  std::shared_ptr<client_link> link;
  std::optional<response_writer> writer;
  std::optional<event_mark> seen;
  conversation_id conversation;  // as its session names it
  session_epoch epoch;
  std::uint64_t last_sequence = 0;
  std::optional<open_response> response;
  std::uint64_t moves = 0;
  bool moving = false;    // from a session that is lost to one that is looked for
  bool resting = false;   // the session ends for the client's silence; the next word rouses it
  bool rousing = false;   // `moving` too: from a session that rested
  bool replaying = true;  // what is sent again was charged when it was sent first
  std::optional<session_event> last_word;  // the connection's own, after the answer under way
  bool closed = false;

  explicit client_state(connected_client::pointer actor) noexcept : self{actor} {}

  void open() {
    const auto& id = conversation.value.empty() ? options.conversation : conversation;
    // Who has been served here stays here.
    const auto label = moving ? std::string{} : options.redirect_label;
    self->request(conversations, options.open_timeout,
                  open_conversation{id, options.owner, options.wish, label})
        .then(
            [this, move = moves](const session_actor& opened) {
              if (!closed && move == moves) attach(opened);
            },
            [this, move = moves](const caf::error& reason) {
              if (!closed && move == moves) refused(from_caf_error(reason));
            });
  }

  void attach(const session_actor& opened) {
    session = opened;
    if (rested == session.address()) {
      rested = nullptr;
    } else {
      self->monitor(session);
    }
    attach_client attach;
    attach.resumable = true;
    moving = rousing;  // until the session, which may be about to end, has answered
    attach.continues = !conversation.value.empty();
    if (!attach.continues) attach.seen = seen;
    self->send(session, attach, client_actor{self});
    if (!rousing) link->opened(session);
  }

  // ---- to another node

  // The session is no more. Another one is looked for under the conversation's id, if that may be.
  bool move(const std::string& why) {
    if (options.move_patience <= milliseconds{0}) return false;
    break_off(why);
    begin_looking(options.move_patience);
    open();
    return true;
  }

  void break_off(const std::string& why) {
    const int unanswered = link->session_gone();
    session = nullptr;
    end_response(why);
    tell_unanswered(unanswered, why);
  }

  void tell_unanswered(int count, const std::string& why) {
    if (count <= 0) return;
    link->put({"server_error",
               "conversation_moved",
               std::to_string(count) + " requests are left without an answer, since " + why +
                   ": send them again",
               {},
               {}});
  }

  void begin_looking(milliseconds patience) {
    moving = true;
    ++moves;
    self->delayed_send(self, patience, give_up_atom::value, moves);
  }

  void look_again(std::uint64_t of) {
    if (moving && of == moves && !closed) open();
  }

  // ---- to rest and back

  // The session may still be there for what was on its way to it; who asks it for more asks the
  // door for it. With its node or the link to it, what was on its way may be lost.
  void rest() {
    rested = session.address();
    session = nullptr;
    resting = true;
    link->session_rests();
  }

  void rested_gone(const std::string& why) {
    if (rested) self->demonitor(rested);
    rested = nullptr;
    if (closed) return;
    end_response(why);
    tell_unanswered(link->forget_unanswered(), why);
  }

  void rouse() {
    if (closed || !std::exchange(resting, false)) return;
    rousing = true;
    writer->take_over_quietly();
    begin_looking(std::max(options.move_patience, options.rest_patience));
    open();
  }

  void roused() {
    moving = rousing = false;
    if (rested) self->demonitor(rested);
    rested = nullptr;
    link->opened(session);
  }

  // It ended before it had answered, or has gone elsewhere.
  void rouse_again(const std::string& why) {
    break_off(why);
    self->delayed_send(self, options.move_retry, look_again_atom::value, moves);
  }

  void give_up(std::uint64_t of) {
    if (!moving || of != moves || closed) return;
    closed = true;
    link->put({"server_error",
               "conversation_lost",
               "the conversation could not be taken up again: connect again later with its id",
               {},
               {}});
    link->close({1'013, "the conversation is away"});
  }

  // What was said of it until then is all that there will be.
  void end_response(const std::string& why) {
    if (!response) return;
    turn_finished broken;
    broken.response_id = response->start.response_id;
    broken.item = {response->start.item_id, item_role::assistant, item_status::incomplete,
                   response->text, response->start.settings.modality == output_modality::audio};
    broken.status = turn_status::failed;
    broken.problem = error{errc::unavailable, why, {}, {}};
    put({response->turn, last_sequence + 1, std::move(broken)});
  }

  void note(const session_event& event) {
    conversation = event.turn.conversation;
    epoch = event.turn.epoch;
    last_sequence = event.sequence;
    if (const auto* started = std::get_if<turn_started>(&event.payload)) {
      response = open_response{event.turn, *started, {}};
    } else if (const auto* piece = std::get_if<text_piece>(&event.payload)) {
      if (response && response->turn == event.turn) response->text += piece->text;
    } else if (std::holds_alternative<turn_finished>(event.payload)) {
      if (response && response->turn == event.turn) response.reset();
    }
  }

  void on(const sound_passed_on& sent) {
    self->request(session, sound_patience, sound_taken_atom::value)
        .then([this, sent](sound_taken_atom) { link->sound_taken(sent.bytes); },
              [this, sent](const caf::error& reason) {
                if (reason == caf::sec::request_timeout) return on(sent);
                link->sound_taken(sent.bytes);  // nobody is left who could take it
              });
  }

  // True when the client is to go to another node.
  bool redirected(const error& reason) {
    if (!std::string_view{reason.where}.starts_with(redirect_mark)) return false;
    closed = true;
    event_problem there{"redirect", "conversation_elsewhere", reason.message, {}, {}};
    there.param = reason.where.substr(redirect_mark.size());
    link->put(there);
    link->close({4'307, "the conversation is at another address"});
    return true;
  }

  void refused(const error& reason) {
    if (redirected(reason)) return;
    const bool may_change = reason.code != errc::not_found && reason.code != errc::invalid_argument;
    const bool may_wait = options.move_patience > milliseconds{0};
    if (!moving && may_wait && may_change && reason.code != errc::overloaded) {
      begin_looking(options.move_patience);
    }
    if (moving && may_change) {
      self->delayed_send(self, options.move_retry, look_again_atom::value, moves);
      return;
    }
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
    // The connection's own last word, which is no session's: that of a conversation on another node
    // may be in the middle of an answer.
    if (event.turn.conversation.value.empty()) {
      if (!response) return tell(event);
      last_word = event;
      return;
    }
    // Of a session that was given up for lost.
    if ((moving && !rousing) || event.turn.epoch < epoch) return;
    const auto* ending = std::get_if<session_closed>(&event.payload);
    if (ending != nullptr && ending->reason != "replaced" && (resting || rousing)) {
      if (session) self->demonitor(session.address());
      if (session) rouse_again(ending->message);
      return;
    }
    if (ending != nullptr && ending->reason == "passive") return rest();
    if (ending != nullptr && ending->reason == "moved") {
      self->demonitor(session.address());
      if (move(ending->message)) return;
    }
    const bool is_up = rousing && std::holds_alternative<session_taken_over>(event.payload);
    // A successor knows nothing of what the session that rested was asked.
    if (is_up && event.turn.epoch > epoch) rested_gone("the conversation goes on at another node");
    put(event);
    if (is_up) roused();
  }

  void put(const session_event& event) {
    note(event);
    tell(event);
    if (last_word && !response && !closed) tell(*std::exchange(last_word, std::nullopt));
  }

  void tell(const session_event& event) {
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
        std::holds_alternative<session_resumed>(payload) ||
        std::holds_alternative<session_taken_over>(payload)) {
      replaying = false;
    }
    if (const auto* failed = std::get_if<request_failed>(&payload)) {
      const auto kind = to_tag(failed->request).kind;
      if (kind == request_kind::create_response) link->response_refused();
    }
    const auto* started = std::get_if<turn_started>(&payload);
    if (started == nullptr || replaying || !started->resumes.empty()) return std::nullopt;
    if (link->response_began() || !options.turn_begins) return std::nullopt;
    const auto paid = options.turn_begins();
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
    if (!options.rate_limits) return;
    const auto limits = options.rate_limits();
    if (!limits.empty()) writer->write_rate_limits(limits, messages);
  }

  void session_lost() {
    if (closed) return;
    if (rousing) return rouse_again("the conversation's node was lost");
    if (move("the conversation's node was lost")) return;
    closed = true;
    link->put({"server_error", "conversation_lost", "the conversation ended unexpectedly", {}, {}});
    link->close({1'011, "the conversation ended unexpectedly"});
  }
};

connected_client::behavior_type client_behavior(
    connected_client::stateful_pointer<client_state> self, const conversation_door& conversations,
    std::shared_ptr<client_link> link, const client_options& options) {
  auto& state = self->state;
  state.conversations = conversations;
  state.link = std::move(link);
  state.options = options;
  auto writer = options.writer;
  writer.skip_through = options.seen;
  state.writer.emplace(std::move(writer));
  state.seen = options.seen;
  self->set_down_handler([self](caf::down_msg& message) {
    auto& client = self->state;
    if (message.source == client.session) client.session_lost();
    if (message.source == client.rested) client.rested_gone("the conversation's node was lost");
  });
  state.open();
  return {[self](const session_event& event) { self->state.on(event); },
          [self](const sound_passed_on& sent) { self->state.on(sent); },
          [self](rouse_atom) { self->state.rouse(); },
          [self](look_again_atom, std::uint64_t move) { self->state.look_again(move); },
          [self](give_up_atom, std::uint64_t move) { self->state.give_up(move); }};
}

}  // namespace

connected_client spawn_client(caf::actor_system& system, conversation_door conversations,
                              std::shared_ptr<client_link> link, client_options options) {
  return system.spawn(client_behavior, std::move(conversations), std::move(link),
                      std::move(options));
}

}  // namespace dhr::realtime
