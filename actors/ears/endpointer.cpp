#include "actors/ears/endpointer.hpp"

#include <algorithm>
#include <utility>

#include "actors/ears/transcript_rules.hpp"

namespace dhr {
namespace {

constexpr milliseconds block_time{32};
// After so much silence it is asked once more whether this is the end: silence itself says
// something, most of all in its first half second.
constexpr std::int64_t blocks_between_judgements = 4;
constexpr std::int64_t blocks_between_late_judgements = 8;
constexpr std::int64_t late_blocks = 16;
constexpr std::size_t ended_max = 8;

std::int64_t blocks_in(milliseconds time) {
  return (time + block_time - milliseconds{1}) / block_time;
}

std::int64_t samples_in(milliseconds time) { return time.count() * hearing_sample_rate / 1'000; }

// Whether a sentence is over is not known before the speech is.
std::string_view without_last_mark(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" .,;:!?-") + 1);
}

}  // namespace

std::string endpointer::utterance::text_with(const std::string& spoken_words) const {
  if (settled.empty()) return spoken_words;
  return spoken_words.empty() ? settled : settled + ' ' + spoken_words;
}

// A cough into an answer asks for nothing.
bool endpointer::utterance::is_noise(std::string_view text) const {
  return !has_words(text) || (over_face && is_throat_sound(text));
}

endpointer::endpointer(turn_detection detection, endpointer_config config)
    : detection_{std::move(detection)}, config_{config} {}

// ---- sound

endpoint_effects endpointer::hear(const heard_block& block) {
  samples_ += hearing_block_samples;
  if (detection_.kind == turn_detection_kind::none) return {};
  const bool goes_on = block.activity >= voice_floor();
  const bool voice = block.activity >= detection_.threshold;
  switch (phase_) {
    case phase::quiet:
      hear_quiet(voice, block);
      break;
    case phase::speaking:
      hear_speaking(goes_on);
      break;
    case phase::pausing:
      hear_pausing(voice);
      break;
  }
  if (phase_ != phase::quiet && samples_ - first_sample_ >= samples_in(config_.utterance_max)) {
    if (phase_ == phase::speaking) ask_words();
    end();
  }
  return std::exchange(effects_, {});
}

// Low thresholds have less to come down.
double endpointer::voice_floor() const noexcept {
  return std::max(detection_.threshold - config_.hysteresis, detection_.threshold / 2);
}

void endpointer::hear_quiet(bool voice, const heard_block& block) {
  if (voice) {
    if (++voiced_ >= config_.onset_blocks) begin(block.face_sounds);
    return;
  }
  voiced_ = 0;
  if (block.face_sounds) {
    idle_armed_ = true;
    idle_from_ = samples_;
  }
  if (!idle_armed_ || !detection_.idle_timeout) return;
  if (samples_ - idle_from_ < samples_in(*detection_.idle_timeout)) return;
  idle_armed_ = false;
  effects_.emplace_back(report_idle{idle_from_, samples_});
}

void endpointer::begin(bool over_face) {
  phase_ = phase::speaking;
  const auto onset = samples_ - config_.onset_blocks * hearing_block_samples;
  first_sample_ = std::max(taken_until_, onset - samples_in(detection_.prefix_padding));
  silence_ = 0;
  now_ = {};
  now_.over_face = over_face;
  now_.segment = first_sample_;
  now_.voice_end = samples_;
  effects_.emplace_back(begin_utterance{first_sample_});
}

void endpointer::hear_speaking(bool voice) {
  if (voice) {
    silence_ = 0;
    now_.voice_end = samples_;
    return;
  }
  if (++silence_ < config_.pause_blocks) return;
  phase_ = phase::pausing;
  voiced_ = 0;
  guess();
  look_for_end();
}

void endpointer::hear_pausing(bool voice) {
  ++silence_;
  if (voice) {
    if (++voiced_ >= config_.onset_blocks) go_on();
    return;
  }
  voiced_ = 0;
  look_for_end();
  if (phase_ == phase::pausing && is_judgement_due()) {
    effects_.emplace_back(guess_end{now_.attempt, samples_});
  }
}

