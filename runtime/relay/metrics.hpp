#pragma once
// What relays count, by intent. The host implements it with its registry and its log; called on the
// threads of the relays.

#include <cstddef>

#include "runtime/base/result.hpp"

namespace dhr {

class relay_metrics {
 public:
  virtual ~relay_metrics() = default;
  virtual void piece_sent(std::size_t) noexcept {}  // of so many bytes
  virtual void waits_for_credit() noexcept {}  // what was sent is not taken as fast as it comes
  virtual void overflowed() noexcept {}        // more would have waited than may
  virtual void piece_doubled() noexcept {}     // it was there already and was dropped
  virtual void broken(const error&) {}         // the other end sent what no relay sends
};

}  // namespace dhr
