#pragma once
// What the store counts, by intent. The host implements it with its registry and its log; all
// methods are called on the store actor's thread.

#include <cstddef>
#include <cstdint>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class store_metrics {
 public:
  virtual ~store_metrics() = default;
  virtual void written(nanoseconds) {}  // one conversation, in this time
  virtual void write_failed(errc) {}    // it is tried again
  virtual void write_refused() {}       // a snapshot of an owner that was replaced; not tried again
  virtual void snapshot_lost() {}       // the disk fails, and too many wait
  virtual void waiting(std::size_t) {}  // conversations that are not yet on disk
  virtual void expired(std::size_t) {}  // conversations that were kept for long enough
  // For the log, at most once a minute: what is wrong, and how often it went wrong since the last
  // time.
  virtual void trouble(const error&, std::uint64_t) {}
};

}  // namespace dhr
