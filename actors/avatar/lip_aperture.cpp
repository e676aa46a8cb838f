#include "actors/avatar/lip_aperture.hpp"

#include <algorithm>

namespace dhr {
namespace {

struct part {
  blendshape shape;
  double mm;  // at weight 1
};

// From the report of models/head/build.py; shapes under 0.05 mm are left out.
constexpr part parts[]{
    {blendshape::jawForward, 1.334},          {blendshape::jawLeft, -0.072},
    {blendshape::jawRight, -0.072},           {blendshape::jawOpen, 31.409},
    {blendshape::mouthClose, -31.729},        {blendshape::mouthFunnel, 7.838},
    {blendshape::mouthPucker, -2.939},        {blendshape::mouthLeft, -1.540},
    {blendshape::mouthRight, -1.540},         {blendshape::mouthSmileLeft, -1.240},
    {blendshape::mouthSmileRight, -1.240},    {blendshape::mouthFrownLeft, -0.052},
    {blendshape::mouthFrownRight, -0.052},    {blendshape::mouthDimpleLeft, 0.125},
    {blendshape::mouthDimpleRight, 0.125},    {blendshape::mouthStretchLeft, 0.156},
    {blendshape::mouthStretchRight, 0.156},   {blendshape::mouthRollLower, -1.560},
    {blendshape::mouthRollUpper, -0.863},     {blendshape::mouthShrugLower, -4.563},
    {blendshape::mouthShrugUpper, 3.030},     {blendshape::mouthPressLeft, -0.902},
    {blendshape::mouthPressRight, -0.902},    {blendshape::mouthLowerDownLeft, 2.065},
    {blendshape::mouthLowerDownRight, 2.065}, {blendshape::mouthUpperUpLeft, 2.468},
    {blendshape::mouthUpperUpRight, 2.468},   {blendshape::cheekPuff, -0.975}};
constexpr double overlap_at_rest_mm = 0.80;

}  // namespace

double lip_aperture_mm(const face_frame& frame) noexcept {
  double gap = -overlap_at_rest_mm;
  for (const auto& [shape, mm] : parts) gap += mm * double(frame[shape]);
  return std::max(gap, 0.0);
}

}  // namespace dhr
