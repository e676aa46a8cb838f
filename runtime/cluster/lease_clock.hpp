#pragma once
// How long this node may act as the owner of its conversations (G7), from what it knows for sure:
// when it SENT the request that the store granted. The store set the lease's end no earlier than
// that, plus the ttl, on its own clock; the local clock may run slower than the store's, by at most
// `drift_share`, so the node stops before that:
//
//   sent                              valid_until        the store's end, at the earliest
//    |──────────────────────────────────────|──── margin ────|─ ─ ─▶ others may take over
//    |── ttl · (1 - drift_share) - fence_time ──|
//
//   vacant ─join─▶ vacant ─granted─▶ held ─renew, granted─▶ held
//      ▲                               │ valid_until, refused, displaced
//      └───────── fenced() ──────── fencing
//
// A lease that was fenced is never taken up again, whatever late answer comes: others may have
// acted in the meantime. The node joins anew under another incarnation, and answers to requests of
// the one before mean nothing.

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"

namespace dhr {

struct lease_config {
  milliseconds ttl{6'000};
  milliseconds renew_every{2'000};
  milliseconds answer_max{1'000};  // an attempt without an answer for so long is tried again
  milliseconds retry{250};         // after a failure, and to a join that was refused
  // Quartz drifts by 0.0001; a virtual machine's clock, and one that is being slewed, by more.
  double drift_share = 0.01;
  milliseconds fence_time{500};  // from the decision until the last conversation has stopped
};

// Sentences on what does not fit together; empty if everything does.
[[nodiscard]] std::vector<std::string> check(const lease_config& config);

// A request to the store. The caller hands it back with the answer.
struct lease_attempt {
  std::uint64_t term = 0;  // which of the node's leases, counted from 1
  mono_time sent{};
  friend bool operator==(const lease_attempt&, const lease_attempt&) = default;
};

enum class lease_phase : std::uint8_t {
  vacant,   // no lease; nothing may be owned
  held,     // until valid_until
  fencing,  // over; conversations are being stopped
};

enum class lease_action : std::uint8_t {
  wait,   // until `at`, or an answer
  join,   // ask the store for a lease, under the incarnation that was made for this term
  renew,  // ask the store to prolong it
  fence,  // stop all conversations now, then call fenced()
};

struct lease_step {
  lease_action action = lease_action::wait;
  lease_attempt attempt;  // of join and renew
  mono_time at{};         // of wait: ask again then; mono_time::max(): after fenced()
};

// Lives on: the node's actor. Not thread-safe. `now` does not go back.
class lease_clock {
 public:
  explicit lease_clock(lease_config config) : config_{config} {}

  // What to do now. A join, renewal or fence is told once; the caller asks until it is to wait.
  [[nodiscard]] lease_step step(mono_time now);

  // The store granted what this attempt asked for, for `ttl` from when it did so.
  void granted(const lease_attempt& attempt, milliseconds ttl, mono_time now);
  // The store says that the lease is another's or over, which is final for its term: a held lease
  // is fenced; a join is tried again in the next term, for the lease of this name's last
  // incarnation may have to end first.
  void refused(const lease_attempt& attempt, mono_time now);
  // The store could not be asked, or answered with trouble of its own.
  void failed(const lease_attempt& attempt, mono_time now);
  // Another process has this node's name.
  void displaced();
  // All conversations have stopped.
  void fenced(mono_time now);

  // Whether conversations may be owned.
  [[nodiscard]] bool may_act(mono_time now) const noexcept {
    return phase_ == lease_phase::held && now < valid_until_;
  }
  [[nodiscard]] lease_phase phase() const noexcept { return phase_; }
  // Of a held lease.
  [[nodiscard]] mono_time valid_until() const noexcept { return valid_until_; }
  // A new term needs a new incarnation, and a term has one.
  [[nodiscard]] std::uint64_t term() const noexcept { return term_; }

 private:
  [[nodiscard]] bool is_current(const lease_attempt& attempt, mono_time now);
  void end();

  const lease_config config_;
  lease_phase phase_ = lease_phase::vacant;
  std::uint64_t term_ = 1;
  mono_time valid_until_{};
  mono_time next_attempt_{};  // no earlier
  mono_time last_sent_{};
  bool fence_told_ = false;
};

}  // namespace dhr
