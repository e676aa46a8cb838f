#include "runtime/wishes_actor.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"
#include "runtime/cluster/placement_planner.hpp"

namespace dhr {
namespace {

using look_atom = caf::atom_constant<caf::atom("look")>;

constexpr std::uint32_t claims_max = 10'000;  // of which some are chosen to be given away

cluster_view view_of(const peer_list& peers) {
  cluster_view view;
  for (const auto& line : peers.peers) {
    if (line.state == peer_state::gone || line.state == peer_state::refused) continue;
    node_view node;
    peer_told(node, line);
    report_arrived(node, line.report);
    view.nodes.push_back(std::move(node));
  }
  return view;
}

// Why a node cannot take a conversation, if it cannot.
std::optional<std::string> obstacle(const cluster_view& view, const node_name& wanted) {
  const auto* node = view.find(wanted);
  if (node == nullptr || !not_suspected(*node)) return "it cannot be reached";
  if (!not_draining(*node)) return "it is drained";
  if (!healthy(*node)) return "it is not well";
  if (!has_room(*node)) return "it is full";
  return std::nullopt;
}

// Lives on: the scheduler. Owned by: its actor.
class wishes_state {
 public:
  static inline const char* name = "wishes";
  using pointer = caf::stateful_actor<wishes_state>*;

  explicit wishes_state(pointer self) noexcept : self_{self} {}

  void start(wishes_options options) {
    options_ = std::move(options);
    DHR_ASSERT(options_.time != nullptr && options_.registry && options_.links);
    DHR_ASSERT(options_.gate && options_.directory && options_.metrics != nullptr);
    chance_.seed(options_.seed);
    if (options_.balance) share_.emplace(*options_.balance, options_.time->now());
    self_->send(self_, look_atom::value);
  }

  // A look whose answers are slow is not overtaken by the next one.
  void look() {
    self_->delayed_send(self_, options_.every, look_atom::value);
    if (std::exchange(looks_, true)) return;
    ask(
        options_.links, [this](const peer_list& peers) { on(peers); }, list_peers{});
  }

 private:
  // Whatever goes wrong is tried again with the next look.
  template <class Target, class Then, class... Message>
  void ask(const Target& target, Then then, Message... message) {
    self_->request(target, options_.patience, std::move(message)...)
        .then(std::move(then), [this](const caf::error&) { looks_ = false; });
  }

  // The first line is this node's own; none: it has no lease.
  void on(const peer_list& peers) {
    if (peers.peers.empty()) {
      looks_ = false;
      return;
    }
    node_ = peers.peers.front().facts.identity;
    view_ = view_of(peers);
    ask(
        options_.registry, [this](const node_list& found) { on(found); }, list_nodes{});
  }

  void on(const node_list& found) {
    for (const auto& record : found.nodes) {
      if (record.facts.identity == node_) keep_drained_if(record.drain_wanted);
    }
    ask(
        options_.registry, [this](const claim_list& wished) { on(wished); },
        list_wishes{node_, options_.at_once_max});
  }

  void keep_drained_if(bool wanted) {
    if (std::exchange(drained_, wanted) == wanted) return;
    options_.metrics->drain_wanted(wanted);
    self_->send(options_.gate, keep_drained{wanted, options_.grace});
  }

  void on(const claim_list& wished) {
    std::set<conversation_id> leaving;
    for (const auto& claim : wished.claims) {
      const bool is_new = !leaving_.contains(claim.id);
      const auto why = is_new ? obstacle(view_, claim.wanted_node) : std::nullopt;
      if (why) {
        options_.metrics->wish_dropped(claim.id, claim.wanted_node, *why);
        wish(claim.id, {});
        continue;
      }
      leaving.insert(claim.id);
      if (is_new) options_.metrics->handing_over(claim.id, claim.wanted_node);
      // Again with each look: the directory forgets it while the conversation is being loaded.
      self_->send(options_.directory, hand_over_conversation{claim.id, options_.grace});
    }
    leaving_ = std::move(leaving);
    give_away();
  }

  void give_away() {
    std::vector<node_move> moves;
    if (share_ && !drained_) moves = share_->due(view_, node_.name, options_.time->now());
    if (moves.empty()) {
      looks_ = false;
      return;
    }
    ask(
        options_.registry,
        [this, moves](const claim_list& owned) {
          looks_ = false;
          choose(moves, owned);
        },
        list_claims{node_.name, claims_max});
  }

  // Any of them: who has waited longest, or is silent, only their sessions know.
  void choose(const std::vector<node_move>& moves, claim_list owned) {
    auto& claims = owned.claims;
    std::shuffle(claims.begin(), claims.end(), chance_);
    for (const auto& move : moves) {
      std::uint32_t given = 0;
      for (; given < move.count && !claims.empty(); claims.pop_back()) {
        if (!claims.back().wanted_node.value.empty()) continue;
        wish(claims.back().id, move.to);
        ++given;
      }
      options_.metrics->giving_away(given, move.to);
    }
  }

  // One that is lost leaves the conversation where it is.
  void wish(const conversation_id& id, const node_name& wanted) {
    self_->request(options_.registry, options_.patience, want_owner{id, wanted})
        .then([](bool) {}, [](const caf::error&) {});
  }

  pointer self_;
  wishes_options options_;
  std::optional<giving_share> share_;
  std::mt19937_64 chance_;
  bool looks_ = false;  // answers are awaited
  node_identity node_;
  cluster_view view_;
  bool drained_ = false;
  std::set<conversation_id> leaving_;  // handed over, and still claimed
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
caf::behavior wishes_behavior(wishes_state::pointer self,
                              const std::shared_ptr<wishes_options>& options) {
  self->state.start(std::move(*options));
  return {[self](look_atom) { self->state.look(); }};
}

}  // namespace

caf::actor spawn_wishes(caf::actor_system& system, wishes_options options) {
  return system.spawn(wishes_behavior, std::make_shared<wishes_options>(std::move(options)));
}

}  // namespace dhr
