#pragma once
// A conversation's ears without their actor: sound in the client's format goes in, what there is to
// do comes out.
//
//   bytes -> decoder -> conditioner -> blocks -> voice activity -> echo guard -> endpointer
//                                        └──> sound memory

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/ears/audio_decoder.hpp"
#include "actors/ears/conditioner.hpp"
#include "actors/ears/echo_guard.hpp"
#include "actors/ears/endpointer.hpp"
#include "actors/ears/sound_memory.hpp"
#include "actors/ears/types.hpp"
#include "gpu/nets/voice_activity_net.hpp"

namespace dhr {

struct listener_options {
  std::shared_ptr<const voice_activity_net> net;  // not null
  bool guard_echo = true;
  milliseconds committed_max{300'000};  // of sound that waits for the client's commit
  endpointer_config endpoints;
};

// Lives on: the ears actor. Not thread-safe.
class listener {
 public:
  listener(listener_options options, const listening_settings& settings);

  // errc::invalid_argument for an input format that cannot be heard. A new format, or a change from
  // or to detection `none`, forgets the speech under way.
  [[nodiscard]] result<endpoint_effects> set(const listening_settings& settings);

  // Sound that ends now, in the input format. The sound that its effects are about is there until
  // the next call. errc::invalid_argument for bytes that are none in that format; errc::overloaded
  // when more than committed_max waits for a commit.
  [[nodiscard]] result<endpoint_effects> hear(std::string_view audio, mono_time now);

  // What the face says, as int16 at speech_sample_rate, and when its first sample is heard.
  void face_sounded(std::string_view pcm, mono_time begins);
  void face_silenced(mono_time now);

  // errc::invalid_argument if there is nothing to commit (less than 100 ms).
  [[nodiscard]] result<endpoint_effects> commit();
  [[nodiscard]] endpoint_effects clear();

  [[nodiscard]] endpointer& endpoints() noexcept { return endpoints_; }
  [[nodiscard]] const sound_memory& sound() const noexcept { return sound_; }
  [[nodiscard]] const listening_settings& settings() const noexcept { return settings_; }

 private:
  void hear_waiting(mono_time now, endpoint_effects& out);
  void hear_block(std::span<float, hearing_block_samples> block, mono_time ends,
                  endpoint_effects& out);
  [[nodiscard]] bool is_echo(mono_time ends);
  void end_face_sound(mono_time ends);
  void forget_old_sound();

  listener_options options_;
  listening_settings settings_;
  std::unique_ptr<audio_decoder> decoder_;
  conditioner conditioner_;
  voice_activity_state activity_;
  endpointer endpoints_;
  sound_memory sound_;
  std::vector<float> waiting_;         // less than a block
  std::int64_t uncommitted_from_ = 0;  // with detection `none`

  echo_guard guard_;
  std::unique_ptr<audio_decoder> face_decoder_;
  mono_time face_sounds_until_{};
  std::optional<mono_time> face_goes_on_;  // when what the face said last ends
};

}  // namespace dhr
