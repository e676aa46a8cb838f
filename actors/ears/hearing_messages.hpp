#pragma once
// What the ears ask of the hearing worker: the computations on an utterance that are too long for a
// scheduler thread and that nobody must wait for. Both live on one node.

#include <cstdint>
#include <optional>

#include "actors/ears/prosody.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// Answered by end_judged; without a probability if it was refused, was replaced by a newer attempt
// of the utterance, or waited until `deadline`, when the pause is over anyhow.
struct judge_end {
  turn_id utterance;  // its number is that of the utterance
  std::uint32_t attempt = 0;
  shared_bytes pcm;  // int16 little endian, mono, hearing_sample_rate; the net takes the last 8 s
  mono_time deadline{};
};

struct end_judged {
  turn_id utterance;
  std::uint32_t attempt = 0;
  std::optional<double> probability;  // that the words are complete
  // Why there is none: errc::overloaded (with retry_after), cancelled or deadline. Neither of the
  // two where no ends are judged at all.
  std::optional<error> problem;
};

// Answered by melody_measured; not at all after `deadline` or when too many wait, since nobody
// waits for it.
struct measure_melody {
  turn_id utterance;
  shared_bytes pcm;  // as above
  mono_time deadline{};
};

struct melody_measured {
  turn_id utterance;
  prosody melody;
};

}  // namespace dhr
