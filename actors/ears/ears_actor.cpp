#include "actors/ears/ears_actor.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "actors/ears/sound_samples.hpp"
#include "actors/ears/transcript_rules.hpp"
#include "actors/ears/transcription_rules.hpp"

namespace dhr {
namespace {

// A judgement that comes later than this finds its pause over or its turn ended by patience.
constexpr milliseconds judge_budget{1'000};
constexpr milliseconds melody_budget{10'000};
constexpr std::int64_t turn_end_samples_max = 8 * hearing_sample_rate;
constexpr std::size_t unsung_max = 16;  // the worker does not answer each of them
// The worker tells utterances apart by their numbers; items have theirs beyond all utterances.
constexpr std::uint64_t items_from = std::uint64_t{1} << 62;
// Ears that follow others in a conversation must not use their names again: the workers remember
// what of those was cancelled. No ears begin more than one utterance in this time.
constexpr nanoseconds microsecond{1'000};

std::int64_t ms_of(std::int64_t samples) { return samples * 1'000 / hearing_sample_rate; }

error no_transcription() { return {errc::unavailable, "the transcription has stopped", {}, {}}; }

}  // namespace

void ears_state::start(pointer self, ears_client session, ears_options options) {
  self_ = self;
  session_ = std::move(session);
  options_ = std::move(options);
  listener_.emplace(options_.listening, listening_settings{});
  named_from_ = static_cast<std::uint64_t>(options_.time->now().time_since_epoch() / microsecond);
  self->monitor(session_);
  self->monitor(options_.transcription);
  self->monitor(options_.hearing);
  self->set_down_handler([self](const caf::down_msg& message) { self->state.down(message); });
}

void ears_state::down(const caf::down_msg& message) {
  if (message.source == session_) {
    self_->quit();
  } else if (message.source == options_.transcription) {
    transcription_stopped();
  } else if (message.source == options_.hearing) {
    hearing_down_ = true;
    unsung_.clear();
  }
}

void ears_state::transcription_stopped() {
  transcription_down_ = true;
  last_problem_ = no_transcription();
  for (auto& [number, item_id] : std::exchange(items_, {})) {
    tell(item_unheard{std::move(item_id), no_transcription()});
  }
  perform(listener_->endpoints().lose_guesses());
}

template <class Event>
void ears_state::tell(Event event) {
  self_->send(session_, ears_event{std::move(event)});
}

turn_id ears_state::name_of(std::uint64_t number) const {
  auto utterance = options_.conversation;
  utterance.number = named_from_ + number;
  return utterance;
}

std::uint64_t ears_state::number_of(const turn_id& utterance) const {
  return utterance.number - named_from_;
}

std::string ears_state::language_hint() const {
  const auto& language = listener_->settings().transcription.language;
  return understands(options_.languages, language) ? language : std::string{};
}

// ---- from the session

void ears_state::on(const ears_request& request) {
  std::visit([this](const auto& x) { take(x); }, request.what);
}

void ears_state::take(const listen& request) {
  const auto& language = request.settings.transcription.language;
  const bool is_new = language != listener_->settings().transcription.language;
  auto effects = listener_->set(request.settings);
  if (!effects) return tell(hearing_failed{std::move(effects).assume_error()});
  if (is_new && !understands(options_.languages, language)) {
    tell(hearing_changed{"the transcription does not know the language '" + language +
                         "' and goes without that hint"});
  }
  perform(std::move(effects).assume_value());
}

void ears_state::take(const hear& request) {
  auto effects = listener_->hear(request.audio.view(), options_.time->now());
  if (!effects) return tell(hearing_failed{std::move(effects).assume_error()});
  perform(std::move(effects).assume_value());
}

void ears_state::take(const commit_heard& request) {
  const bool speech = listener_->endpoints().is_speech();
  const auto first = listener_->sound().first();
  auto effects = listener_->commit();
  if (!effects) {
    return tell(commit_refused{request.request, std::move(effects).assume_error()});
  }
  if (!speech) {
    ++utterances_;
    utterance_first_ = first;
  }
  committing_ = request.request;
  perform(std::move(effects).assume_value());
  committing_.reset();
}

void ears_state::take(const forget_heard&) { perform(listener_->clear()); }

void ears_state::take(const hear_item& request) {
  std::vector<float> samples;
  auto decoder = audio_decoder::make(listener_->settings().input);
  if (!decoder) return tell(item_unheard{request.item_id, std::move(decoder).assume_error()});
  if (auto decoded = decoder.assume_value()->decode(request.audio.view(), samples); !decoded) {
    return tell(item_unheard{request.item_id, std::move(decoded).assume_error()});
  }
  if (transcription_down_) {
    return tell(item_unheard{request.item_id, no_transcription()});
  }
  std::vector<std::int16_t> pcm;
  append_int16(samples, pcm);
  const auto number = items_from + ++items_heard_;
  items_.emplace(number, request.item_id);
  const auto& hints = listener_->settings().transcription;
  self_->send(
      options_.transcription,
      transcribe{name_of(number), 0, true, shared_bytes::of(std::span<const std::int16_t>{pcm}),
                 language_hint(), hints.prompt, options_.transcription_budget},
      transcription_client{self_});
}

void ears_state::take(const face_sounded& request) {
  listener_->face_sounded(request.pcm.view(), request.begins);
}

void ears_state::take(const face_silenced& request) { listener_->face_silenced(request.at); }

// ---- from the workers

void ears_state::on(const transcript_ready& answer) {
  const bool fell_back = !answer.fallback.empty();
  if (fell_back && !fallen_back_) tell(hearing_changed{answer.fallback});
  fallen_back_ = fell_back;
  if (const auto item = items_.find(number_of(answer.utterance)); item != items_.end()) {
    tell(item_heard{item->second, answer.text});
    items_.erase(item);
    return;
  }
  perform(listener_->endpoints().on(
      guessed_words{answer.attempt, has_words(answer.text) ? answer.text : std::string{}}));
}

void ears_state::on(const transcript_failed& answer) {
  if (const auto item = items_.find(number_of(answer.utterance)); item != items_.end()) {
    tell(item_unheard{item->second, answer.reason});
    items_.erase(item);
    return;
  }
  // One that is cancelled since speech went on is nobody's loss.
  if (!listener_->endpoints().awaits(answer.attempt)) return;
  last_problem_ = answer.reason;
  perform(listener_->endpoints().on(guess_failed{answer.attempt}));
}

void ears_state::on(const end_judged& answer) {
  if (!answer.probability) return;
  perform(listener_->endpoints().on(guessed_end{answer.attempt, *answer.probability}));
}

void ears_state::on(const melody_measured& answer) {
  const auto number = number_of(answer.utterance);
  const auto awaited =
      std::find_if(ended_.begin(), ended_.end(),
                   [&](const ended_utterance& ended) { return ended.number == number; });
  if (awaited != ended_.end()) {
    awaited->melody = answer.melody;
  } else if (unsung_.erase(number) > 0) {
    tell(melody_heard{number, answer.melody});
  }
}

// ---- what the endpointer wants

void ears_state::perform(endpoint_effects effects) {
  for (const auto& effect : effects) {
    std::visit([this](const auto& x) { perform_one(x); }, effect);
  }
  // Not before the effects that follow them: an utterance fails after it has ended.
  for (const auto attempt : std::exchange(unasked_, {})) {
    last_problem_ = no_transcription();
    perform(listener_->endpoints().on(guess_failed{attempt}));
  }
}

void ears_state::perform_one(const begin_utterance& effect) {
  utterance_first_ = effect.first_sample;
  tell(speech_began{++utterances_, ms_of(effect.first_sample)});
}

void ears_state::perform_one(const guess_words& effect) {
  if (transcription_down_) {
    unasked_.push_back(effect.attempt);
    return;
  }
  const auto& hints = listener_->settings().transcription;
  self_->send(options_.transcription,
              transcribe{name_of(utterances_), effect.attempt, committing_.has_value(),
                         listener_->sound().cut(effect.first_sample, effect.last_sample),
                         language_hint(), hints.prompt, options_.transcription_budget},
              transcription_client{self_});
}

void ears_state::perform_one(const guess_end& effect) {
  if (hearing_down_) return;
  const auto first = std::max(utterance_first_, effect.last_sample - turn_end_samples_max);
  self_->send(options_.hearing,
              judge_end{name_of(utterances_), effect.attempt,
                        listener_->sound().cut(first, effect.last_sample),
                        options_.time->now() + judge_budget},
              hearing_client{self_});
}

void ears_state::perform_one(const forget_guess& effect) {
  if (transcription_down_) return;
  self_->send(options_.transcription, cancel_transcription{name_of(utterances_), effect.attempt});
}

void ears_state::perform_one(const tell_words& effect) {
  const auto ended = std::find_if(ended_.begin(), ended_.end(), [&](const ended_utterance& x) {
    return x.attempt == effect.attempt;
  });
  tell(words_heard{ended == ended_.end() ? utterances_ : ended->number, effect.text});
}

void ears_state::perform_one(const expect_end& effect) {
  tell(end_expected{utterances_, effect.text});
}

void ears_state::perform_one(const expect_more&) { tell(end_withdrawn{utterances_}); }

void ears_state::perform_one(const end_utterance& effect) {
  ended_utterance ended;
  ended.number = utterances_;
  ended.decided_at = options_.time->now();
  ended.timings.endpointing = milliseconds{ms_of(effect.decided_sample - effect.speech_end_sample)};
  ended.audio_ms = ms_of(effect.speech_end_sample - utterance_first_);
  ended.attempt = effect.attempt;
  ended.committed = committing_.has_value();
  if (committing_) {
    tell(audio_taken{ended.number, *committing_});
  } else {
    tell(speech_ended{ended.number, ms_of(effect.speech_end_sample)});
  }
  ended_.push_back(std::move(ended));
  if (hearing_down_) return;
  self_->send(options_.hearing,
              measure_melody{name_of(utterances_),
                             listener_->sound().cut(utterance_first_, effect.speech_end_sample),
                             options_.time->now() + melody_budget},
              hearing_client{self_});
}

ears_state::ended_utterance ears_state::next_ended() {
  auto ended = std::move(ended_.front());
  ended_.pop_front();
  return ended;
}

void ears_state::tell_heard(ended_utterance ended, std::string text) {
  ended.timings.transcription =
      std::chrono::duration_cast<milliseconds>(options_.time->now() - ended.decided_at);
  tell(utterance_heard{ended.number, std::move(text), ended.audio_ms, ended.timings});
  if (ended.melody) return tell(melody_heard{ended.number, *ended.melody});
  if (hearing_down_) return;
  unsung_.insert(ended.number);
  if (unsung_.size() > unsung_max) unsung_.erase(unsung_.begin());
}

void ears_state::perform_one(const utterance_words& effect) {
  tell_heard(next_ended(), effect.text);
}

void ears_state::perform_one(const no_words&) {
  auto ended = next_ended();
  if (ended.committed) return tell_heard(std::move(ended), {});
  tell(utterance_dropped{ended.number, "no_words"});
}

void ears_state::perform_one(const words_lost&) {
  tell(utterance_failed{next_ended().number, last_problem_});
}

void ears_state::perform_one(const drop_utterance& effect) {
  tell(utterance_dropped{utterances_, effect.cleared ? "cleared" : "no_words"});
}

void ears_state::perform_one(const report_idle& effect) {
  tell(nothing_heard{ms_of(effect.first_sample), ms_of(effect.last_sample)});
}

ears_actor::behavior_type ears_behavior(ears_state::pointer self, ears_client session,
                                        const ears_options& options) {
  self->state.start(self, std::move(session), options);
  return {[self](const transcript_ready& x) { self->state.on(x); },
          [self](const transcript_failed& x) { self->state.on(x); },
          [self](const end_judged& x) { self->state.on(x); },
          [self](const melody_measured& x) { self->state.on(x); },
          [self](const ears_request& x) { self->state.on(x); },
          [](sound_taken_atom taken) { return taken; }};
}

}  // namespace dhr
