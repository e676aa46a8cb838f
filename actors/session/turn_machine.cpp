#include "actors/session/turn_machine.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// Two: one that the worker speaks and one that waits in its queue, so that it never idles between.
constexpr std::size_t clauses_speaking_max = 2;

milliseconds since(mono_time begin, mono_time now) {
  return std::max(std::chrono::duration_cast<milliseconds>(now - begin), milliseconds{1});
}

bool needs_avatar(const session_settings& settings) {
  return settings.blendshapes || settings.visemes;
}

}  // namespace

turn_machine::turn_machine(conversation_id conversation, session_epoch epoch, turn_config config)
    : config_{config}, id_{std::move(conversation), epoch, 0} {}

turn_effects turn_machine::advance(const turn_event& event, mono_time now) {
  effects_.clear();
  std::visit([&](const auto& x) { on(x, now); }, event);
  arm();
  return std::exchange(effects_, {});
}

bool turn_machine::is_current(const turn_id& turn) {
  if (phase_ != turn_phase::idle && turn == id_) return true;
  effects_.emplace_back(stale_dropped{});
  return false;
}

void turn_machine::on(const begin_turn& event, mono_time now) {
  DHR_ASSERT(phase_ == turn_phase::idle);
  ++id_.number;
  phase_ = turn_phase::thinking;
  request_ = event.request;
  response_id_ = request_.response_id;
  const auto& settings = request_.settings;
  media_.emplace(assembler_config{config_.fps, config_.chunk_frames_max, needs_avatar(settings)});
  pacer_.emplace(config_.run_ahead, request_.paced);
  begun_ = now;
  send(turn_started{request_.response_id, request_.item_id, request_.previous_item_id, settings});
  effects_.emplace_back(converse{id_, settings.instructions, std::move(request_.history),
                                 settings.sampling, settings.modality == output_modality::audio,
                                 config_.stall_timeout});
  progress_ = now;
}

void turn_machine::on(const cancel_turn& event, mono_time now) {
  if (phase_ == turn_phase::idle) return;
  finish(turn_status::cancelled, event.reason, std::nullopt, now);
}

void turn_machine::on(const break_turn& event, mono_time now) {
  if (phase_ == turn_phase::idle) return;
  finish(turn_status::failed, {}, event.reason, now);
}

void turn_machine::on(const wake_turn&, mono_time now) {
  wake_.reset();
  if (phase_ == turn_phase::idle) return;
  if (!media_->has_next() && now - progress_ >= config_.stall_timeout) {
    finish(turn_status::failed, {},
           error{errc::deadline,
                 "nothing came from the reply for " +
                     std::to_string(config_.stall_timeout.count()) + " ms",
                 {},
                 {}},
           now);
    return;
  }
  pump(now);
}

