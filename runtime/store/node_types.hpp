#pragma once
// What nodes know of each other, and who owns which conversation.
//
//   lease   a node's right to own conversations, for a time on the store's clock. It is one row per
//           node, however many conversations there are, and is renewed as a whole.
//   claim   that a conversation belongs to a node, under an epoch. It holds for as long as the
//           node's lease does; the next claim of the conversation has a higher epoch.
//   wish    what an operator, or who balances the load, would like: that a node has no
//           conversations, or that a conversation is on another node. Its owner hands over when it
//           sees the wish. A wish decides nothing: claims are granted and refused as without it.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"

namespace dhr {

// A node's name in the cluster; a node that is started again keeps it.
struct node_name {
  std::string value;
  friend auto operator<=>(const node_name&, const node_name&) = default;
};

// One run of a node's process: random, never zero.
struct node_incarnation {
  std::uint64_t value = 0;
  friend auto operator<=>(const node_incarnation&, const node_incarnation&) = default;
};

struct node_identity {
  node_name name;
  node_incarnation incarnation;
  friend auto operator<=>(const node_identity&, const node_identity&) = default;
};

// Each from 0 (idle) to 1 (no room). Placement weighs them.
struct node_load {
  double gpu = 0;     // busy share of the busiest device worker
  double memory = 0;  // resident, of what the node may use
  double queue = 0;   // conversations and requests that wait, of the bounds
  friend bool operator==(const node_load&, const node_load&) = default;
};

// What a node tells of itself with each renewal of its lease.
struct node_report {
  node_load load;
  std::uint32_t conversations = 0;
  std::uint32_t conversations_max = 0;
  bool draining = false;    // takes no more conversations
  bool healthy = true;      // its own probes: store, workers, engines, lag of its event loop
  std::uint32_t links = 0;  // nodes that it is connected to
  friend bool operator==(const node_report&, const node_report&) = default;
};

// What a node tells of itself once, at its start.
struct node_facts {
  node_identity identity;
  std::string address;           // where other nodes connect: "host:port"
  std::string build;             // version, for people
  std::uint64_t types_hash = 0;  // of the messages; nodes with different ones do not talk
  std::string zone;              // failure domain; may be empty
  std::map<std::string, std::string> labels;
  friend bool operator==(const node_facts&, const node_facts&) = default;
};

struct node_record {
  node_facts facts;
  node_report report;
  milliseconds lease_left{0};  // on the store's clock at the time of the read; not positive: ended
  bool drain_wanted = false;   // an operator's wish for this incarnation, see want_drain()
  friend bool operator==(const node_record&, const node_record&) = default;
};

// A claim as it is stored.
struct conversation_claim {
  conversation_id id;
  session_epoch epoch;
  std::optional<node_identity> owner;  // nothing: given up, and anybody may claim it
  node_name last_owner;                // whose caches may still be warm; empty: nobody's
  node_name wanted_node{};             // a wish for the next claim, see want_owner(); empty: none
  friend bool operator==(const conversation_claim&, const conversation_claim&) = default;
};

}  // namespace dhr
