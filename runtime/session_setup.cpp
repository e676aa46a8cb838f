#include "runtime/session_setup.hpp"

#include <algorithm>

#include "actors/avatar/avatar_actor.hpp"
#include "actors/conversation/conversation_actor.hpp"
#include "actors/emotion/emotion_actor.hpp"
#include "actors/session/memory_codec.hpp"
#include "actors/speech/voice_actor.hpp"

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

void spawn_children(const config& settings, const session_parts& parts, session_environment& of) {
  auto* system = &parts.system;
  conversation_config thinking;
  thinking.context_tokens = settings.conversation.context_tokens;
  of.spawn_conversation = [system, thinking, engine = parts.mind.actor,
                           count = parts.mind.count](const conversation_client& session) {
    return system->spawn(conversation_behavior, session, engine, thinking, count);
  };
  of.spawn_voice = [system, worker = parts.sound.worker,
                    options = parts.sound.options](const speech_client& session) {
    return system->spawn(voice_behavior, session, worker, options);
  };
  of.spawn_avatar = [system, avatar = settings.avatar, expressions = parts.expressions](
                        const avatar_client& session, std::uint64_t seed) {
    return spawn_avatar(*system, session, make_face_config(avatar, expressions, seed));
  };
  if (parts.heart.reader) {
    of.spawn_emotion = [system, heart = parts.heart](const emotion_client& session) {
      return spawn_emotion(*system, session, heart.reader, heart.options);
    };
  }
  if (parts.ears.transcription) {
    of.spawn_ears = [system, ears = parts.ears.ears](const ears_client& session,
                                                     const turn_id& conversation) {
      auto listening = ears;
      listening.conversation = conversation;
      return system->spawn(ears_behavior, session, std::move(listening));
    };
  }
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

std::shared_ptr<session_environment> make_session_environment(const config& settings,
                                                              const session_parts& parts) {
  auto made = std::make_shared<session_environment>();
  made->config = make_session_config(settings, parts.sound.catalogue);
  made->config.turn.feels = parts.heart.reader != nullptr;
  made->time = &parts.time;
  made->metrics = parts.counts;
  made->lease = parts.lease;
  spawn_children(settings, parts, *made);
  if (parts.store) {
    made->save = [store = parts.store, time = &parts.time](const turn_id& conversation,
                                                           session_memory memory,
                                                           const snapshot_listener& listener) {
      const auto now = to_ms(time->wall_now().time_since_epoch());
      save_conversation saved{snapshot_of(conversation, std::move(memory), now)};
      if (listener) return caf::anon_send(store, std::move(saved), listener);
      caf::anon_send(store, std::move(saved));
    };
  }
  made->resolve_voice = [catalogue = parts.sound.catalogue](std::string_view name) {
    return catalogue.resolve(name);
  };
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
