#include "actors/avatar/lip_aperture.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

TEST_CASE("lips touch at rest and part as the jaw opens") {
  face_frame frame;
  CHECK(lip_aperture_mm(frame) == 0);
  frame[blendshape::jawOpen] = 0.2f;
  const auto little = lip_aperture_mm(frame);
  CHECK(little > 3);
  frame[blendshape::jawOpen] = 0.4f;
  CHECK(lip_aperture_mm(frame) > 2 * little);
}

TEST_CASE("mouthClose closes the lips of an open jaw when it is as large") {
  face_frame frame;
  frame[blendshape::jawOpen] = 0.4f;
  frame[blendshape::mouthClose] = 0.2f;
  CHECK(lip_aperture_mm(frame) > 3);
  frame[blendshape::mouthClose] = 0.4f;
  CHECK(lip_aperture_mm(frame) == 0);
}

TEST_CASE("eyes and brows do not part the lips") {
  face_frame frame;
  frame[blendshape::jawOpen] = 0.3f;
  const auto before = lip_aperture_mm(frame);
  frame[blendshape::eyeBlinkLeft] = frame[blendshape::browInnerUp] = 1;
  CHECK(lip_aperture_mm(frame) == before);
}
