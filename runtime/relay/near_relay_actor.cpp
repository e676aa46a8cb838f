#include <map>
#include <optional>
#include <utility>

#include "runtime/relay/relay_actor.hpp"
#include "runtime/relay/relay_line.hpp"
#include "runtime/relay/relay_reason_caf.hpp"

namespace dhr {
namespace {

using near_impl =
    session_actor::extend<caf::reacts_to<relay_piece>, caf::reacts_to<relay_credit>,
                          caf::reacts_to<relay_alone_atom>, caf::reacts_to<relay_over_atom>>;

// Lives on: the scheduler. Owned by: its actor.
class near_state {
 public:
  static inline const char* name = "near relay";
  using pointer = near_impl::stateful_pointer<near_state>;

  explicit near_state(near_impl::pointer self) noexcept : self_{self} {}

  void start(const far_relay& far, relay_options options) {
    options_ = std::move(options);
    line_.emplace(self_->system(), options_.transfer, options_.metrics);
    far_ = far;
    self_->set_down_handler([this](const caf::down_msg& message) { gone(message); });
    self_->monitor(far_);
    self_->send(far_, begin_relay{}, relay_end{self_});
    line_->join(caf::actor_cast<relay_end>(far_));
    self_->delayed_send(self_, options_.attach_patience, relay_alone_atom::value);
  }

  // ---- from the client

  void on(const attach_client& message, const client_actor& client) {
    if (is_ending_) return;
    if (client_ && client_ != client) {
      tell(session_closed{"replaced", "another client took this conversation over"});
      self_->demonitor(client_.address());
    }
    client_ = client;
    self_->monitor(client_);
    if (auto sent = line_->put(relay_kind::attach, message); !sent) end(sent.assume_error());
  }

  void on(const client_request& message) {
    if (is_ending_) return;
    auto sent = line_->put(relay_kind::request, message);
    if (sent) return;
    auto name_of = std::visit([](const auto& what) { return what.request; }, message.what);
    tell(request_failed{std::move(name_of), std::move(sent).assume_error()});
  }

  // Behind the sound that was sent before it. Without a place in the queue it is left without an
  // answer, and asked again.
  caf::result<sound_taken_atom> on(sound_taken_atom) {
    auto promise = self_->make_response_promise<sound_taken_atom>();
    if (is_ending_) return caf::make_error(caf::sec::request_receiver_down);
    if (line_->put(relay_kind::sound_question, ++questions_)) asked_.emplace(questions_, promise);
    return promise;
  }

  // ---- from the far relay

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

  // ---- from itself

  void alone() {
    if (!client_ && !is_ending_) end(caf::exit_reason::normal);
  }
  void over() { end(reason_); }

 private:
  result<void> take(const std::string& message) {
    switch (relay_line::kind_of(message)) {
      case relay_kind::event: {
        session_event event;
        DHR_TRY(line_->read(message, event));
        last_ = event.turn;
        last_sequence_ = event.sequence;
        if (client_) self_->send(client_, std::move(event));
        return ok();
      }
      case relay_kind::sound_answer: {
        std::uint64_t question = 0;
        bool in_time = false;
        DHR_TRY(line_->read(message, question, in_time));
        answer(question, in_time);
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

  void answer(std::uint64_t question, bool in_time) {
    const auto known = asked_.find(question);
    if (known == asked_.end()) return;
    if (in_time) {
      known->second.deliver(sound_taken_atom::value);
    } else {
      known->second.deliver(caf::make_error(caf::sec::request_timeout));
    }
    asked_.erase(known);
  }

  // As of the session, beside the event that was its last so far.
  void tell(session_payload payload) {
    if (!client_) return;
    self_->send(
        client_,
        session_event{{last_.conversation, last_.epoch, 0}, last_sequence_, std::move(payload)});
  }

  void gone(const caf::down_msg& message) {
    if (message.source == far_.address()) return end(message.reason);
    if (client_ && message.source == client_.address()) client_gone(message.reason);
  }

  // What the client said last still arrives; then the far relay ends, and this one with it.
  void client_gone(const caf::error& reason) {
    if (std::exchange(is_ending_, true)) return;
    client_ = nullptr;
    reason_ = reason;
    if (!line_->put(relay_kind::ended, travelling_reason::of(reason))) return end(reason);
    self_->delayed_send(self_, options_.end_patience, relay_over_atom::value);
  }

  void end(const error& reason) { end(to_caf_error(reason)); }
  void end(caf::error reason) {
    if (std::exchange(has_ended_, true)) return;
    for (auto& [question, promise] : asked_) {
      promise.deliver(caf::make_error(caf::sec::request_receiver_down));
    }
    asked_.clear();
    self_->quit(std::move(reason));
  }

  near_impl::pointer self_;
  relay_options options_;
  std::optional<relay_line> line_;
  far_relay far_;
  client_actor client_;
  std::map<std::uint64_t, caf::typed_response_promise<sound_taken_atom>> asked_;
  std::uint64_t questions_ = 0;
  turn_id last_;
  std::uint64_t last_sequence_ = 0;
  bool is_ending_ = false;  // the client is gone
  bool has_ended_ = false;
  caf::error reason_;
};

near_impl::behavior_type near_behavior(near_state::pointer self, const far_relay& far,
                                       const relay_options& options) {
  self->state.start(far, options);
  return {[self](const attach_client& x, const client_actor& client) { self->state.on(x, client); },
          [self](const client_request& x) { self->state.on(x); },
          [](const drain_session&) {},
          [](const leave_conversation&) {},
          [self](sound_taken_atom x) { return self->state.on(x); },
          [self](const relay_piece& x) { self->state.on(x); },
          [self](const relay_credit& x) { self->state.on(x); },
          [self](relay_alone_atom) { self->state.alone(); },
          [self](relay_over_atom) { self->state.over(); }};
}

}  // namespace

session_actor spawn_near_relay(caf::actor_system& system, far_relay far, relay_options options) {
  return system.spawn(near_behavior, std::move(far), std::move(options));
}

}  // namespace dhr
