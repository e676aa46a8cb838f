#pragma once
// The port of what makes one service of several nodes: who is there, and who owns which
// conversation. node_types.hpp says what leases and claims are.
//
// All times are the store's own: a lease ends when the store's clock says so, whatever the nodes'
// clocks say. Synchronous and blocking, called from one thread at a time, with the errors of
// conversation_store.hpp; a call that fails with errc::unavailable may have been carried out all
// the same, or be carried out later, without harm to what was called after it; every call may be
// repeated.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/store/conversation_store.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

// The answer to a claim.
struct claim_outcome {
  bool granted = false;
  conversation_claim claim;  // the new one, or the one that is in the way
  friend bool operator==(const claim_outcome&, const claim_outcome&) = default;
};

class lease_store {
 public:
  virtual ~lease_store() = default;

  // Enters a node, or enters it anew, with a lease of `ttl` from now. errc::overloaded with
  // retry_after while another incarnation of its name has a lease: it ends, or leaves, first.
  [[nodiscard]] virtual result<void> join(const node_facts& facts, const node_report& report,
                                          milliseconds ttl) = 0;

  // A lease of `ttl` from now. errc::not_found when the lease has ended or the name is another
  // incarnation's: nothing is renewed, and what the node owned may be others' by now.
  [[nodiscard]] virtual result<void> renew(const node_identity& node, const node_report& report,
                                           milliseconds ttl) = 0;

  // Ends the lease and gives up all claims; how many those were. None when it had no lease.
  [[nodiscard]] virtual result<std::size_t> leave(const node_identity& node) = 0;

  // Ends the lease of whoever has this name, for a caller who knows that the process is gone;
  // whether there was one. A process that lives after all finds out when it renews: until then it
  // serves, but writes nothing of what others have claimed meanwhile.
  [[nodiscard]] virtual result<bool> evict(const node_name& name) = 0;

  // All nodes by name, those whose lease has ended among them until they are forgotten.
  [[nodiscard]] virtual result<std::vector<node_record>> nodes() = 0;

  // Forgets nodes whose lease ended longer ago than `ended_for`; how many.
  [[nodiscard]] virtual result<std::size_t> forget_nodes(milliseconds ended_for) = 0;

  // Makes `node` the owner of a conversation, under an epoch that is higher than that of every
  // claim and snapshot of it so far. Granted when nobody owns it, the owner's lease has ended, or
  // the owner is `node` itself. errc::not_found with where = "lease" when `node` has no lease.
  [[nodiscard]] virtual result<claim_outcome> claim(const conversation_id& id,
                                                    const node_identity& node) = 0;

  // Nothing when it was never claimed, or given up so long ago that it was forgotten. An owner
  // whose lease has ended is no owner any more: it is told as last_owner alone.
  [[nodiscard]] virtual result<std::optional<conversation_claim>> find_claim(
      const conversation_id& id) = 0;

  // From now on anybody may claim it. False, and nothing was changed, when the claim is not
  // `node`'s under this epoch.
  [[nodiscard]] virtual result<bool> give_up(const conversation_id& id, session_epoch epoch,
                                             const node_identity& node) = 0;

  // Whether the node shall be without conversations. The wish is told with the node's record and
  // ends with its incarnation. False, and nothing was changed, when nobody of the name has a lease.
  [[nodiscard]] virtual result<bool> want_drain(const node_name& name, bool wanted) = 0;

  // Where the conversation shall be; an empty name takes the wish back. The wish is told with the
  // claim and ends with the next one, whoever is granted it. False, and nothing was changed, when
  // nobody ever claimed the conversation.
  [[nodiscard]] virtual result<bool> want_owner(const conversation_id& id,
                                                const node_name& wanted) = 0;

  // At most `limit` claims of `owner`, by id, that have a wish for another node.
  [[nodiscard]] virtual result<std::vector<conversation_claim>> wishes(const node_identity& owner,
                                                                       std::size_t limit) = 0;

  // At most `limit` claims that have an owner, by id; of one node, or of all with an empty name.
  [[nodiscard]] virtual result<std::vector<conversation_claim>> claims(const node_name& owner,
                                                                       std::size_t limit) = 0;
};

// What every store of the project is: conversations, and who owns them. A save is refused under
// an epoch that is older than the conversation's claim, so that a replaced owner changes nothing.
class durable_store : public conversation_store {
 public:
  // Lives as long as the store; the same thread calls both.
  [[nodiscard]] virtual lease_store& leases() noexcept = 0;
};

// "label": "value" pairs as they lie in a column.
[[nodiscard]] std::string labels_text(const std::map<std::string, std::string>& labels);
[[nodiscard]] std::map<std::string, std::string> labels_of(std::string_view text);

// Why a store refuses these facts (errc::invalid_argument), if it does.
[[nodiscard]] std::optional<error> refusal(const node_facts& facts);

// The error of a join while the name is taken.
[[nodiscard]] error name_is_taken(const node_identity& by, milliseconds lease_left);
// The error of a node that acts without a lease.
[[nodiscard]] error has_no_lease(const node_identity& node);

}  // namespace dhr
