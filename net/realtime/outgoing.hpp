#pragma once
// One event, ready for the wire.

#include <cstddef>
#include <cstdint>
#include <string>

namespace dhr::realtime {

struct outgoing {
  std::string json;
  std::uint64_t turn = 0;  // 0 outside of turns
  bool media = false;      // worthless once its turn is interrupted
  // Of a text delta: where its text begins in `json`, which ends in `"}` after it; else 0.
  std::size_t delta_at = 0;
};

}  // namespace dhr::realtime