bool endpointer::is_judgement_due() const {
  if (detection_.kind != turn_detection_kind::semantic_vad) return false;
  const auto waited = silence_ - config_.pause_blocks;
  return waited %
             (waited < late_blocks ? blocks_between_judgements : blocks_between_late_judgements) ==
         0;
}

void endpointer::ask_words() {
  now_.attempt = ++attempts_;
  now_.words.reset();
  now_.lost = false;
  now_.guessed_until = samples_;
  effects_.emplace_back(guess_words{now_.attempt, now_.segment, samples_});
}

void endpointer::guess() {
  ask_words();
  end_probability_.reset();
  expected_ = false;
  if (detection_.kind == turn_detection_kind::semantic_vad) {
    effects_.emplace_back(guess_end{now_.attempt, samples_});
  }
}

// A word's first sounds are weaker than what makes a beginning.
void endpointer::go_on() {
  phase_ = phase::speaking;
  if (std::exchange(expected_, false)) effects_.emplace_back(expect_more{});
  silence_ = 0;
  now_.voice_end = samples_;
  const auto onset = samples_ - config_.onset_blocks * hearing_block_samples;
  now_.next_segment = std::max(now_.guessed_until, onset - samples_in(detection_.prefix_padding));
  if (is_long()) return settle_segment();
  effects_.emplace_back(forget_guess{now_.attempt});
}

bool endpointer::is_long() const {
  return now_.guessed_until - now_.segment >= samples_in(config_.segment_min);
}

// What was said long ago is not transcribed again and again. Its words may come while speech has
// gone on already.
void endpointer::settle_segment() {
  if (!now_.words || !is_long()) return;
  now_.settled = now_.text_with(*now_.words);
  now_.words.reset();
  now_.segment = now_.next_segment;
}

// ---- the end

