#pragma once
// A node's slots. Whoever wants to bring a conversation here reserves one first, so that two
// routers that saw the same free slot in the last report cannot both fill it: sampled load
// proposes, the node itself decides.
//
//   reserve ──▶ reserved ──commit──▶ a conversation ──ended──▶ free
//                  └──cancel, deadline, drain──▶ free
//
// conversations + reservations <= conversations_max, but for what was adopted. A request id ends
// once: a duplicate of its reserve that arrives after that is refused, and takes nothing.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

struct admission_config {
  std::uint32_t conversations_max = 60;
  milliseconds reservation_max{5'000};  // from reserve to commit
  double ceiling = 0.75;                // of the node's own load score (G11)
  double sticky_ceiling = 0.80;         // for conversations that it had before
  milliseconds retry_after{1'000};
  std::size_t ended_max = 4'096;  // request ids that are remembered after their end
};

struct reservation_request {
  std::string request;  // its id, the same in a retry
  conversation_id conversation;
  bool sticky = false;  // this node had it last
};

enum class admission_answer : std::uint8_t {
  reserved,  // until the deadline
  present,   // the conversation is here already; no slot was taken
};

struct admission_counts {
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  std::uint64_t expired = 0;
};

// Lives on: the node's actor. Not thread-safe. `now` does not go back.
class admission {
 public:
  explicit admission(admission_config config) : config_{config} {}

  // errc::overloaded with retry_after: no slot, or over the ceiling. errc::unavailable: drains.
  // errc::cancelled, errc::deadline: this request has ended so before.
  [[nodiscard]] result<admission_answer> reserve(const reservation_request& wanted, mono_time now);

  // The conversation is active here from now on, and the reservation is over. True again for a
  // request that was committed. errc::deadline when it came too late, errc::cancelled after a
  // cancel, errc::unavailable after a drain has begun, errc::not_found for one that never was.
  [[nodiscard]] result<void> commit(const std::string& request, mono_time now);
  // Total; for whatever has no reservation it only bars a late reserve.
  void cancel(const std::string& request, mono_time now);
  // The conversation is here without a reservation of its own (it began after its deadline, or
  // under a name that was not known before): it is counted, whatever the bound.
  void adopt(const conversation_id& conversation);
  // The conversation has left or ended. False when it was not here.
  bool ended(const conversation_id& conversation);

  // Ends reservations whose time is over. The calls above do so too.
  void expire(mono_time now);
  // When expire() has something to do.
  [[nodiscard]] std::optional<mono_time> due_at() const;

  // Refuses all from now on and drops what was reserved; conversations are handed over elsewhere.
  void drain();
  // After drain(): takes reservations again.
  void reopen() noexcept { draining_ = false; }
  // Measured now, unlike what the routers have.
  void set_load(const node_load& load);

  [[nodiscard]] std::uint32_t conversations() const noexcept {
    return static_cast<std::uint32_t>(present_.size());
  }
  [[nodiscard]] std::uint32_t reservations() const noexcept {
    return static_cast<std::uint32_t>(reserved_.size());
  }
  // What a report tells as its conversations, so that routers count reservations as taken.
  [[nodiscard]] std::uint32_t taken() const noexcept { return conversations() + reservations(); }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  [[nodiscard]] const admission_counts& counts() const noexcept { return counts_; }

 private:
  enum class outcome : std::uint8_t { committed, cancelled, expired, drained };
  struct reservation {
    conversation_id conversation;
    mono_time deadline;
  };

  [[nodiscard]] error refuse(errc code, std::string message, bool later = false);
  [[nodiscard]] error ended_so(outcome how) const;
  void finish(const std::string& request, outcome how);

  const admission_config config_;
  std::unordered_set<conversation_id> present_;
  std::unordered_map<std::string, reservation> reserved_;
  std::set<std::pair<mono_time, std::string>> deadlines_;
  std::unordered_map<std::string, outcome> ended_;
  std::deque<std::string> ended_order_;
  admission_counts counts_;
  double score_ = 0;
  bool draining_ = false;
};

}  // namespace dhr
