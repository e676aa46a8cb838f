#pragma once
// Several expressions on one face, each with its share.

#include "actors/avatar/expression_library.hpp"

namespace dhr {

// Begins neutral. While the shares sum to 1 at most, every weight and factor lies between those of
// the neutral face and of what was added.
struct expression_mix {
  face_pose pose{};
  mood life;

  void add(const expression& one, float share) noexcept;
};

}  // namespace dhr