// Less where the words read as a whole sentence: then only the melody speaks against an end.
std::int64_t endpointer::patience_blocks(bool whole) const {
  switch (detection_.eagerness) {
    case eagerness_kind::low:
      return blocks_in(whole ? milliseconds{3'000} : milliseconds{8'000});
    case eagerness_kind::high:
      return blocks_in(whole ? milliseconds{700} : milliseconds{2'000});
    case eagerness_kind::automatic:
    case eagerness_kind::medium:
      break;
  }
  return blocks_in(whole ? milliseconds{1'000} : milliseconds{4'000});
}

bool endpointer::is_complete() const {
  if (!end_probability_ || silence_ < config_.complete_blocks) return false;
  switch (detection_.eagerness) {
    case eagerness_kind::low:
      return *end_probability_ >= 0.7;
    case eagerness_kind::high:
      return *end_probability_ >= 0.3;
    case eagerness_kind::automatic:
    case eagerness_kind::medium:
      break;
  }
  return *end_probability_ >= 0.5;
}

void endpointer::look_for_end() {
  if (phase_ != phase::pausing) return;
  auto text = now_.words ? std::optional{now_.text_with(*now_.words)} : std::nullopt;
  if (text && is_noise_so_far(*text)) {
    drop();
    effects_.emplace_back(drop_utterance{});
  } else if (ends(text)) {
    end();
  } else if (text) {
    expect(std::move(*text));
  }
}

// What may be a cough may be a sentence's first word as well, for a moment.
bool endpointer::is_noise_so_far(const std::string& text) const {
  return silence_ >= config_.back_channel_blocks ? now_.is_noise(text) : !has_words(text);
}

bool endpointer::ends(const std::optional<std::string>& text) const {
  if (now_.over_face && text && silence_ >= config_.back_channel_blocks && is_back_channel(*text)) {
    return true;
  }
  if (detection_.kind == turn_detection_kind::server_vad) {
    return silence_ >= blocks_in(detection_.silence_duration);
  }
  return is_complete() || silence_ >= patience_blocks(text && may_be_whole(*text));
}

void endpointer::expect(std::string text) {
  if (expected_) return;
  if (now_.over_face && (is_back_channel(text) || now_.is_noise(text))) return;
  const bool likely = detection_.kind == turn_detection_kind::server_vad ||
                      end_probability_.value_or(0) >= config_.expected_probability ||
                      (silence_ >= config_.expected_blocks && may_be_whole(text));
  if (!likely) return;
  expected_ = true;
  effects_.emplace_back(expect_end{std::move(text)});
}

// Noise does not answer the face: it waits for somebody to speak from here on anew.
void endpointer::drop() {
  phase_ = phase::quiet;
  voiced_ = 0;
  idle_from_ = samples_;
}

void endpointer::end() {
  phase_ = phase::quiet;
  voiced_ = 0;
  idle_armed_ = false;
  taken_until_ = now_.guessed_until;
  effects_.emplace_back(end_utterance{now_.voice_end, samples_, now_.attempt});
  if (ended_.size() >= ended_max) {
    effects_.emplace_back(words_lost{});
    ended_.pop_front();
  }
  ended_.push_back(std::move(now_));
  now_ = {};
  finish_known();
}

endpoint_effects endpointer::commit(std::int64_t first_sample) {
  if (phase_ == phase::quiet) {
    now_ = {};
    now_.segment = first_sample;
    now_.voice_end = samples_;
    first_sample_ = first_sample;
  }
  if (phase_ != phase::pausing) ask_words();
  end();
  return std::exchange(effects_, {});
}

endpoint_effects endpointer::clear() {
  taken_until_ = samples_;
  voiced_ = 0;
  if (phase_ == phase::quiet) return {};
  drop();
  if (now_.attempt > 0) effects_.emplace_back(forget_guess{now_.attempt});
  effects_.emplace_back(drop_utterance{true});
  return std::exchange(effects_, {});
}

// ---- what the models found out

endpointer::utterance* endpointer::of(std::uint32_t attempt) {
  if (phase_ != phase::quiet && now_.attempt == attempt) return &now_;
  const auto found = std::find_if(ended_.begin(), ended_.end(),
                                  [&](const utterance& x) { return x.attempt == attempt; });
  return found == ended_.end() ? nullptr : &*found;
}

void endpointer::tell(utterance& spoken, std::string_view text) {
  if (text.size() <= spoken.told.size() || !text.starts_with(spoken.told)) return;
  effects_.emplace_back(tell_words{spoken.attempt, std::string{text.substr(spoken.told.size())}});
  spoken.told = text;
}

// Utterances get their words in their order; one whose words come early waits for those before.
void endpointer::finish_known() {
  while (!ended_.empty() && (ended_.front().words || ended_.front().lost)) {
    const auto spoken = std::move(ended_.front());
    ended_.pop_front();
    if (spoken.lost && spoken.settled.empty()) {
      effects_.emplace_back(words_lost{});
    } else if (auto text = spoken.text_with(spoken.words.value_or("")); spoken.is_noise(text)) {
      effects_.emplace_back(no_words{});
    } else {
      effects_.emplace_back(utterance_words{std::move(text)});
    }
  }
}

endpoint_effects endpointer::on(const guessed_words& event) {
  auto* spoken = of(event.attempt);
  if (spoken == nullptr) return {};
  spoken->words = event.text;
  const auto text = spoken->text_with(event.text);
  if (spoken != &now_) {
    tell(*spoken, text);
    finish_known();
  } else if (phase_ == phase::speaking) {
    settle_segment();
  } else {
    tell(*spoken, without_last_mark(text));
    look_for_end();
  }
  return std::exchange(effects_, {});
}

endpoint_effects endpointer::on(const guess_failed& event) {
  auto* spoken = of(event.attempt);
  if (spoken == nullptr) return {};
  spoken->lost = true;
  if (spoken != &now_) finish_known();
  return std::exchange(effects_, {});
}

bool endpointer::awaits(std::uint32_t attempt) const {
  const auto waits = [&](const utterance& x) { return x.attempt == attempt && !x.words; };
  return (phase_ == phase::pausing && waits(now_)) ||
         std::any_of(ended_.begin(), ended_.end(), waits);
}

endpoint_effects endpointer::lose_guesses() {
  for (auto& spoken : ended_) spoken.lost = spoken.lost || !spoken.words;
  if (phase_ != phase::quiet && now_.attempt > 0 && !now_.words) now_.lost = true;
  finish_known();
  return std::exchange(effects_, {});
}

endpoint_effects endpointer::on(const guessed_end& event) {
  if (phase_ != phase::pausing || event.attempt != now_.attempt) return {};
  end_probability_ = event.probability;
  look_for_end();
  return std::exchange(effects_, {});
}

}  // namespace dhr
