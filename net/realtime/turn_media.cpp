// What of a turn is many times a second: written without a document in between.

#include "net/realtime/event_objects.hpp"
#include "net/realtime/json_text.hpp"
#include "net/realtime/turn_writer.hpp"

namespace dhr::realtime {
namespace {

constexpr std::int64_t ms_per_second = 1'000;

std::int64_t to_ms_offset(std::int64_t sample) noexcept {
  return sample * ms_per_second / speech_sample_rate;
}

}  // namespace

void turn_writer::on(const text_piece& payload, const turn_id& turn) {
  if (!is_current(turn)) return;
  open_message();
  auto text =
      begin_delta(turn_->spoken() ? name("response.output_audio_transcript.delta",
                                         "response.audio_transcript.delta")
                                  : name("response.output_text.delta", "response.text.delta"));
  text += ",\"delta\":";
  const auto delta_at = text.size() + 1;
  append_string(text, payload.text);
  sink_.end(std::move(text), false, delta_at);
}

void turn_writer::on(const media_chunk& payload, const turn_id& turn) {
  if (!is_current(turn)) return;
  open_message();
  if (!turn_->sounded && shape_ == event_shape::voice_live) {
    put(sink_, "session.avatar.switch_to_speaking",
        {{"turn_id", boost::json::value(turn_->start.response_id)}});
  }
  turn_->sounded = true;
  if (!payload.pcm.empty() && turn_->encoder) write_audio(turn_->encoder->encode(payload.pcm));
  if (turn_->start.settings.blendshapes && !payload.frames.empty()) write_frames(payload);
  if (turn_->start.settings.visemes) write_visemes(payload);
  if (turn_->start.settings.word_timestamps) write_words(payload);
}

void turn_writer::write_audio(const result<shared_bytes>& encoded) {
  if (!encoded) {
    turn_->encoder.reset();
    return put(sink_, "error", {{"error", error_object(to_problem(encoded.assume_error(), {}))}});
  }
  const auto& sound = encoded.assume_value();
  if (sound.empty()) return;
  auto text = begin_delta(name("response.output_audio.delta", "response.audio.delta"));
  text.reserve(text.size() + sound.size() * 4 / 3 + 32);
  text += ",\"delta\":";
  append_base64(text, sound.view());
  sink_.end(std::move(text), true);
}

void turn_writer::write_frames(const media_chunk& payload) {
  auto text = begin_delta("response.animation_blendshapes.delta");
  text += ",\"frame_index\":";
  append_integer(text, payload.first_frame);
  text += ",\"frames\":";
  append_weights(text, payload.frames.view());
  text += ",\"digital_human\":{\"head\":";
  append_heads(text, payload.frames.view());
  text += '}';
  sink_.end(std::move(text), true);
}

void turn_writer::write_visemes(const media_chunk& payload) {
  for (const auto& mark : payload.visemes) {
    auto text = begin_delta("response.animation_viseme.delta");
    text += ",\"audio_offset_ms\":";
    append_integer(text, to_ms_offset(mark.sample));
    text += ",\"viseme_id\":";
    append_integer(text, mark.id);
    sink_.end(std::move(text), true);
  }
}

void turn_writer::write_words(const media_chunk& payload) {
  for (const auto& word : payload.words) {
    auto text = begin_delta("response.audio_timestamp.delta");
    text += ",\"audio_offset_ms\":";
    append_integer(text, to_ms_offset(word.first_sample));
    text += ",\"audio_duration_ms\":";
    append_integer(text, to_ms_offset(word.last_sample - word.first_sample));
    text += ",\"text\":";
    append_string(text, word.text);
    text += ",\"timestamp_type\":\"word\"";
    sink_.end(std::move(text), true);
  }
}

}  // namespace dhr::realtime
