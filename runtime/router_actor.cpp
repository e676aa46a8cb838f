#include "runtime/router_actor.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"

namespace dhr {
namespace {

constexpr std::string_view owner_mark = "owner:";
constexpr int asked_max = 8;

// One search for a conversation's node.
struct journey {
  open_conversation wanted;
  caf::typed_response_promise<session_actor> promise;
  bool is_new = false;
  mono_time deadline{};
  int asked = 0;        // nodes; each may name another one
  int full = 0;         // of them
  node_name waits_for;  // whose answer counts; empty: nobody's
  placement_request request;
  std::optional<milliseconds> soonest;  // of the times to come again of those that were full
};
using journey_pointer = std::shared_ptr<journey>;

struct known_node {
  node_identity identity;
  node_report report;  // the last one that its view has counted
  node_door door;      // null: not linked
};

// Whom the next owner shall be: as somebody wishes, or the one with warm caches.
const node_name& preferred_owner(const conversation_claim& claim) noexcept {
  return claim.wanted_node.value.empty() ? claim.last_owner : claim.wanted_node;
}

struct node_refusal {
  node_name by;
  error why;
};

// Lives on: the scheduler. Owned by: its actor.
class router_state {
 public:
  static inline const char* name = "router";
  using pointer = router_actor::stateful_pointer<router_state>;

  void start(pointer self, router_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.time != nullptr && options_.registry && options_.local);
  }

  // The first line is this node's own; none: it has no lease.
  void on(const peer_list& told, const std::vector<node_door>& doors) {
    DHR_ASSERT(told.peers.size() == doors.size());
    std::map<node_name, known_node> nodes;
    std::map<node_name, node_view> views;
    for (std::size_t i = 0; i < doors.size(); ++i) {
      const auto& line = told.peers[i];
      if (line.state == peer_state::gone || line.state == peer_state::refused) continue;
      const auto& name_of = line.facts.identity.name;
      views[name_of] = view_of(line);
      nodes[name_of] = {line.facts.identity, line.report, doors[i]};
    }
    self_name_ = told.peers.empty() ? node_name{} : told.peers.front().facts.identity.name;
    nodes_ = std::move(nodes);
    view_.nodes.clear();
    for (auto& [name_of, view] : views) view_.nodes.push_back(std::move(view));
    give_up_lost();
  }

