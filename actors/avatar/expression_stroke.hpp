#pragma once
// How strongly one expression is there, from one change of what is wanted to the next.

#include <array>
#include <cstddef>

namespace dhr {

struct stroke_times {
  double onset_s = 0;
  double hold_s = 0;
  double decay_s = 0;
};

// A value; nothing of it depends on when it is asked. Times are seconds since the stroke began.
class expression_stroke {
 public:
  // Where a face is: the aim that it follows, and its own level behind that.
  struct place {
    double aim = 0;
    double level = 0;
  };

  // Nothing is there and nothing is wanted.
  expression_stroke() = default;

  // To `full` and then to `lingering`; straight to `lingering` where the aim is beyond `full`
  // already. The level follows the aim at `lag_rate` per second.
  static expression_stroke to(place from, double full, double lingering, const stroke_times& times,
                              double lag_rate);
  // To `wanted` within this time, exactly.
  static expression_stroke straight_to(place from, double wanted, double within_s);

  [[nodiscard]] place at(double since_s) const noexcept;

 private:
  // A part of the aim's way: a smoothstep.
  struct ramp {
    double length_s = 0;
    double from = 0;
    double to = 0;
  };
  void add(double length_s, double to) noexcept;
  [[nodiscard]] double followed(const ramp& way, double level, double since_s) const noexcept;

  place from_;
  double lag_rate_ = 0;
  std::array<ramp, 3> ramps_{};
  std::size_t ramp_count_ = 0;
};

}  // namespace dhr
