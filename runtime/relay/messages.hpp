#pragma once
// What the two ends of a relay say to each other over the link.

#include <cstdint>
#include <string>

#include "runtime/relay/transfer.hpp"

namespace dhr {

// near -> far, with the near end's handle. The first word, after which pieces may come.
struct begin_relay {
  friend bool operator==(const begin_relay&, const begin_relay&) = default;
};

// Both ways. Never answered for itself, but in time by a relay_credit.
struct relay_piece {
  std::uint64_t number = 0;
  std::string bytes;  // at most transfer_config::piece_bytes_max
  friend bool operator==(const relay_piece&, const relay_piece&) = default;
};

// All pieces up to this one were taken. Never answered.
struct relay_credit {
  std::uint64_t through = 0;
  friend bool operator==(const relay_credit&, const relay_credit&) = default;
};

// The first byte of each message inside the pieces; what follows it is written as CAF writes it.
enum class relay_kind : std::uint8_t {
  attach,          // near -> far: attach_client
  request,         // near -> far: client_request
  sound_question,  // near -> far: a number of this end's own
  event,           // far -> near: session_event
  sound_answer,    // far -> near: the question's number, and whether the sound was taken in time
  ended,           // both ways, the last one: the reason (travelling_reason)
};

}  // namespace dhr
