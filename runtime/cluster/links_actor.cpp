#include "runtime/cluster/links_actor.hpp"

#include <charconv>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"

namespace dhr {
namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using dial_atom = caf::atom_constant<caf::atom("dial")>;
using links_impl = links_actor::extend<caf::reacts_to<tick_atom, std::uint64_t>,
                                       caf::reacts_to<dial_atom, std::uint64_t>>;

// What a peer's links are asked by name: the part of the interface that crosses the wire.
using remote_links = caf::typed_actor<caf::replies_to<hello, node_door>::with<welcome, node_door>,
                                      caf::reacts_to<heartbeat>, caf::reacts_to<goodbye>>;

struct link {
  remote_links peer;
  node_door door;
};

// Lives on: the scheduler. Owned by: its actor.
class links_state {
 public:
  static inline const char* name = "links";
  using pointer = links_impl::stateful_pointer<links_state>;

  void start(pointer self, links_actor_options options, cluster_watcher watcher) {
    self_ = self;
    options_ = std::move(options);
    watcher_ = std::move(watcher);
    DHR_ASSERT(options_.time != nullptr && options_.metrics != nullptr);
    DHR_ASSERT(options_.registry && options_.owner && options_.connector);
    self_->set_down_handler([this](const caf::down_msg& message) { link_down(message.source); });
  }

  // ---- the node's own terms

  void begin(const begin_term& term) {
    facts_ = options_.facts;
    facts_.identity = term.node;
    table_.emplace(facts_, options_.membership);
    dialer_.emplace(facts_.identity.name, options_.dialing,
                    options_.seed ^ term.node.incarnation.value);
    self_->send(options_.owner, term);
    tick(++ticks_);
  }

  // Peers are told nothing: to them this incarnation falls silent, as a dead node does.
  auto end(const end_term& term) {
    forget_all();
    return self_->delegate(options_.owner, term);
  }

  void leave() {
    for (const auto& [peer, one] : links_) self_->send(one.peer, goodbye{facts_.identity});
    forget_all();
  }

  // ---- what peers say

  caf::result<welcome, node_door> on(const hello& caller, node_door door) {
    if (!table_) {
      return to_caf_error({errc::unavailable, "this node has no lease at present", {}, {}});
    }
    if (auto reason = refusal_of(caller.facts)) {
      options_.metrics->peer_refused(caller.facts.identity, reason->message);
      return to_caf_error(std::move(*reason));
    }
    // Two connections at once can leave an answer without a way back.
    if (!self_->current_sender()) {
      return to_caf_error({errc::unavailable, "the caller cannot be answered: call again", {}, {}});
    }
    if (!is_registered(caller.facts)) return ask_registry_about(caller, std::move(door));
    link_to(caller.facts.identity, self_->current_sender(), std::move(door));
    return {welcome{facts_}, options_.door};
  }

  void on(const heartbeat& beat) {
    if (table_ && comes_from(beat.from)) obey(table_->heartbeat(beat.from, beat.report, now()));
  }

  void on(const goodbye& message) {
    if (table_ && comes_from(message.from)) obey(table_->goodbye(message.from, now()));
  }

  peer_list list() const {
    peer_list told;
    if (!table_) return told;
    told.peers.push_back({facts_, options_.report(), peer_state::alive, true});
    for (const auto& [name_of, known] : table_->peers()) {
      told.peers.push_back(
          {known.facts, known.report, known.state, links_.contains(known.facts.identity)});
    }
    return told;
  }

  // ---- time

  void tick(std::uint64_t number) {
    if (number != ticks_ || !table_) return;
    const heartbeat beat{facts_.identity, options_.report()};
    for (const auto& [peer, one] : links_) self_->send(one.peer, beat);
    read_registry();
    obey(table_->tick(now()));
    tell_watcher();
    self_->delayed_send(self_, options_.membership.heartbeat, tick_atom::value, number);
  }

