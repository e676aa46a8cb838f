#pragma once
// From a timeline of phonemes to the shapes of the mouth at any moment.
//
// Jaw and lips are separate fields (JALI, Edwards et al. 2016). The jaw follows a curve through one
// key per phoneme (jaw_curve.hpp). For the lips each phoneme pulls a handful of controls (rounding,
// spreading, ...) towards its targets with a dominance that is largest at its middle and falls off
// on both sides; they are at the dominance-weighted mean (Cohen and Massaro 1993):
//
//     D_s(t) = a_s * exp(-(|t - middle_s| / width_s)^2)        F(t) = sum D_s(t) T_s / sum D_s(t)
//
// Two things are not a matter of degree and lie over both: the closure of P B M and the contact of
// F V. Each is a plateau over the whole phoneme, at least one frame long, with smooth flanks, so
// that every frame whose moment is in the phoneme shows it fully. All of it is a function of time:
// nothing lags, and the apex of an open vowel is where the voice has its middle.
//
// What is added later can change the blend at a moment that was shown already; the difference fades
// out instead of jumping. Closures and contacts never wait for that; they are only approached
// faster.

#include <array>
#include <cstdint>
#include <deque>
#include <span>

#include "actors/avatar/jaw_curve.hpp"
#include "actors/avatar/types.hpp"
#include "actors/avatar/visemes.hpp"
#include "actors/speech/types.hpp"

namespace dhr {

// How far contacts are there, 0 to 1.
struct lip_contacts {
  float closed = 0;  // the lips on each other
  float bitten = 0;  // the lower lip at the upper teeth
};

struct lip_config {
  int fps = 30;           // the plateaus are at least a frame long
  double strength = 1.0;  // scales all but closure and contact; 0.2 to 1.5
};

// Not thread-safe. Times are samples of the turn's sound.
class lips {
 public:
  explicit lips(lip_config config) noexcept : config_{config} { clear(); }

  // Forgets everything: the mouth is at rest and the sound begins at sample 0.
  void clear() noexcept;

  // Adds phonemes whose times count from `first_sample`; they follow those added before. Sound
  // without a phoneme is taken for silence.
  void add(std::int64_t first_sample, std::span<const phoneme_span> phonemes);

  // Sets the mouth of `frame` (its jaw, mouth and tongue weights) for the moment `sample`, which is
  // not before the last one that was asked for; at rest when nothing sounds near it. Returns what
  // touches at that moment.
  lip_contacts shape(std::int64_t sample, face_frame& frame);

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
  using controls = std::array<float, control_count>;

  enum class contact : std::uint8_t { none, lips, teeth };

  struct segment {
    double middle;  // samples
    double width;   // samples
    float dominance;
    controls target;  // its jaw is a key of jaw_ instead
    contact touch;
    double touch_begin;  // the plateau
    double touch_end;
    double approach;  // samples before the plateau in which it is approached
  };
  struct span_of_sound {
    double begin;  // samples
    double end;
    bool stressed;
    [[nodiscard]] double at(double share) const noexcept { return begin + share * (end - begin); }
  };

  static controls targets_of(viseme v) noexcept;
  void add_phoneme(const viseme_shape& shape, const span_of_sound& sound);
  void add_jaw_keys(const viseme_shape& shape, const span_of_sound& sound);
  void add_segment(viseme v, const span_of_sound& sound);
  void forget_before(double sample);
  [[nodiscard]] controls blend(double sample) const noexcept;
  [[nodiscard]] controls smoothed(double sample) const noexcept;
  [[nodiscard]] lip_contacts contacts_at(double sample) const noexcept;
  static void write(const controls& mouth, const lip_contacts& touch, face_frame& frame) noexcept;

  lip_config config_;
  jaw_curve jaw_;
  std::deque<segment> segments_;
  double sound_end_ = 0;   // of the phonemes that were added
  double shown_at_ = 0;    // the last moment that was asked for
  controls difference_{};  // from what was shown at difference_at_ to what holds now
  double difference_at_ = 0;
};

}  // namespace dhr
