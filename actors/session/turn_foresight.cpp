// The part of the turn machine that deals with turns that have not begun: asking for the reply
// ahead, keeping what comes of it, and going on from there or dropping it.

#include <utility>

#include "actors/session/turn_machine.hpp"

namespace dhr {
namespace {

constexpr std::size_t foreseen_events_max = 4'096;

// Of the children's events; empty for the others.
const turn_id* turn_of(const turn_event& event) {
  return std::visit(
      [](const auto& x) -> const turn_id* {
        if constexpr (requires { x.turn; }) {
          return &x.turn;
        } else {
          return nullptr;
        }
      },
      event);
}

}  // namespace

bool asks_for_same(const turn_request& a, const turn_request& b) {
  return a.settings == b.settings && a.history == b.history && a.paced == b.paced &&
         a.out_of_band == b.out_of_band;
}

bool turn_machine::is_foreseen(const turn_id& turn) const { return foreseen_ && turn == id_; }

void turn_machine::on(const foresee_turn& event, mono_time) {
  if (phase_ != turn_phase::idle || (held_ && !held_->reply.done)) return;
  if (foreseen_ && asks_for_same(foreseen_->request, event.request)) return;
  drop_foreseen();
  ++id_.number;
  foreseen_.emplace(foreseen_turn{event.request, {}, {}});
  ask_for_reply(event.request);
}

void turn_machine::on(const forget_foreseen&, mono_time) { drop_foreseen(); }

// Only the first clause is spoken ahead: it is the one that the listener waits for.
bool turn_machine::keep_foreseen(const turn_event& event) {
  const auto* turn = turn_of(event);
  if (turn == nullptr || !is_foreseen(*turn)) return false;
  // The turn itself will try anew, and tell if it fails.
  if (std::holds_alternative<reply_failed>(event) || std::holds_alternative<speech_failed>(event)) {
    drop_foreseen();
    return true;
  }
  const auto* clause = std::get_if<clause_ready>(&event);
  if (clause != nullptr && !foreseen_->first_clause) {
    foreseen_->first_clause = clause->text;
    feel_clause(0, clause->text);
    ask_voice(foreseen_->request.settings, 0, clause->text);
  } else if (foreseen_->events.size() < foreseen_events_max) {
    foreseen_->events.push_back(event);
  } else {
    drop_foreseen();
  }
  return true;
}

void turn_machine::take_over(const turn_request& request, mono_time now) {
  auto foreseen = std::move(*foreseen_);
  foreseen_.reset();
  effects_.emplace_back(foresight_ended{true});
  start(request, now);
  tell_start({});
  if (foreseen.first_clause) {
    timings_.first_clause = milliseconds{1};
    speaking_.emplace(clauses_asked_++, std::move(*foreseen.first_clause));
  }
  for (const auto& event : foreseen.events) {
    std::visit([&](const auto& x) { on(x, now); }, event);
  }
}

void turn_machine::drop_foreseen() {
  if (!foreseen_) return;
  foreseen_.reset();
  effects_.emplace_back(stop_reply{id_});
  effects_.emplace_back(stop_voice{id_});
  effects_.emplace_back(foresight_ended{false});
}

}  // namespace dhr
