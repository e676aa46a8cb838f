// The part of the turn machine that deals with speech into an answer: interrupting, holding,
// resuming, and cutting what was said to what was heard.

#include <algorithm>
#include <utility>

#include "actors/session/turn_machine.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {

void turn_machine::on(const interrupt_turn&, mono_time now) {
  if (held_) return;
  if (phase_ == turn_phase::idle) return interrupt_tail(now);
  if (!speaks() || request_.out_of_band) {
    return finish(turn_status::cancelled, "turn_detected", std::nullopt, now);
  }
  interrupt_answer(now);
}

void turn_machine::interrupt_answer(mono_time now) {
  held_answer held;
  held.response_id = response_id_;
  held.item_id = request_.item_id;
  held.settings = request_.settings;
  held.heard_samples = std::min(pacer_->sample_at(now), media_->next_sample());
  held.reply = std::move(reply_);
  held.reply.calls_told += static_cast<std::uint32_t>(calls_.size());
  for (auto it = speaking_.rbegin(); it != speaking_.rend(); ++it) {
    held.reply.waiting.push_front(std::move(it->second));
  }
  reply_ = {held.reply.id, {}, held.reply.done, held.reply.usage, held.reply.reason};
  auto parts = spoken_items_.back().text.cut(held.heard_samples);
  sent_text_ = std::move(parts.heard);
  const bool all_heard = held.reply.done && held.reply.waiting.empty() && parts.rest.empty();
  if (!all_heard) held_ = std::move(held);
  finish(turn_status::cancelled, "turn_detected", std::nullopt, now);
}

// All was sent, and the listener still hears it.
void turn_machine::interrupt_tail(mono_time now) {
  if (now >= heard_at_ || spoken_items_.empty()) return;
  heard_at_ = now;
  effects_.emplace_back(sound_stopped{});
  auto& last = spoken_items_.back();
  const auto heard = std::min(pacer_->sample_at(now), last.text.samples());
  auto parts = last.text.cut(heard);
  if (parts.rest.empty()) return;
  effects_.emplace_back(item_cut{last.item_id, std::move(parts.heard)});
  held_answer held;
  held.response_id = request_.response_id;
  held.item_id = last.item_id;
  held.settings = request_.settings;
  held.heard_samples = heard;
  held.reply.done = true;
  held_ = std::move(held);
}

void turn_machine::on(const resume_turn& event, mono_time now) {
  DHR_ASSERT(held_);
  auto held = std::move(*held_);
  held_.reset();
  auto request = event.request;
  request.settings = std::move(held.settings);
  request.out_of_band = false;
  std::vector<std::string> unheard;
  if (const auto* text = text_of(held.item_id)) unheard = text->cut(held.heard_samples).rest;
  held.reply.waiting.insert(held.reply.waiting.begin(), unheard.begin(), unheard.end());
  drop_foreseen();
  ++id_.number;
  start(std::move(request), now);
  reply_ = std::move(held.reply);
  tell_start(held.response_id);
  for (std::uint32_t i = 0; i < reply_.waiting.size(); ++i) feel_clause(i, reply_.waiting[i]);
  tell_kept_calls(now);
  pump(now);
}

void turn_machine::on(const release_turn&, mono_time) {
  if (!held_) return;
  if (!held_->reply.done) effects_.emplace_back(stop_reply{held_->reply.id});
  held_.reset();
}

void turn_machine::on(const hear_only& event, mono_time) {
  const auto* text = text_of(event.item_id);
  if (text == nullptr) return;
  effects_.emplace_back(item_cut{event.item_id, text->cut(event.sample).heard});
  if (held_ && held_->item_id == event.item_id) held_->heard_samples = event.sample;
}

}  // namespace dhr
