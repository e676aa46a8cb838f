#include "actors/speech/clause_sequencer.hpp"

#include <algorithm>

namespace dhr {
namespace {

bool is_newer(const turn_id& a, const turn_id& b) {
  return std::pair{a.epoch.value, a.number} > std::pair{b.epoch.value, b.number};
}

bool is_fault_of_voice(errc code) { return code == errc::unavailable || code == errc::failed; }

}  // namespace

voice_effects clause_sequencer::on(const speak& request) {
  voice_effects effects;
  if (turn_ && is_newer(*turn_, request.turn)) return effects;
  if (!turn_ || is_newer(request.turn, *turn_)) {
    // What is left of the turn before would hold the worker's hands.
    if (!clauses_.empty()) effects.emplace_back(cancel_speech{*turn_});
    turn_ = request.turn;
    cancelled_ = false;
    next_index_ = request.index;
    clauses_.clear();
    replaced_.clear();
  }
  if (cancelled_ || request.index < next_index_ || clauses_.count(request.index) != 0)
    return effects;
  const bool full = clauses_.size() >= options_.clauses_max;
  auto& added = clauses_[request.index];
  added.request = request;
  if (worker_lost_) {
    answer(added, {request.turn, request.index, *worker_lost_});
  } else if (full) {
    answer(added, {request.turn,
                   request.index,
                   {errc::overloaded,
                    "too many clauses of this turn wait for the voice",
                    {},
                    milliseconds{500}}});
  }
  advance(effects);
  return effects;
}

voice_effects clause_sequencer::on(const cancel_speech& request) {
  voice_effects effects;
  if (turn_ && is_newer(*turn_, request.turn)) return effects;  // a new turn speaks already
  turn_ = request.turn;
  cancelled_ = true;
  clauses_.clear();
  if (!worker_lost_) effects.emplace_back(request);
  return effects;
}

voice_effects clause_sequencer::on(speech_ready done) {
  voice_effects effects;
  if (auto* one = find(done.turn, done.index)) {
    one->answer = std::move(done);
    one->at = stage::answered;
    advance(effects);
  }
  return effects;
}

voice_effects clause_sequencer::on(speech_failed failure) {
  voice_effects effects;
  auto* one = find(failure.turn, failure.index);
  if (one == nullptr) return effects;
  const auto next = is_fault_of_voice(failure.reason.code) ? next_voice(*one) : std::nullopt;
  if (!next) {
    answer(*one, std::move(failure));
  } else {
    if (replaced_.try_emplace(one->voice, *next).second) {
      effects.emplace_back(voice_changed{failure.turn, one->voice, *next, failure.reason.message});
    }
    one->tried.push_back(one->voice);
    one->voice = *next;
    one->at = stage::waiting;
  }
  advance(effects);
  return effects;
}

voice_effects clause_sequencer::worker_lost(error reason) {
  voice_effects effects;
  worker_lost_ = reason;
  for (auto& [index, one] : clauses_) {
    if (one.at != stage::answered) answer(one, {one.request.turn, index, reason});
  }
  advance(effects);
  return effects;
}

clause_sequencer::clause* clause_sequencer::find(const turn_id& turn, std::uint32_t index) {
  if (!turn_ || turn != *turn_) return nullptr;
  const auto found = clauses_.find(index);
  return found == clauses_.end() || found->second.at != stage::in_flight ? nullptr : &found->second;
}

std::string clause_sequencer::voice_for(const std::string& asked) const {
  std::string voice = asked;
  // A replacement never leads back, since each is tried but once; the bound is for safety.
  for (std::size_t steps = 0; steps < replaced_.size(); ++steps) {
    const auto found = replaced_.find(voice);
    if (found == replaced_.end()) break;
    voice = found->second;
  }
  return voice;
}

std::optional<std::string> clause_sequencer::next_voice(const clause& failed) const {
  const auto is_used = [&](const std::string& voice) {
    return voice == failed.voice ||
           std::count(failed.tried.begin(), failed.tried.end(), voice) != 0;
  };
  if (const auto found = replaced_.find(failed.voice);
      found != replaced_.end() && !is_used(found->second)) {
    return found->second;
  }
  for (const auto& voice : options_.fall_backs) {
    if (!is_used(voice) && replaced_.count(voice) == 0) return voice;
  }
  return std::nullopt;
}

void clause_sequencer::answer(clause& one, speech_failed failure) {
  one.answer = std::move(failure);
  one.at = stage::answered;
}

void clause_sequencer::advance(voice_effects& effects) {
  while (!clauses_.empty() && clauses_.begin()->first == next_index_ &&
         clauses_.begin()->second.at == stage::answered) {
    std::visit([&](auto& answer) { effects.emplace_back(std::move(answer)); },
               *clauses_.begin()->second.answer);
    clauses_.erase(clauses_.begin());
    ++next_index_;
  }
  auto in_flight = static_cast<std::size_t>(
      std::count_if(clauses_.begin(), clauses_.end(),
                    [](const auto& entry) { return entry.second.at == stage::in_flight; }));
  for (auto& [index, one] : clauses_) {
    if (in_flight >= options_.in_flight_max) break;
    if (one.at != stage::waiting) continue;
    if (one.voice.empty()) one.voice = voice_for(one.request.voice);
    one.at = stage::in_flight;
    ++in_flight;
    speak request = one.request;
    request.voice = one.voice;
    effects.emplace_back(std::move(request));
  }
}

}  // namespace dhr
