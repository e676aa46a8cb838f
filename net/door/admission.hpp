#pragma once
// What a client that was let in may still do. The gate gives one to each connection; all of one key
// draw on the same minute.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/door/rate_limiter.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::door {

class gate;

// Thread-safe. While it lives its connection counts.
class admission {
 public:
  ~admission();
  admission(const admission&) = delete;
  admission& operator=(const admission&) = delete;

  // A turn is asked for. errc::overloaded with retry_after when the key has used up its minute.
  [[nodiscard]] result<void> turn_begins(mono_time now);
  // `bytes` of PCM came from the client, whatever their encoding. As turn_begins.
  [[nodiscard]] result<void> audio_received(std::int64_t bytes, mono_time now);
  // For rate_limits.updated; empty: without limits.
  [[nodiscard]] std::vector<rate_limit> rate_limits(mono_time now) const;

  // For logs; empty: came in without a key.
  [[nodiscard]] const std::string& key_name() const noexcept { return key_name_; }

 private:
  friend class gate;
  struct account;
  admission(std::shared_ptr<account> key, std::string key_name, bool counted);

  const std::shared_ptr<account> account_;  // of the key; nothing without one
  const std::string key_name_;
  const bool counted_;
};

}  // namespace dhr::door