  void dial(std::uint64_t timer) {
    if (timer == dials_ && dialer_) dial_now();
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  // A node speaks for itself alone.
  bool comes_from(const node_identity& node) const {
    const auto known = links_.find(node);
    return known != links_.end() && known->second.peer == self_->current_sender();
  }

  void forget_all() {
    ++ticks_;
    ++dials_;
    for (const auto& [peer, one] : links_) self_->demonitor(one.peer.address());
    links_.clear();
    table_.reset();
    dialer_.reset();
    tell_watcher();
  }

  std::optional<error> refusal_of(const node_facts& peer) const {
    const auto& names = peer.identity.name.value;
    if (peer.identity.name == facts_.identity.name) {
      return error{errc::invalid_argument, "two nodes are named " + names, "cluster.node", {}};
    }
    if (peer.types_hash != facts_.types_hash) {
      return error{errc::invalid_argument,
                   "node " + names + " (version " + peer.build + ") and node " +
                       facts_.identity.name.value + " (version " + facts_.build +
                       ") have different messages and cannot talk: run versions that can",
                   "build",
                   {}};
    }
    return std::nullopt;
  }

  // Whoever can open a connection can say hello; the registry alone says who is a node. A run's
  // number is random and told to nobody but nodes.
  bool is_registered(const node_facts& caller) const {
    const auto* known = table_->find(caller.identity);
    return known != nullptr && known->state != peer_state::gone;
  }

  // A node that has just joined calls before this one has read of it.
  caf::result<welcome, node_door> ask_registry_about(const hello& caller, node_door door) {
    auto promise = self_->make_response_promise<welcome, node_door>();
    self_->request(options_.registry, options_.dial_patience, list_nodes{})
        .then(
            [this, promise, facts = caller.facts, from = self_->current_sender(),
             door = std::move(door), asked_in = facts_.identity](const node_list& found) mutable {
              if (table_ && facts_.identity == asked_in) {
                obey(table_->registry_read(found.nodes, now()));
              }
              if (!table_ || !is_registered(facts)) {
                promise.deliver(refuse_unknown(facts));
              } else {
                link_to(facts.identity, from, std::move(door));
                promise.deliver(welcome{facts_}, options_.door);
              }
            },
            [promise](caf::error& reason) mutable { promise.deliver(std::move(reason)); });
    return promise;
  }

  caf::error refuse_unknown(const node_facts& caller) {
    const auto& names = caller.identity.name.value;
    error reason{
        errc::unavailable,
        "a caller says that it is node " + names + ", and the registry knows no such run of it",
        {},
        {}};
    options_.metrics->peer_refused(caller.identity, reason.message);
    return to_caf_error(std::move(reason));
  }

  void read_registry() {
    if (reading_) return;
    reading_ = true;
    const auto asked_in = facts_.identity;
    self_->request(options_.registry, options_.membership.silence_max, list_nodes{})
        .then(
            [this, asked_in](const node_list& found) {
              reading_ = false;
              if (table_ && facts_.identity == asked_in) {
                obey(table_->registry_read(found.nodes, now()));
              }
            },
            // While the store is away the links alone say who is there.
            [this](const caf::error&) { reading_ = false; });
  }

  void obey(const peer_changes& changes) {
    if (changes.empty()) return;
    for (const auto& change : changes) {
      options_.metrics->peer_changed(change);
      switch (change.event) {
        case peer_event::found:
          dialer_->found(change.peer, now());
          break;
        case peer_event::gone:
        case peer_event::refused:
          dialer_->gone(change.peer);
          drop(change.peer);
          break;
        case peer_event::unknown:
          read_registry();
          break;
        case peer_event::heard:
        case peer_event::suspected:
        case peer_event::recovered:
        case peer_event::draining:
        case peer_event::displaced:
          break;
      }
    }
    dial_now();
    tell_watcher();
  }

  void dial_now() {
    for (const auto& peer : dialer_->due(now())) call(peer);
    ++dials_;
    if (const auto at = dialer_->due_at()) {
      self_->delayed_send(self_, std::max(*at - now(), nanoseconds{0}), dial_atom::value, dials_);
    }
  }

  void call(const node_identity& peer) {
    const auto* known = table_->find(peer);
    if (known == nullptr) return dialer_->gone(peer);
    const auto address = split_address(known->facts.address);
    if (!address) return call_failed(peer, "its address is '" + known->facts.address + "'");
    self_
        ->request(options_.connector, options_.dial_patience, caf::connect_atom::value,
                  address->first, address->second)
        .then([this, peer](const caf::node_id&, const caf::strong_actor_ptr& answerer,
                           const std::set<std::string>&) { greet(peer, answerer); },
              [this, peer](const caf::error& reason) {
                call_failed(peer, from_caf_error(reason).message);
              });
  }

  void greet(const node_identity& peer, const caf::strong_actor_ptr& answerer) {
    if (!table_) return;
    if (!answerer) return call_failed(peer, "no node of this program listens there");
    const auto other = caf::actor_cast<remote_links>(answerer);
    const auto asked_in = facts_.identity;
    self_->request(other, options_.dial_patience, hello{facts_}, options_.door)
        .then(
            [this, peer, answerer, asked_in](const welcome& answer, const node_door& door) {
              if (!table_ || facts_.identity != asked_in) return;
              // Another incarnation may have taken the address; the registry will tell of it.
              if (answer.facts.identity != peer) return call_failed(peer, "another node answers");
              if (auto reason = refusal_of(answer.facts)) return call_failed(peer, reason->message);
              link_to(peer, answerer, door);
            },
            [this, peer](const caf::error& reason) {
              call_failed(peer, from_caf_error(reason).message);
            });
  }

  void call_failed(const node_identity& peer, const std::string& why) {
    options_.metrics->dial_failed(peer, why);
    if (!dialer_) return;
    dialer_->failed(peer, now());
    dial_now();
  }

  void link_to(const node_identity& peer, const caf::strong_actor_ptr& answerer, node_door door) {
    // Its earlier runs as well: their links may be the same actor, which is monitored only once.
    drop_all_of(peer.name);
    auto other = caf::actor_cast<remote_links>(answerer);
    self_->monitor(other);
    dialer_->linked(peer);
    self_->send(other, heartbeat{facts_.identity, options_.report()});
    links_.emplace(peer, link{std::move(other), std::move(door)});
    options_.metrics->links(links_.size());
    tell_watcher();
  }

  void drop_all_of(const node_name& name_of) {
    std::vector<node_identity> runs;
    for (const auto& [peer, one] : links_) {
      if (peer.name == name_of) runs.push_back(peer);
    }
    for (const auto& peer : runs) drop(peer);
  }

  void drop(const node_identity& peer) {
    const auto known = links_.find(peer);
    if (known == links_.end()) return;
    self_->demonitor(known->second.peer.address());
    links_.erase(known);
    options_.metrics->links(links_.size());
  }

  void link_down(const caf::actor_addr& source) {
    for (const auto& [peer, one] : links_) {
      if (one.peer.address() != source) continue;
      const auto lost = peer;
      links_.erase(lost);
      options_.metrics->links(links_.size());
      dialer_->lost(lost, now());
      obey(table_->link_lost(lost, now()));
      dial_now();
      return tell_watcher();
    }
  }

  void tell_watcher() {
    if (!watcher_) return;
    auto told = list();
    std::vector<node_door> doors;
    for (const auto& line : told.peers) {
      const auto known = links_.find(line.facts.identity);
      if (known != links_.end()) {
        doors.push_back(known->second.door);
      } else {
        doors.push_back(line.facts.identity == facts_.identity ? options_.door : node_door{});
      }
    }
    self_->send(watcher_, std::move(told), std::move(doors));
  }

  pointer self_ = nullptr;
  links_actor_options options_;
  cluster_watcher watcher_;
  node_facts facts_;                       // of the term
  std::optional<membership_table> table_;  // both are there while there is a term
  std::optional<dialer> dialer_;
  std::map<node_identity, link> links_;
  std::uint64_t ticks_ = 0;  // the row of ticks that counts
  std::uint64_t dials_ = 0;  // the last timer that was set
  bool reading_ = false;
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
links_impl::behavior_type links_behavior(links_state::pointer self,
                                         std::shared_ptr<links_actor_options> options,
                                         cluster_watcher watcher) {
  self->state.start(self, std::move(*options), std::move(watcher));
  return {[self](const hello& x, node_door door) { return self->state.on(x, std::move(door)); },
          [self](const heartbeat& x) { self->state.on(x); },
          [self](const goodbye& x) { self->state.on(x); },
          [self](const begin_term& x) { self->state.begin(x); },
          [self](const end_term& x) { return self->state.end(x); },
          [self](const leave_cluster&) { self->state.leave(); },
          [self](const list_peers&) { return self->state.list(); },
          [self](tick_atom, std::uint64_t number) { self->state.tick(number); },
          [self](dial_atom, std::uint64_t timer) { self->state.dial(timer); }};
}

}  // namespace

links_actor spawn_links(caf::actor_system& system, links_actor_options options,
                        cluster_watcher watcher) {
  return system.spawn(links_behavior, std::make_shared<links_actor_options>(std::move(options)),
                      std::move(watcher));
}

std::optional<std::pair<std::string, std::uint16_t>> split_address(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos || colon == 0) return std::nullopt;
  std::uint16_t port = 0;
  const auto* last = address.data() + address.size();
  const auto [end, code] = std::from_chars(address.data() + colon + 1, last, port);
  if (code != std::errc{} || end != last || port == 0) return std::nullopt;
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::pair{std::move(host), port};
}

}  // namespace dhr
