#pragma once
// How far the lips are apart, by which lip-sync is judged.

#include "actors/avatar/types.hpp"

namespace dhr {

// The gap between the inner lips in millimetres, averaged over their central third; 0 when they
// touch. A linear map of the weights, measured on the mesh by models/head (build.py --report, key
// lip_aperture_central_third_mm); the lips overlap a little at rest (lip_overlap_at_rest_mm).
[[nodiscard]] double lip_aperture_mm(const face_frame& frame) noexcept;

}  // namespace dhr
