#pragma once
// What the face feels, laid over what it says and over its life, so that speech stays readable.

#include "actors/avatar/expression_library.hpp"
#include "actors/avatar/types.hpp"

namespace dhr {

// How much of the mouth belongs to speech.
struct speech_hold {
  float presence = 0;  // 1 while something is said, see speech_presence
  float contact = 0;   // of the lips with each other or with the teeth, 0 to 1
};

// Adds a pose to a frame that holds lips and life; weights stay in [0, 1].
//
// Brows, cheeks, nose and lids follow the pose. Of the mouth, speech leaves it the corners only
// (mouthSmile, mouthFrown), which neither part the lips nor keep them apart: up to a limit, and
// less where the lips are round. The rest of the mouth follows the pose as far as speech is absent,
// and not at all in a contact: there it is exactly as the lips made it.
void add_expression(const face_pose& pose, const speech_hold& hold, face_frame& frame) noexcept;

}  // namespace dhr
