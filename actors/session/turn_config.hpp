#pragma once
// What a turn may take, and in which pieces it is sent.

#include <cstddef>

#include "runtime/base/clock.hpp"

namespace dhr {

struct turn_config {
  int fps = 30;
  int chunk_frames_max = 6;
  milliseconds run_ahead{2'000};
  milliseconds synthesis_ahead{4'000};  // of sound that waits to be sent
  milliseconds stall_timeout{30'000};   // without progress the turn fails
  std::size_t clauses_waiting_max = 256;
  bool feels = false;                   // what each clause expresses is asked for
  milliseconds feelings_patience{100};  // of an answer that is only written, see turn_machine
};

}  // namespace dhr