  caf::result<session_actor> open(const open_conversation& message) {
    auto found = std::make_shared<journey>();
    found->wanted = message;
    found->promise = self_->make_response_promise<session_actor>();
    found->deadline = now() + options_.patience;
    found->is_new = message.id.value.empty();
    if (found->is_new) found->wanted.id = make_conversation_id();
    found->request.conversation = found->wanted.id;
    found->request.labels = message.wish.labels;
    if (!message.wish.zone.empty()) {
      found->request.zone = message.wish.zone;
      found->request.wish = zone_wish::required;
    } else if (!options_.preferred_zone.empty()) {
      found->request.zone = options_.preferred_zone;
      found->request.wish = zone_wish::preferred;
    }
    if (found->is_new) {
      place(found);
    } else {
      look_up(found);
    }
    return found->promise;
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  // A report comes every second. What this router has placed since is added to it, so that it does
  // not send everybody to the node that looked emptiest.
  node_view view_of(const peer_line& line) {
    node_view view;
    if (const auto* before = view_.find(line.facts.identity.name)) view = *before;
    const auto known = nodes_.find(line.facts.identity.name);
    const bool is_news = known == nodes_.end() || known->second.identity != line.facts.identity ||
                         known->second.report != line.report;
    peer_told(view, line);
    if (is_news) report_arrived(view, line.report);
    return view;
  }

  // `last`: a node that has just refused; when it is the owner, that ends the search.
  void look_up(const journey_pointer& on, std::optional<node_refusal> last = std::nullopt) {
    self_->request(options_.registry, options_.claim_patience, find_claim{on->wanted.id})
        .then(
            [this, on, last](const conversation_claim& claim) {
              if (!last) on->request.last_owner = preferred_owner(claim);
              if (!claim.owner) return place(on);
              if (last && claim.owner->name == last->by) return refuse(on, last->why);
              ask_owner(on, claim.owner->name);
            },
            [this, on, last](const caf::error& reason) {
              const auto problem = from_caf_error(reason);
              if (problem.code == errc::not_found) return place(on);
              if (last) return refuse(on, last->why);
              refuse(on, {errc::unavailable,
                          "where the conversation is cannot be found out: " + problem.message,
                          {},
                          options_.retry_after});
            });
  }

  // The one that has it is asked and no other: as long as its lease holds, nobody else may have it.
  void ask_owner(const journey_pointer& on, const node_name& owner) {
    if (can_reach(owner)) {
      if (const auto there = address_for(*on, owner)) return redirect(on, owner, *there);
      return ask(on, owner);
    }
    refuse(on, {errc::unavailable,
                "conversation '" + on->wanted.id.value + "' is on node " + owner.value +
                    ", which cannot be reached; it goes on elsewhere when that node's lease ends",
                std::string{owner_mark} + owner.value, options_.retry_after});
  }

  // Where the asker can go by itself, if it can and the owner is another node.
  std::optional<std::string> address_for(const journey& on, const node_name& owner) const {
    const auto* view = owner == self_name_ ? nullptr : view_.find(owner);
    if (on.wanted.redirect_label.empty() || view == nullptr) return std::nullopt;
    const auto known = view->labels.find(on.wanted.redirect_label);
    if (known == view->labels.end() || known->second.empty()) return std::nullopt;
    return known->second;
  }

  void redirect(const journey_pointer& on, const node_name& owner, const std::string& address) {
    refuse(on, {errc::unavailable,
                "the conversation lives on node " + owner.value,
                std::string{redirect_mark} + address,
                {}});
  }

  void place(const journey_pointer& on) {
    const auto planned = plan(view_, on->request, options_.placement);
    if (!planned) return refuse(on, planned.error());
    ask(on, planned.value().node);
  }

  void ask(const journey_pointer& on, const node_name& node) {
    const auto left = on->deadline - now();
    if (left <= nanoseconds{0} || ++on->asked > asked_max) {
      if (on->full == asked_max)
        return refuse(on, {errc::overloaded, "every node that was asked is full"});
      return refuse(on, {errc::deadline, "no node took the conversation in time", {}, {}});
    }
    if (auto* view = view_.find(node)) placement_asked(*view);
    on->waits_for = node;
    waiting_.push_back(on);
    const auto patience = std::min<nanoseconds>(left, options_.node_patience);
    if (node == self_name_) {
      request<session_actor>(options_.local, on, patience,
                             [](const session_actor& session) { return session; });
    } else {
      const auto door = caf::actor_cast<relay_door>(nodes_.at(node).door);
      request<far_relay>(door, on, patience, [this](const far_relay& far) {
        return spawn_near_relay(self_->system(), far, options_.relays);
      });
    }
  }

  // What comes too late is left alone: a session has no client then, a far relay ends by itself.
  template <class Answer, class Door, class MakeSession>
  void request(const Door& door, const journey_pointer& on, nanoseconds patience,
               MakeSession session_of) {
    self_->request(door, std::chrono::ceil<milliseconds>(patience), on->wanted)
        .then(
            [this, on, node = on->waits_for, asked = on->asked, session_of](const Answer& answer) {
              if (!is_answer_to(on, asked)) return;
              if (auto* view = view_.find(node)) placement_granted(*view);
              on->promise.deliver(session_of(answer));
            },
            [this, on, node = on->waits_for, asked = on->asked](const caf::error& reason) {
              if (!is_answer_to(on, asked)) return;
              if (auto* view = view_.find(node)) placement_refused(*view);
              refused(on, node, from_caf_error(reason));
            });
  }

  // False for the late word of a node that was given up.
  bool is_answer_to(const journey_pointer& on, int asked) {
    if (on->asked != asked || on->waits_for.value.empty()) return false;
    stop_waiting(on);
    return true;
  }

  void stop_waiting(const journey_pointer& on) {
    on->waits_for = {};
    std::erase(waiting_, on);
  }

  // CAF does not fail the requests to a node that is lost; they would wait out their time.
  void give_up_lost() {
    const auto asked = waiting_;
    for (const auto& on : asked) {
      const auto node = on->waits_for;
      if (can_reach(node)) continue;
      stop_waiting(on);
      refused(on, node, {errc::unavailable, "node " + node.value + " is lost", {}, {}});
    }
  }

  void refused(const journey_pointer& on, const node_name& node, const error& reason) {
    if (reason.code == errc::not_found || reason.code == errc::invalid_argument) {
      return refuse(on, reason);
    }
    if (std::string_view{reason.where}.starts_with(owner_mark)) {
      return ask_owner(on, {reason.where.substr(owner_mark.size())});
    }
    // Full, draining, without a lease or silent. It may have claimed the conversation all the same,
    // so that the next step asks the store who has it.
    on->request.excluded.push_back(node);
    if (reason.code == errc::overloaded) ++on->full;
    if (reason.code == errc::overloaded && reason.retry_after) {
      on->soonest = std::min(on->soonest.value_or(*reason.retry_after), *reason.retry_after);
    }
    if (on->request.excluded.size() > nodes_.size()) return refuse(on, reason);
    if (on->is_new) return place(on);
    look_up(on, node_refusal{node, reason});
  }

  void refuse(const journey_pointer& on, error reason) {
    if (reason.code == errc::overloaded && on->soonest) reason.retry_after = on->soonest;
    on->promise.deliver(to_caf_error(std::move(reason)));
  }

  bool can_reach(const node_name& node) const {
    if (node == self_name_) return true;
    const auto known = nodes_.find(node);
    return known != nodes_.end() && known->second.door;
  }

  pointer self_ = nullptr;
  router_options options_;
  node_name self_name_;
  std::map<node_name, known_node> nodes_;
  cluster_view view_;
  std::vector<journey_pointer> waiting_;  // for a node's answer
};

router_actor::behavior_type router_behavior(router_state::pointer self,
                                            std::shared_ptr<router_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](const open_conversation& x) { return self->state.open(x); },
          [self](const peer_list& x, const std::vector<node_door>& doors) {
            self->state.on(x, doors);
          }};
}

}  // namespace

router_actor spawn_router(caf::actor_system& system, router_options options) {
  return system.spawn(router_behavior, std::make_shared<router_options>(std::move(options)));
}

}  // namespace dhr
