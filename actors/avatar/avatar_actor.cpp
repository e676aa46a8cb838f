#include "actors/avatar/avatar_actor.hpp"

#include <tuple>
#include <utility>

namespace dhr {
namespace {

struct avatar_state {
  static inline const char* name = "avatar";

  // CAF would take an aggregate for one that is made from the actor's pointer.
  avatar_state() = default;

  avatar_client session;
  face_animator animator{{}};
  turn_id turn;

  static shared_bytes bytes_of(const animation& made) {
    return shared_bytes::of(std::span<const face_frame>{made.frames});
  }

  [[nodiscard]] bool stale(const turn_id& asked) {
    if (std::tie(asked.epoch, asked.number) < std::tie(turn.epoch, turn.number)) return true;
    if (asked != turn) {
      turn = asked;
      animator.begin_turn();
    }
    return false;
  }

  frames_ready animate_clause(const animate& clause) {
    auto made =
        animator.append(clause.first_sample, clause.sample_count, clause.phonemes, clause.feeling);
    if (clause.last) {
      const auto rest = animator.finish();
      made.frames.insert(made.frames.end(), rest.frames.begin(), rest.frames.end());
      made.visemes.insert(made.visemes.end(), rest.visemes.begin(), rest.visemes.end());
    }
    return {clause.turn, clause.index, made.first_frame, bytes_of(made), std::move(made.visemes)};
  }
};

avatar_actor::behavior_type avatar_behavior(avatar_actor::stateful_pointer<avatar_state> self,
                                            avatar_client session, face_config config) {
  self->state.session = std::move(session);
  self->state.animator = face_animator{std::move(config)};
  return {
      [self](const animate& clause) {
        auto& state = self->state;
        if (!state.stale(clause.turn)) self->send(state.session, state.animate_clause(clause));
      },
      [self](const idle_request& request) {
        auto& state = self->state;
        const auto made = state.animator.idle(request.frame_count, request.mood);
        self->send(state.session, idle_ready{made.first_frame, avatar_state::bytes_of(made)});
      },
  };
}

}  // namespace

avatar_actor spawn_avatar(caf::actor_system& system, avatar_client session, face_config config) {
  return system.spawn(avatar_behavior, std::move(session), std::move(config));
}

}  // namespace dhr
