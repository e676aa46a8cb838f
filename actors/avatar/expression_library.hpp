#pragma once
// The named expressions of the face: what each looks like, how it comes and goes, and what it does
// to blinks, gaze and head. The five feelings are always among them, by the names of
// feeling_names.
//
// A library never changes once it is made, so that any thread may read one that it holds; which one
// holds now is for expression_shelf.hpp to say.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/avatar/types.hpp"
#include "actors/emotion/types.hpp"

namespace dhr {

// What a feeling does to the life of the face. Factors are 1 and angles 0 in a neutral face.
struct mood {
  float blinks = 1;       // times as many
  float looks_away = 1;   // times as often away from the listener
  float look_length = 1;  // times as long
  float gaze_up = 0;      // where it looks then: radians above the listener's eyes
  float gaze_aside = 0;   // and radians to either side
  float head_motion = 1;  // times as far
  float head_tempo = 1;   // times as fast
  head_pose head;         // added to the head's own motion
  friend bool operator==(const mood&, const mood&) = default;
};

using face_pose = std::array<float, blendshape_count>;

// From nothing to full in onset_s; full for hold_s; to the share `linger` in decay_s, which stays
// while the feeling lasts; and from there to nothing in decay_s.
struct expression {
  std::string name;
  face_pose pose{};  // each weight in [0, 1]; none of a gaze
  double onset_s = 0.4;
  double hold_s = 1.0;
  double decay_s = 0.8;
  float linger = 0.6f;
  mood life;
};

// Shares of other expressions, which sum to 1 at most.
struct expression_blend {
  struct part {
    std::string name;
    float share = 0;
  };
  std::string name;
  std::vector<part> parts;
};

// What the files say, before blends are made of it.
struct expression_set {
  std::vector<expression> expressions;
  std::vector<expression_blend> blends;  // of names in `expressions`
};

// How much of which expression (its place in expression_library::all) is wanted.
struct expression_weight {
  std::size_t index = 0;
  float weight = 0;  // 0 to 1
  friend bool operator==(const expression_weight&, const expression_weight&) = default;
};

// Immutable; safe to read from any thread.
class expression_library {
 public:
  // Each of the five feelings must be there, and every name that a blend has.
  explicit expression_library(expression_set set);

  // The expressions in the order of the set, the blends after them.
  [[nodiscard]] const std::vector<expression>& all() const noexcept { return all_; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;
  [[nodiscard]] const expression& of(feeling one) const noexcept {
    return all_[places_[static_cast<std::size_t>(one)]];
  }
  // The five feelings as expressions.
  [[nodiscard]] std::vector<expression_weight> weights_of(const feelings& felt) const;

  // What it was made of, for a file that changes some of it.
  [[nodiscard]] const expression_set& set() const noexcept { return set_; }

 private:
  expression_set set_;
  std::vector<expression> all_;
  std::array<std::size_t, feeling_count> places_{};
};

// The library that stands in config/expressions.yml, which the program carries within it.
[[nodiscard]] const expression_library& shipped_expressions();

}  // namespace dhr
