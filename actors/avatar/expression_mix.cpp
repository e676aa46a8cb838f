#include "actors/avatar/expression_mix.hpp"

namespace dhr {

void expression_mix::add(const expression& one, float share) noexcept {
  for (std::size_t i = 0; i < pose.size(); ++i) pose[i] += share * one.pose[i];
  const mood& added = one.life;
  const auto factor = [share](float& sum, float its) { sum += share * (its - 1); };
  factor(life.blinks, added.blinks);
  factor(life.looks_away, added.looks_away);
  factor(life.look_length, added.look_length);
  factor(life.head_motion, added.head_motion);
  factor(life.head_tempo, added.head_tempo);
  life.gaze_up += share * added.gaze_up;
  life.gaze_aside += share * added.gaze_aside;
  life.head.yaw += share * added.head.yaw;
  life.head.pitch += share * added.head.pitch;
  life.head.roll += share * added.head.roll;
}

}  // namespace dhr
