#include "actors/ears/listener.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// How much of the microphone's sound is compared with the face's.
constexpr std::int64_t echo_window_samples = 8 * hearing_block_samples;
// The loudspeaker and the room go on a little after the face has fallen silent.
constexpr milliseconds echo_tail{1'200};
// The face's sound is dated by its samples; what is further apart than this has a pause in it.
constexpr milliseconds seam_min{2};
constexpr milliseconds commit_min{100};
constexpr milliseconds retry_after{1'000};

constexpr std::int64_t samples_in(milliseconds time) {
  return time.count() * hearing_sample_rate / 1'000;
}

nanoseconds time_of(std::int64_t samples) {
  return nanoseconds{samples * 1'000'000'000 / hearing_sample_rate};
}

std::unique_ptr<audio_decoder> decoder_of(audio_format format) {
  auto made = audio_decoder::make(format);
  DHR_ASSERT(made);  // checked by can_be_heard
  return std::move(made).assume_value();
}

void append(endpoint_effects& to, endpoint_effects&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool is_none(const listening_settings& settings) {
  return settings.detection.kind == turn_detection_kind::none;
}

}  // namespace

listener::listener(listener_options options, const listening_settings& settings)
    : options_{std::move(options)},
      settings_{settings},
      decoder_{decoder_of(settings.input)},
      endpoints_{settings.detection, options_.endpoints},
      face_decoder_{decoder_of({audio_encoding::pcm16, 24'000})} {
  DHR_ASSERT(options_.net);
}

result<endpoint_effects> listener::set(const listening_settings& settings) {
  const bool new_input = settings.input != settings_.input;
  endpoint_effects effects;
  if (new_input) {
    DHR_TRY(auto decoder, audio_decoder::make(settings.input));
    decoder_ = std::move(decoder);
  }
  if (new_input || is_none(settings) != is_none(settings_)) effects = clear();
  endpoints_.set(settings.detection);
  settings_ = settings;
  return effects;
}

// ---- the face

void listener::face_sounded(std::string_view pcm, mono_time begins) {
  const auto samples = static_cast<std::int64_t>(pcm.size() / sizeof(std::int16_t));
  const auto ends = begins + nanoseconds{samples * 1'000'000'000 / 24'000};
  face_sounds_until_ = std::max(face_sounds_until_, ends);
  if (!options_.guard_echo) return;
  if (face_goes_on_ && std::chrono::abs(begins - *face_goes_on_) > seam_min) {
    end_face_sound(*face_goes_on_);
  }
  face_goes_on_ = ends;
  std::vector<float> heard;
  std::ignore = face_decoder_->decode(pcm, heard);  // PCM16 of any length decodes
  guard_.sounded(begins, heard);
}

// The face ran dry: what the decoder holds back was heard before the pause.
void listener::end_face_sound(mono_time ends) {
  static const std::string silence(24'000 / 50 * sizeof(std::int16_t), '\0');
  std::vector<float> held;
  std::ignore = face_decoder_->decode(silence, held);
  guard_.sounded(ends, held);
  guard_.pauses();
  face_decoder_->reset();
}

void listener::face_silenced(mono_time now) {
  face_sounds_until_ = std::min(face_sounds_until_, now);
  guard_.silenced(now);
  face_decoder_->reset();
  face_goes_on_.reset();
}

// ---- the microphone

result<endpoint_effects> listener::hear(std::string_view audio, mono_time now) {
  if (is_none(settings_) &&
      sound_.last() - uncommitted_from_ > samples_in(options_.committed_max)) {
    return boost::outcome_v2::failure(
        error{errc::overloaded,
              "more than " + std::to_string(options_.committed_max.count() / 1'000) +
                  " s of audio wait for input_audio_buffer.commit; commit or clear the buffer",
              "audio", retry_after});
  }
  forget_old_sound();
  const auto before = waiting_.size();
  if (auto decoded = decoder_->decode(audio, waiting_); !decoded) {
    return std::move(decoded).as_failure();
  }
  conditioner_.process(std::span{waiting_}.subspan(before));
  endpoint_effects effects;
  hear_waiting(now, effects);
  return effects;
}

void listener::hear_waiting(mono_time now, endpoint_effects& out) {
  std::size_t at = 0;
  for (; waiting_.size() - at >= hearing_block_samples; at += hearing_block_samples) {
    const auto left = static_cast<std::int64_t>(waiting_.size() - at) - hearing_block_samples;
    std::span<float, hearing_block_samples> block{waiting_.data() + at,
                                                  static_cast<std::size_t>(hearing_block_samples)};
    hear_block(block, now - time_of(left), out);
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(at));
}

void listener::hear_block(std::span<float, hearing_block_samples> block, mono_time ends,
                          endpoint_effects& out) {
  sound_.append(block);
  if (options_.guard_echo) guard_.heard(block);
  heard_block heard;
  heard.face_sounds = ends < face_sounds_until_;
  if (!is_none(settings_)) {
    heard.activity = options_.net->run(activity_, block);
    const bool may_be_voice = heard.activity >= endpoints_.voice_floor();
    if (may_be_voice && ends < face_sounds_until_ + echo_tail && is_echo(ends)) heard.activity = 0;
  }
  append(out, endpoints_.hear(heard));
}

// The net takes a voice for going on for some blocks after its end; where that is an echo's, its
// last blocks must not begin speech.
bool listener::is_echo(mono_time ends) {
  if (!options_.guard_echo) return false;
  if (!endpoints_.is_speech() && guard_.is_quiet()) return true;
  const auto window = sound_.newest(echo_window_samples);
  const auto begins = ends - time_of(static_cast<std::int64_t>(window.size()));
  return guard_.judge(begins, window).is_echo;
}

void listener::forget_old_sound() {
  if (is_none(settings_)) return sound_.forget_before(uncommitted_from_);
  const auto padding = samples_in(settings_.detection.prefix_padding) +
                       options_.endpoints.onset_blocks * hearing_block_samples;
  const auto recent = sound_.last() - std::max(padding, echo_window_samples);
  sound_.forget_before(endpoints_.is_speech() ? std::min(recent, endpoints_.first_sample())
                                              : recent);
}

// ---- the client's own ends

result<endpoint_effects> listener::commit() {
  const bool none = is_none(settings_);
  if (!none && !endpoints_.is_speech()) {
    return fail(errc::invalid_argument, "no speech was heard since the last turn", "audio");
  }
  const auto first = none ? uncommitted_from_ : endpoints_.first_sample();
  const auto length =
      sound_.last() - first + (none ? static_cast<std::int64_t>(waiting_.size()) : 0);
  if (length < samples_in(commit_min)) {
    return fail(errc::invalid_argument,
                "buffer too small. Expected at least 100ms of audio, but buffer only has " +
                    std::to_string(length * 1'000 / hearing_sample_rate) + "ms of audio",
                "audio");
  }
  endpoint_effects effects;
  if (none && !waiting_.empty()) {
    waiting_.resize(hearing_block_samples);  // the end of the sound, filled up with silence
    hear_waiting({}, effects);
  }
  uncommitted_from_ = sound_.last();
  append(effects, endpoints_.commit(first));
  return effects;
}

endpoint_effects listener::clear() {
  waiting_.clear();
  decoder_->reset();
  conditioner_.reset();
  activity_ = {};
  uncommitted_from_ = sound_.last();
  return endpoints_.clear();
}

}  // namespace dhr
