#include "runtime/session_setup.hpp"

#include <algorithm>

#include "runtime/hearing.hpp"

namespace dhr {
namespace {

session_settings default_settings(const config& settings, const voice_catalogue& catalogue) {
  session_settings defaults;
  defaults.instructions = settings.conversation.instructions;
  defaults.voice = catalogue.default_name();
  defaults.speech_rate = settings.voice.rate;
  defaults.sampling = {settings.conversation.temperature, settings.conversation.top_p,
                       settings.conversation.max_tokens};
  defaults.listening = default_listening(settings.ears);
  return defaults;
}

}  // namespace

session_config make_session_config(const config& settings, const voice_catalogue& catalogue) {
  session_config made;
  const auto& avatar = settings.avatar;
  made.turn.fps = avatar.fps;
  made.turn.chunk_frames_max =
      std::max(1, static_cast<int>(avatar.chunk_ms.count() * avatar.fps / 1'000));
  made.turn.run_ahead = avatar.run_ahead_ms;
  made.turn.synthesis_ahead = 2 * avatar.run_ahead_ms;
  made.turn.stall_timeout = settings.runtime.turn_timeout_ms;
  made.defaults = default_settings(settings, catalogue);
  made.restarts = {settings.runtime.restart_max, settings.runtime.restart_window_s};
  made.idle_timeout = std::max(settings.runtime.idle_timeout_s, settings.runtime.resume_window_s);
  made.passivate_after = settings.runtime.passivate_after_ms;
  // While the store is away another node may take the conversation up as it was stored last: what a
  // client was told to be said must be in it. A lease does not outlast that.
  if (settings.cluster.enabled) made.store_patience = settings.cluster.lease_ms;
  made.preemptive_generation = settings.ears.preemptive_generation;
  made.replay.bytes_max = static_cast<std::size_t>(settings.runtime.replay_bytes_max);
  return made;
}

face_config make_face_config(const settings::avatar& avatar,
                             std::shared_ptr<const expression_shelf> expressions,
                             std::uint64_t seed) {
  face_config made;
  made.fps = avatar.fps;
  made.lip_strength = avatar.lip_strength;
  made.seed = avatar.seed == 0 ? seed : avatar.seed;
  made.emotion_blend_speed = avatar.emotion_blend_speed;
  made.expressions = std::move(expressions);
  return made;
}

}  // namespace dhr
