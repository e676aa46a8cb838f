#include "actors/session/turn_machine.hpp"

#include <algorithm>
#include <utility>

#include "actors/emotion/manner.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// Two: one that the worker speaks and one that waits in its queue, so that it never idles between.
constexpr std::size_t clauses_speaking_max = 2;
constexpr std::size_t spoken_items_max = 4;

milliseconds since(mono_time begin, mono_time now) {
  return std::max(std::chrono::duration_cast<milliseconds>(now - begin), milliseconds{1});
}

error too_long() {
  return {errc::overloaded,
          "the reply is longer than can be kept waiting for the voice",
          {},
          milliseconds{1'000}};
}

}  // namespace

turn_machine::turn_machine(conversation_id conversation, session_epoch epoch, turn_config config,
                           std::uint64_t last_number)
    : config_{config}, id_{std::move(conversation), epoch, last_number} {}

turn_effects turn_machine::advance(const turn_event& event, mono_time now) {
  effects_.clear();
  if (keep_foreseen(event)) return std::exchange(effects_, {});
  std::visit([&](const auto& x) { on(x, now); }, event);
  arm();
  return std::exchange(effects_, {});
}

bool turn_machine::is_current(const turn_id& turn) {
  if (phase_ != turn_phase::idle && turn == id_) return true;
  effects_.emplace_back(stale_dropped{});
  return false;
}

bool turn_machine::is_of_reply(const turn_id& turn) {
  if (phase_ != turn_phase::idle && turn == reply_.id) return true;
  effects_.emplace_back(stale_dropped{});
  return false;
}

bool turn_machine::is_held(const turn_id& turn) const { return held_ && turn == held_->reply.id; }

bool turn_machine::speaks() const noexcept {
  return request_.settings.modality == output_modality::audio;
}

bool turn_machine::needs_avatar() const noexcept {
  return request_.settings.blendshapes || request_.settings.visemes;
}

spoken_text* turn_machine::text_of(const std::string& item_id) {
  const auto found = std::find_if(spoken_items_.begin(), spoken_items_.end(),
                                  [&](const spoken_item& x) { return x.item_id == item_id; });
  return found == spoken_items_.end() ? nullptr : &found->text;
}

std::optional<std::int64_t> turn_machine::samples_of(const std::string& item_id) const {
  for (const auto& item : spoken_items_) {
    if (item.item_id == item_id) return item.text.samples();
  }
  return std::nullopt;
}

// ---- a turn begins

void turn_machine::start(turn_request request, mono_time now) {
  DHR_ASSERT(phase_ == turn_phase::idle);
  phase_ = turn_phase::thinking;
  request_ = std::move(request);
  request_.history = {};
  reply_ = {id_, {}, false, {}, finish_reason::stop};
  response_id_ = request_.response_id;
  media_.emplace(assembler_config{config_.fps, config_.chunk_frames_max, needs_avatar()});
  pacer_.emplace(config_.run_ahead, request_.paced);
  speaking_.clear();
  clauses_asked_ = 0;
  mood_ = {};
  sound_closed_ = false;
  calls_.clear();
  timings_ = {};
  timings_.hearing = request_.hearing;
  begun_ = now;
  progress_ = now;
  wake_.reset();  // one that was asked for is of an older turn and will not be told
  if (speaks()) {
    spoken_items_.push_back({request_.item_id, {}});
    if (spoken_items_.size() > spoken_items_max) spoken_items_.pop_front();
  }
}

void turn_machine::on(const begin_turn& event, mono_time now) {
  on(release_turn{}, now);
  if (foreseen_ && asks_for_same(foreseen_->request, event.request)) {
    return take_over(event.request, now);
  }
  drop_foreseen();
  ++id_.number;
  start(event.request, now);
  tell_start({});
  ask_for_reply(event.request);
}

void turn_machine::tell_start(std::string resumes) {
  send(turn_started{request_.response_id, request_.item_id, request_.previous_item_id,
                    request_.settings, request_.out_of_band, std::move(resumes),
                    request_.metadata});
}

void turn_machine::ask_for_reply(const turn_request& request) {
  const auto& settings = request.settings;
  effects_.emplace_back(converse{id_, settings.instructions, request.history, settings.sampling,
                                 settings.modality == output_modality::audio, config_.stall_timeout,
                                 settings.tools, settings.choice});
}

// ---- it ends before its time

void turn_machine::on(const cancel_turn& event, mono_time now) {
  on(release_turn{}, now);
  drop_foreseen();
  if (phase_ == turn_phase::idle) return;
  finish(turn_status::cancelled, event.reason, std::nullopt, now);
}

void turn_machine::on(const break_turn& event, mono_time now) {
  on(release_turn{}, now);
  drop_foreseen();
  if (phase_ == turn_phase::idle) return;
  finish(turn_status::failed, {}, event.reason, now);
}

void turn_machine::on(const pause_sending&, mono_time now) {
  if (!paused_at_) paused_at_ = now;
}

void turn_machine::on(const go_on_sending&, mono_time now) {
  if (!paused_at_) return;
  const auto away = now - *std::exchange(paused_at_, std::nullopt);
  if (phase_ == turn_phase::idle) return;
  pacer_->delay(away);
  progress_ += away;
  pump(now);
}

void turn_machine::on(const wake_turn&, mono_time now) {
  wake_.reset();
  if (phase_ == turn_phase::idle || paused_at_) return;
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

// ---- what the children give

void turn_machine::on(const clause_ready& event, mono_time now) {
  if (is_held(event.turn)) {
    if (held_->reply.waiting.size() >= config_.clauses_waiting_max) return on(release_turn{}, now);
    held_->reply.waiting.push_back(event.text);
    return;
  }
  if (!is_of_reply(event.turn)) return;
  if (timings_.first_clause.count() == 0) timings_.first_clause = since(begun_, now);
  if (reply_.waiting.size() >= config_.clauses_waiting_max) {
    return finish(turn_status::failed, {}, too_long(), now);
  }
  feel_clause(clauses_asked_ + static_cast<std::uint32_t>(reply_.waiting.size()), event.text);
  reply_.waiting.push_back(event.text);
  progress_ = now;
  pump(now);
}

void turn_machine::on(const text_ready& event, mono_time now) {
  if (!is_of_reply(event.turn)) return;
  if (timings_.first_clause.count() == 0) timings_.first_clause = since(begun_, now);
  send_text(event.text);
  if (config_.feels) feel_sentences(mood_.sentences.push(event.text));
  progress_ = now;
}

void turn_machine::on(const reply_finished& event, mono_time now) {
  auto* reply = is_held(event.turn) ? &held_->reply : nullptr;
  if (reply == nullptr) {
    if (!is_of_reply(event.turn)) return;
    reply = &reply_;
  }
  reply->done = true;
  reply->usage = event.usage;
  reply->reason = event.reason;
  if (reply != &reply_) return;
  if (!speaks()) {
    feel_sentences(mood_.sentences.finish());
    mood_.late = now + config_.feelings_patience;
  }
  progress_ = now;
  pump(now);
}

void turn_machine::on(const reply_failed& event, mono_time now) {
  if (is_held(event.turn)) {
    held_->reply.done = true;  // what was thought until then can still be said
    return;
  }
  if (!is_of_reply(event.turn)) return;
  finish(turn_status::failed, {}, event.reason, now);
}

void turn_machine::on(const speech_ready& event, mono_time now) {
  if (!is_current(event.turn)) return;
  const auto clause = speaking_.find(event.index);
  if (clause == speaking_.end()) return;
  if (timings_.first_speech.count() == 0) timings_.first_speech = since(begun_, now);
  const auto first = media_->add_clause(clause->second, event.pcm, event.words);
  spoken_items_.back().text.add(std::move(clause->second), first, media_->samples_in() - first,
                                event.words);
  speaking_.erase(clause);
  mood_.starts[event.index] = first;
  if (needs_avatar()) {
    effects_.emplace_back(animate{id_, event.index, first, media_->samples_in() - first,
                                  event.phonemes, false, feeling_to_show(event.index)});
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
  if (sound_closed_ && event.index == clauses_asked_) media_->close_frames();
  progress_ = now;
  pump(now);
}

// ---- sending

// Asks for the next wake: when the next chunk is due, or when the turn counts as stalled.
void turn_machine::arm() {
  if (phase_ == turn_phase::idle || paused_at_) return;
  auto next =
      media_->has_next() ? pacer_->due(media_->next_sample()) : progress_ + config_.stall_timeout;
  if (!speaks() && reply_.done) next = mood_.late;
  if (wake_ && *wake_ <= next) return;
  wake_ = next;
  effects_.emplace_back(wake_at{next});
}

void turn_machine::pump(mono_time now) {
  if (paused_at_) return;
  ask_for_speech();
  close_sound();
  send_chunks(now);
  if (phase_ == turn_phase::idle) return;
  if (reply_.done && (speaks() ? media_->done() : !awaits_feelings(now))) {
    const bool cut = reply_.reason == finish_reason::max_tokens;
    finish(cut ? turn_status::incomplete : turn_status::completed, cut ? "max_output_tokens" : "",
           std::nullopt, now);
  }
}

void turn_machine::ask_for_speech() {
  const auto ahead_max = config_.synthesis_ahead.count() * speech_sample_rate / 1'000;
  while (!reply_.waiting.empty() && speaking_.size() < clauses_speaking_max &&
         (!request_.paced || media_->samples_waiting() < ahead_max)) {
    auto text = std::move(reply_.waiting.front());
    reply_.waiting.pop_front();
    const auto index = clauses_asked_++;
    speaking_.emplace(index, text);
    ask_voice(request_.settings, index, std::move(text));
  }
}

void turn_machine::ask_voice(const session_settings& settings, std::uint32_t index,
                             std::string text) {
  const auto manner = manner_of(feeling_of(index));
  const speaking_style style{std::clamp(settings.speech_rate * manner.rate, 0.25, 2.0),
                             manner.liveliness};
  // The first clause is waited for: no silence comes before it.
  const auto pause = index == 0 ? milliseconds{0} : manner.pause;
  effects_.emplace_back(
      speak{id_, index, std::move(text), settings.voice, style, config_.stall_timeout, pause});
}

// Once the last clause has sounded, the avatar is told so and gives the way back to rest.
void turn_machine::close_sound() {
  if (sound_closed_ || !reply_.done || !reply_.waiting.empty() || !speaking_.empty()) return;
  sound_closed_ = true;
  media_->close_sound();
  if (!needs_avatar()) return;
  if (clauses_asked_ == 0) return media_->close_frames();  // nothing was said
  effects_.emplace_back(animate{id_, clauses_asked_, media_->samples_in(), 0, {}, true});
}

void turn_machine::send_chunks(mono_time now) {
  while (media_->has_next()) {
    if (pacer_->due(media_->next_sample()) > now) return;
    auto chunk = media_->next();
    for (const auto& text : chunk->texts) send_clause(text);
    if (!request_.settings.blendshapes) chunk->media.frames = {};
    if (!request_.settings.visemes) chunk->media.visemes.clear();
    if (!request_.settings.word_timestamps) chunk->media.words.clear();
    if (chunk->media.pcm.empty() && chunk->media.frames.empty()) continue;
    if (timings_.first_audio.count() == 0) timings_.first_audio = since(begun_, now);
    const auto first = chunk->media.first_sample;
    if (const auto late = pacer_->sent(first, now);
        late > nanoseconds{0} && !chunk->media.pcm.empty() && request_.paced) {
      effects_.emplace_back(chunk_late{late});
    }
    phase_ = turn_phase::speaking;
    progress_ = now;
    if (!chunk->media.pcm.empty()) {
      effects_.emplace_back(sound_sent{pacer_->heard(first), chunk->media.pcm});
    }
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
  const bool broken = status == turn_status::cancelled || status == turn_status::failed;
  if (broken) {
    if (!held_) effects_.emplace_back(stop_reply{reply_.id});
    effects_.emplace_back(stop_voice{id_});
    effects_.emplace_back(sound_stopped{});
  }
  timings_.total = since(begun_, now);
  turn_finished finished;
  finished.response_id = std::exchange(response_id_, {});
  auto& item = finished.item;
  item.role = item_role::assistant;
  item.status = status == turn_status::completed ? item_status::completed : item_status::incomplete;
  item.text = std::exchange(sent_text_, {});
  item.spoken = speaks();
  if (!item.text.empty() || calls_.empty()) item.id = request_.item_id;
  finished.status = status;
  finished.reason = std::move(reason);
  finished.problem = std::move(problem);
  finished.usage = reply_.usage;
  finished.timings = timings_;
  finished.calls = std::move(calls_);
  heard_at_ = std::max(now, broken ? now : pacer_->heard(media_->next_sample()));
  send(std::move(finished));
  phase_ = turn_phase::idle;
  media_.reset();
  mood_ = {};  // a clause that is foreseen is not said in this turn's mood
  speaking_.clear();
  reply_.waiting.clear();
  reply_.done = false;
}

}  // namespace dhr