void turn_machine::on(const clause_ready& event, mono_time now) {
  if (!is_current(event.turn)) return;
  if (timings_.first_clause.count() == 0) timings_.first_clause = since(begun_, now);
  if (waiting_.size() >= config_.clauses_waiting_max) {
    finish(turn_status::failed, {},
           error{errc::overloaded,
                 "the reply is longer than can be kept waiting for the voice",
                 {},
                 milliseconds{1'000}},
           now);
    return;
  }
  waiting_.push_back(event);
  progress_ = now;
  pump(now);
}

void turn_machine::on(const text_ready& event, mono_time now) {
  if (!is_current(event.turn)) return;
  if (timings_.first_clause.count() == 0) timings_.first_clause = since(begun_, now);
  send_text(event.text);
  progress_ = now;
}

void turn_machine::on(const reply_finished& event, mono_time now) {
  if (!is_current(event.turn)) return;
  clauses_ = event.clauses;
  usage_ = event.usage;
  finish_reason_ = event.reason;
  progress_ = now;
  pump(now);
}

void turn_machine::on(const reply_failed& event, mono_time now) {
  if (!is_current(event.turn)) return;
  finish(turn_status::failed, {}, event.reason, now);
}

void turn_machine::on(const speech_ready& event, mono_time now) {
  if (!is_current(event.turn)) return;
  const auto clause = speaking_.find(event.index);
  if (clause == speaking_.end()) return;
  if (timings_.first_speech.count() == 0) timings_.first_speech = since(begun_, now);
  const auto first = media_->add_clause(std::move(clause->second), event.pcm, event.words);
  speaking_.erase(clause);
  ++spoken_;
  if (needs_avatar(request_.settings)) {
    effects_.emplace_back(
        animate{id_, event.index, first, media_->samples_in() - first, event.phonemes, false});
  }
  progress_ = now;
  pump(now);
}

void turn_machine::on(const speech_failed& event, mono_time now) {
  if (!is_current(event.turn)) return;
  finish(turn_status::failed, {}, event.reason, now);
}

void turn_machine::on(const frames_ready& event, mono_time now) {
  if (!is_current(event.turn)) return;
  media_->add_frames(event.first_frame, event.frames, event.visemes);
  if (sound_closed_ && event.index == *clauses_) media_->close_frames();
  progress_ = now;
  pump(now);
}

// Asks for the next wake: when the next chunk is due, or when the turn counts as stalled.
void turn_machine::arm() {
  if (phase_ == turn_phase::idle) return;
  const auto next =
      media_->has_next() ? pacer_->due(media_->next_sample()) : progress_ + config_.stall_timeout;
  if (wake_ && *wake_ <= next) return;
  wake_ = next;
  effects_.emplace_back(wake_at{next});
}

void turn_machine::pump(mono_time now) {
  ask_for_speech();
  close_sound();
  send_chunks(now);
  if (phase_ == turn_phase::idle) return;
  if (clauses_ && (request_.settings.modality == output_modality::text || media_->done())) {
    const bool cut = finish_reason_ == finish_reason::max_tokens;
    finish(cut ? turn_status::incomplete : turn_status::completed, cut ? "max_output_tokens" : "",
           std::nullopt, now);
  }
}

void turn_machine::ask_for_speech() {
  const auto ahead_max = config_.synthesis_ahead.count() * speech_sample_rate / 1'000;
  while (!waiting_.empty() && speaking_.size() < clauses_speaking_max &&
         (!request_.paced || media_->samples_waiting() < ahead_max)) {
    auto clause = std::move(waiting_.front());
    waiting_.pop_front();
    const auto& settings = request_.settings;
    speaking_.emplace(clause.index, clause.text);
    effects_.emplace_back(speak{id_, clause.index, std::move(clause.text), settings.voice,
                                settings.speech_rate, config_.stall_timeout});
  }
}

// Once the last clause has sounded, the avatar is told so and gives the way back to rest.
void turn_machine::close_sound() {
  if (sound_closed_ || !clauses_ || spoken_ != *clauses_) return;
  sound_closed_ = true;
  media_->close_sound();
  if (needs_avatar(request_.settings)) {
    effects_.emplace_back(animate{id_, *clauses_, media_->samples_in(), 0, {}, true});
  }
}

void turn_machine::send_chunks(mono_time now) {
  while (media_->has_next()) {
    if (pacer_->due(media_->next_sample()) > now) return;
    auto chunk = media_->next();
    for (const auto& text : chunk->texts) send_text(text);
    if (!request_.settings.blendshapes) chunk->media.frames = {};
    if (!request_.settings.visemes) chunk->media.visemes.clear();
    if (!request_.settings.word_timestamps) chunk->media.words.clear();
    if (chunk->media.pcm.empty() && chunk->media.frames.empty()) continue;
    if (timings_.first_audio.count() == 0) timings_.first_audio = since(begun_, now);
    if (const auto late = pacer_->sent(chunk->media.first_sample, now);
        late > nanoseconds{0} && !chunk->media.pcm.empty() && request_.paced) {
      effects_.emplace_back(chunk_late{late});
    }
    phase_ = turn_phase::speaking;
    progress_ = now;
    send(std::move(chunk->media));
    ask_for_speech();
  }
}

void turn_machine::send_text(const std::string& text) {
  phase_ = turn_phase::speaking;
  sent_text_ += text;
  send(text_piece{text});
}

void turn_machine::send(session_payload payload) {
  effects_.emplace_back(emit{id_, std::move(payload)});
}

void turn_machine::finish(turn_status status, std::string reason, std::optional<error> problem,
                          mono_time now) {
  const auto& settings = request_.settings;
  const bool broken = status == turn_status::cancelled || status == turn_status::failed;
  if (broken) effects_.emplace_back(stop_children{id_});
  timings_.total = since(begun_, now);
  conversation_item item{
      request_.item_id, item_role::assistant,
      status == turn_status::completed ? item_status::completed : item_status::incomplete,
      std::exchange(sent_text_, {}), settings.modality == output_modality::audio};
  heard_at_ =
      std::max(now, status == turn_status::cancelled ? now : pacer_->heard(media_->next_sample()));
  send(turn_finished{response_id_, std::move(item), status, std::move(reason), std::move(problem),
                     usage_, timings_});
  phase_ = turn_phase::idle;
  response_id_.clear();
  request_ = {};
  media_.reset();
  pacer_.reset();
  waiting_.clear();
  speaking_.clear();
  clauses_.reset();
  spoken_ = 0;
  sound_closed_ = false;
  usage_ = {};
  finish_reason_ = finish_reason::stop;
  timings_ = {};
}

}  // namespace dhr
