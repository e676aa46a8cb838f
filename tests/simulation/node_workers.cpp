#include "tests/simulation/node_workers.hpp"

#include <utility>

#include "actors/avatar/avatar_actor.hpp"
#include "actors/conversation/conversation_actor.hpp"
#include "actors/conversation/scripted_engine_actor.hpp"
#include "actors/speech/synthesis_worker_actor.hpp"
#include "actors/speech/tone_voice.hpp"
#include "actors/speech/voice_actor.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

// A second and a half, so that much goes wrong in the middle of it; spoken it takes longer.
constexpr std::string_view answer =
    "That is a good question. I would say that it went up in the morning, and down again before "
    "noon.";

template <class Handle>
void end_one(Handle& actor) {
  if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

}  // namespace

node_workers spawn_workers(caf::actor_system& system, const clock& time) {
  synthesis_worker_options speaking;
  add_voice(speaking.voices, make_tone_voice({60, 100}));
  speaking.time = &time;
  return {system.spawn(scripted_engine, script_of(answer, 80ms)),
          spawn_synthesis_worker(system, worker_spawn::scheduled, std::move(speaking))};
}

void end(node_workers& workers) {
  end_one(workers.engine);
  end_one(workers.voice);
}

std::shared_ptr<session_environment> environment_with(caf::actor_system& system, const clock& time,
                                                      const node_workers& workers) {
  auto made = std::make_shared<session_environment>();
  made->config.defaults.modality = output_modality::text;
  made->config.defaults.voice = "tone";
  made->time = &time;
  made->metrics = std::make_shared<session_metrics>();
  made->spawn_conversation = [&system,
                              engine = workers.engine](const conversation_client& session) {
    return system.spawn(conversation_behavior, session, engine, conversation_config{},
                        token_counter{estimate_tokens});
  };
  made->spawn_voice = [&system, voice = workers.voice](const speech_client& session) {
    return system.spawn(voice_behavior, session, voice, voice_options{});
  };
  made->spawn_avatar = [&system](const avatar_client& session, std::uint64_t seed) {
    face_config face;
    face.seed = seed;
    return spawn_avatar(system, session, face);
  };
  made->resolve_voice = [](std::string_view name) -> result<std::string> {
    return std::string{name};
  };
  return made;
}

}  // namespace dhr::simulation
