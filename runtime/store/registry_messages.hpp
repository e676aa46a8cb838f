#pragma once
// What the node's parts ask of the registry actor, and what a change of the node's lease means to
// whoever owns conversations in its name.

#include <vector>

#include "runtime/store/node_types.hpp"

namespace dhr {

// Each is answered by true, or by an error of lease_store's method of the same name.
struct join_node {
  node_facts facts;
  node_report report;
  milliseconds ttl{0};
  friend bool operator==(const join_node&, const join_node&) = default;
};
struct renew_node {
  node_identity node;
  node_report report;
  milliseconds ttl{0};
  friend bool operator==(const renew_node&, const renew_node&) = default;
};
struct evict_node {
  node_name name;
  friend bool operator==(const evict_node&, const evict_node&) = default;
};

// Answered by how many claims were given up (std::uint64_t).
struct leave_node {
  node_identity node;
  friend bool operator==(const leave_node&, const leave_node&) = default;
};

// Answered by node_list. Nodes that ended long ago are forgotten with it.
struct list_nodes {
  friend bool operator==(const list_nodes&, const list_nodes&) = default;
};
struct node_list {
  std::vector<node_record> nodes;
  friend bool operator==(const node_list&, const node_list&) = default;
};

// Answered by conversation_claim; not_found when nobody ever claimed it.
struct find_claim {
  conversation_id id;
  friend bool operator==(const find_claim&, const find_claim&) = default;
};

// Answered by claim_list: at most `limit`, of one node or of all.
struct list_claims {
  node_name owner;
  std::uint32_t limit = 1'000;
  friend bool operator==(const list_claims&, const list_claims&) = default;
};
struct claim_list {
  std::vector<conversation_claim> claims;
  friend bool operator==(const claim_list&, const claim_list&) = default;
};

// Answered by claim_list: at most `limit` of the node's claims with a wish for another node.
struct list_wishes {
  node_identity owner;
  std::uint32_t limit = 100;
  friend bool operator==(const list_wishes&, const list_wishes&) = default;
};

// Answered by whether the conversation was ever claimed.
struct want_owner {
  conversation_id id;
  node_name wanted;
  friend bool operator==(const want_owner&, const want_owner&) = default;
};

// ---- keeper of the node's lease -> owner of its conversations
// The node has a lease under this identity: conversations may be taken up in its name. Not sent
// before the end_term of the last one was answered.
struct begin_term {
  node_identity node;
  friend bool operator==(const begin_term&, const begin_term&) = default;
};

// The lease ends. Answered, by how many there were, once no conversation of the term is alive.
struct end_term {
  friend bool operator==(const end_term&, const end_term&) = default;
};

}  // namespace dhr
