#pragma once
// From feelings that change with the sentences to the face of each moment.
//
// Each expression has a level of its own. A change of what is wanted begins a stroke at the moment
// of the change:
//
//   level   wanted  |     ________
//                   |    /  hold  \______________ linger, while the feeling lasts
//                   | __/          decay          \____ decay, when it is over
//                   |  onset
//
// The ramps are smoothsteps, and the face follows the stroke as a first-order lag does: at 30
// frames a second it goes `blend_speed` of the way each frame. Stroke and lag are known in closed
// form, so that a level is a function of the changes and of time alone: it does not depend on the
// rate of the frames, nothing adds up over a long turn, and no level leaves [0, 1].
//
// Levels are shares of the face: where they sum to more than 1 they are scaled down to it.

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "actors/avatar/expression_library.hpp"
#include "actors/avatar/expression_mix.hpp"
#include "actors/avatar/expression_stroke.hpp"

namespace dhr {

// From the moment at_s on these weights are wanted, and of expressions that are not named none.
// With within_s the face goes there in that time and stays, whatever the expressions' own times
// are.
struct expression_change {
  double at_s = 0;
  std::vector<expression_weight> wanted;
  std::optional<double> within_s;
};

// Not thread-safe. Moments are seconds of the owner's choice that only grow.
class expression_player {
 public:
  // `blend_speed`: 0.01 to 1, the share of the way per frame at 30 frames a second.
  expression_player(std::shared_ptr<const expression_library> library, double blend_speed);

  [[nodiscard]] const expression_library& library() const noexcept { return *library_; }
  // Another library: levels go on under their names; what it does not have is gone.
  void use(std::shared_ptr<const expression_library> library);

  // A change to come, not before those that came already and not before the last moment shown. A
  // weight that differs from the one before by less than 0.05 is the same feeling going on. Weights
  // are brought into [0, 1].
  void change(const expression_change& to_come);
  // Forgets the changes that are still to come.
  void forget_changes() noexcept { coming_.clear(); }

  // The face at this moment, which is not before the last one that was asked for.
  [[nodiscard]] expression_mix at(double moment_s);

  // The longest decay of the expressions that are there, or to come; 0 if there is none.
  [[nodiscard]] double decay_s() const noexcept;

 private:
  struct coming_change {
    double at_s;
    std::vector<float> wanted;  // by expression
    std::optional<double> within_s;
  };
  struct track {
    float wanted = 0;
    double began_s = 0;
    expression_stroke stroke;
  };

  void begin(const coming_change& change);

  std::shared_ptr<const expression_library> library_;
  double lag_rate_;            // of the face behind its strokes, per second; may be infinite
  std::vector<track> tracks_;  // by expression
  std::deque<coming_change> coming_;
};

}  // namespace dhr
