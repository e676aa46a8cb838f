#pragma once
// What this node believes of its peers, from two sources: the store's registry says who there is
// and who is over, the links say who can be heard.
//
//               registry           heartbeat
//   (unknown) ───────────▶ joining ─────────▶ alive ◀──────────┐
//                             │                 │ silence,     │ heartbeat
//                             │ silence         ▼ link lost    │
//                             └───────────▶ suspected ─────────┘
//   any ── lease ended, row gone, goodbye, newer incarnation ──▶ gone
//   (unknown) ── registry, other message types ──▶ refused ── as above ──▶ gone
//
// The registry alone introduces an incarnation and ends one: incarnations are random, so that of
// two only the store knows which is the newer, and nobody may take over a suspected peer's
// conversations before its lease has ended. While the store cannot be read nobody is gone, only
// suspected. An incarnation that is gone stays gone. A node that has paused for so long finds its
// lease lost and comes back under another incarnation.

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

enum class peer_state : std::uint8_t {
  joining,    // in the registry, not yet heard
  alive,      // heard of within the timeout
  suspected,  // silent, and its lease may still hold
  refused,    // its messages are of other types; not spoken to
  gone,       // its lease is over; others may take its conversations
};
[[nodiscard]] std::string_view to_string(peer_state state) noexcept;

// G4: a peer that dies right after a heartbeat is noticed `silence_max` later, as soon as tick() is
// called; with a tick every heartbeat that is within 6 s.
struct membership_config {
  milliseconds heartbeat{1'000};
  milliseconds silence_max{5'000};
  milliseconds gone_kept{600'000};  // how long a peer that is gone is remembered
};

// Sentences on what does not fit together; empty if everything does.
[[nodiscard]] std::vector<std::string> check(const membership_config& config);

struct peer {
  node_facts facts;
  node_report report;  // the newest, of a heartbeat or the registry
  peer_state state = peer_state::joining;
  mono_time since{};       // in this state
  mono_time heard{};       // the last heartbeat, or when it was introduced
  mono_time lease_ends{};  // on this node's clock, by the last read; to show, not to decide by
  std::string reason;      // why refused, suspected or gone
};

enum class peer_event : std::uint8_t {
  found,      // connect to it
  heard,      // first heartbeat: it takes part
  suspected,  // fail what waits for its answers; ask nothing of it
  recovered,  // heard again
  draining,   // says that it takes no more conversations
  refused,    // do not connect, tell the log
  gone,       // disconnect, fail what waits; its claims are void
  unknown,    // somebody is heard whom the registry has not told of: read it again
  displaced,  // this node's own name belongs to another incarnation: fence, and do not go on
};
[[nodiscard]] std::string_view to_string(peer_event event) noexcept;

struct peer_change {
  peer_event event = peer_event::found;
  node_identity peer;
  std::string reason;  // a sentence for the log; may be empty
  friend bool operator==(const peer_change&, const peer_change&) = default;
};
using peer_changes = std::vector<peer_change>;

// Lives on: the node's actor. Not thread-safe. `now` does not go back. Each call answers what it
// has changed, in order.
class membership_table {
 public:
  membership_table(node_facts self, membership_config config);

  // All rows of the registry, by a read that began after this node had its lease. Of two reads the
  // later one is given later.
  [[nodiscard]] peer_changes registry_read(std::span<const node_record> records, mono_time now);
  [[nodiscard]] peer_changes heartbeat(const node_identity& from, const node_report& report,
                                       mono_time now);
  [[nodiscard]] peer_changes link_lost(const node_identity& to, mono_time now);
  // The peer has said goodbye: its conversations are handed over and its lease is given up.
  [[nodiscard]] peer_changes goodbye(const node_identity& from, mono_time now);
  [[nodiscard]] peer_changes tick(mono_time now);

  // When tick() has something to do; nothing if only an event can change anything.
  [[nodiscard]] std::optional<mono_time> due_at() const;

  // Null unless the peer's current incarnation is this one.
  [[nodiscard]] const peer* find(const node_identity& identity) const;
  // One entry per name, its newest incarnation.
  [[nodiscard]] const std::map<node_name, peer>& peers() const noexcept { return peers_; }
  // How many incarnations that are gone are known as such: those of `gone_kept`, at most 1,024.
  [[nodiscard]] std::size_t remembered() const noexcept { return past_.size(); }

 private:
  struct past {
    node_identity identity;
    mono_time since;
  };

  peer* current(const node_identity& identity);
  void hear_record(const node_record& record, mono_time now);
  void introduce(const node_record& record, mono_time now);
  void take_report(peer& known, const node_report& report);
  void suspect(peer& known, std::string reason, mono_time now);
  void end(peer& known, std::string reason, mono_time now);
  [[nodiscard]] bool is_past(const node_identity& identity) const;
  void tell(peer_event event, const node_identity& identity, std::string reason = {});
  [[nodiscard]] peer_changes taken();

  const node_facts self_;
  const membership_config config_;
  std::map<node_name, peer> peers_;
  std::deque<past> past_;  // incarnations that are gone, oldest first
  peer_changes changes_;
  bool displaced_ = false;
};

}  // namespace dhr
