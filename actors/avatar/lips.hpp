#pragma once
// From a timeline of phonemes to the shapes of the mouth at any moment.
//
// Each phoneme pulls a handful of controls (jaw, lip rounding, spreading, ...) towards its targets
// with a dominance that is largest at its middle and falls off on both sides; the mouth at time t
// is the dominance-weighted mean (Cohen and Massaro 1993):
//
//     D_s(t) = a_s * exp(-(|t - middle_s| / width_s)^2)        F(t) = sum D_s(t) T_s / sum D_s(t)
//
// Jaw and lips are separate fields with their own widths (JALI, Edwards et al. 2016): the jaw
// follows the vowels, the lips anticipate more. Two things are not a matter of degree and lie over
// the blend: the closure of P B M and the contact of F V. Each is a plateau over the whole phoneme,
// at least one frame long, with smooth flanks, so that some frame shows it fully. All of it is a
// function of time: nothing lags, and the apex of a vowel is where the voice has its middle.

#include <array>
#include <cstdint>
#include <deque>
#include <span>

#include "actors/avatar/types.hpp"
#include "actors/avatar/visemes.hpp"
#include "actors/speech/types.hpp"

namespace dhr {

struct lip_config {
  int fps = 30;           // the plateaus are at least a frame long
  double strength = 1.0;  // scales all but closure and contact; 0.2 to 1.5
};

// Not thread-safe. Times are samples of the turn's sound.
class lips {
 public:
  explicit lips(lip_config config) noexcept : config_{config} {}

  void clear() noexcept { segments_.clear(); }

  // Adds phonemes whose times count from `first_sample`; they follow those added before.
  void add(std::int64_t first_sample, std::span<const phoneme_span> phonemes);

  // Forgets what no longer influences moments from this sample on.
  void forget_before(std::int64_t sample);

  // Sets the mouth of `frame` (its jaw, mouth and tongue weights) for the moment `sample`; at rest
  // when nothing sounds near it.
  void shape(std::int64_t sample, face_frame& frame) const;

 private:
  // The controls that visemes set targets for.
  enum control : std::uint8_t {
    jaw,
    funnel,
    pucker,
    spread,
    lower_down,
    upper_up,
    tongue,
    control_count
  };
  using targets = std::array<float, control_count>;

  enum class contact : std::uint8_t { none, lips, teeth };

  struct segment {
    double middle;     // samples
    double jaw_width;  // samples
    double lip_width;
    float dominance;
    targets target;
    contact touch;
    double touch_begin;  // the plateau
    double touch_end;
  };

  static targets targets_of(viseme v) noexcept;
  void add_segment(viseme v, double begin, double end, bool stressed);
  [[nodiscard]] static float plateau(const segment& s, double sample) noexcept;

  lip_config config_;
  std::deque<segment> segments_;
};

}  // namespace dhr
