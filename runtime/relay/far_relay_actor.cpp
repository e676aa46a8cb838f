#include <optional>
#include <utility>

#include "runtime/relay/relay_actor.hpp"
#include "runtime/relay/relay_line.hpp"
#include "runtime/relay/relay_reason_caf.hpp"

namespace dhr {
namespace {

using far_impl = far_relay::extend_with<client_actor>::extend<caf::reacts_to<relay_alone_atom>,
                                                              caf::reacts_to<relay_over_atom>>;

// Lives on: the scheduler. Owned by: its actor.
class far_state {
 public:
  static inline const char* name = "far relay";
  using pointer = far_impl::stateful_pointer<far_state>;

  explicit far_state(far_impl::pointer self) noexcept : self_{self} {}

  void start(const session_actor& session, relay_options options) {
    options_ = std::move(options);
    line_.emplace(self_->system(), options_.transfer, options_.metrics);
    session_ = session;
    self_->set_down_handler([this](const caf::down_msg& message) { gone(message); });
    self_->monitor(session_);
    self_->delayed_send(self_, options_.attach_patience, relay_alone_atom::value);
  }

  // ---- from the near relay

  void on(const begin_relay&, const relay_end& near) {
    if (line_->is_joined()) return;
    near_ = near;
    self_->monitor(near_);
    line_->join(near);
  }

  void on(const relay_piece& piece) {
    auto messages = line_->take(piece);
    if (!messages) return end(messages.assume_error());
    for (const auto& message : messages.assume_value()) {
      if (auto read = take(message); !read) return end(read.assume_error());
      if (has_ended_) return;
    }
  }

  void on(const relay_credit& credit) {
    if (auto taken = line_->take(credit); !taken) end(taken.assume_error());
  }

  // ---- from the session

  void on(const session_event& event) {
    if (is_ending_) return;
    if (auto sent = line_->put(relay_kind::event, event); !sent) return end(sent.assume_error());
    // The session has done with this client, but takes what is on its way to it for a while, and
    // goes on if that is something to answer.
    is_done_ = std::holds_alternative<session_closed>(event.payload);
    if (is_done_) self_->delayed_send(self_, options_.end_patience, relay_over_atom::value);
  }

  // ---- from itself

  void alone() {
    if (!line_->is_joined()) end(caf::exit_reason::normal);
  }
  void over() {
    if (is_ending_ || is_done_) end(reason_);
  }

 private:
  result<void> take(const std::string& message) {
    switch (relay_line::kind_of(message)) {
      case relay_kind::attach: {
        attach_client attach;
        DHR_TRY(line_->read(message, attach));
        self_->send(session_, std::move(attach), client_actor{self_});
        return ok();
      }
      case relay_kind::request: {
        client_request request;
        DHR_TRY(line_->read(message, request));
        self_->send(session_, std::move(request));
        return ok();
      }
      case relay_kind::sound_question: {
        std::uint64_t question = 0;
        DHR_TRY(line_->read(message, question));
        ask(question);
        return ok();
      }
      case relay_kind::ended: {
        travelling_reason reason;
        DHR_TRY(line_->read(message, reason));
        end(reason.unpacked());
        return ok();
      }
      default:
        return line_->broken("a message came that goes the other way");
    }
  }

  // Whoever asked hears of a session that is gone by the relay's end; so any error is a time-out.
  void ask(std::uint64_t question) {
    self_->request(session_, options_.sound_patience, sound_taken_atom::value)
        .then([this, question](sound_taken_atom) { answer(question, true); },
              [this, question](const caf::error&) { answer(question, false); });
  }

  void answer(std::uint64_t question, bool in_time) {
    if (is_ending_) return;
    auto sent = line_->put(relay_kind::sound_answer, question, in_time);
    if (!sent) end(sent.assume_error());
  }

  void gone(const caf::down_msg& message) {
    if (near_ && message.source == near_.address()) return end(message.reason);
    if (message.source == session_.address()) session_gone(message.reason);
  }

  // The session's last words still arrive; then the near relay ends, and this one with it.
  void session_gone(const caf::error& reason) {
    if (std::exchange(is_ending_, true)) return;
    reason_ = reason;
    if (!line_->is_joined()) return end(reason);
    if (!line_->put(relay_kind::ended, travelling_reason::of(reason))) return end(reason);
    self_->delayed_send(self_, options_.end_patience, relay_over_atom::value);
  }

  void end(const error& reason) { end(to_caf_error(reason)); }
  void end(caf::error reason) {
    if (!std::exchange(has_ended_, true)) self_->quit(std::move(reason));
  }

  far_impl::pointer self_;
  relay_options options_;
  std::optional<relay_line> line_;
  session_actor session_;
  relay_end near_;
  bool is_ending_ = false;  // the session is gone
  bool is_done_ = false;    // its last word to this client was that it ends
  bool has_ended_ = false;
  caf::error reason_;
};

far_impl::behavior_type far_behavior(far_state::pointer self, const session_actor& session,
                                     const relay_options& options) {
  self->state.start(session, options);
  return {[self](const relay_piece& x) { self->state.on(x); },
          [self](const relay_credit& x) { self->state.on(x); },
          [self](const begin_relay& x, const relay_end& near) { self->state.on(x, near); },
          [self](const session_event& x) { self->state.on(x); },
          [self](relay_alone_atom) { self->state.alone(); },
          [self](relay_over_atom) { self->state.over(); }};
}

}  // namespace

far_relay spawn_far_relay(caf::actor_system& system, session_actor session, relay_options options) {
  return system.spawn(far_behavior, std::move(session), std::move(options));
}

}  // namespace dhr
