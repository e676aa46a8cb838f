#include "runtime/cluster/links_actor.hpp"

#include <set>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"
#include "runtime/cluster/introductions.hpp"

namespace dhr {
namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using dial_atom = caf::atom_constant<caf::atom("dial")>;
using links_impl = links_actor::extend<caf::reacts_to<tick_atom, std::uint64_t>,
                                       caf::reacts_to<dial_atom, std::uint64_t>>;

// Lives on: the scheduler. Owned by: its actor.
class links_state {
 public:
  static inline const char* name = "links";
  using pointer = links_impl::stateful_pointer<links_state>;

  void start(pointer self, links_actor_options options, cluster_watcher watcher) {
    self_ = self;
    options_ = std::move(options);
    watcher_ = std::move(watcher);
    DHR_ASSERT(options_.time && options_.metrics && options_.registry);
    DHR_ASSERT(options_.owner && options_.connector);
    links_.emplace(*self_);
    self_->set_down_handler([this](const caf::down_msg& message) { link_down(message.source); });
  }

  // ---- the node's own terms

  void begin(const begin_term& term) {
    facts_ = options_.facts;
    facts_.identity = term.node;
    const auto chance = options_.seed ^ term.node.incarnation.value;
    table_.emplace(facts_, options_.membership);
    dialer_.emplace(facts_.identity.name, options_.dialing, chance);
    seeds_.emplace(options_.seeds, options_.dialing, chance, now());
    self_->send(options_.owner, term);
    tick(++ticks_);
    dial_now();
  }

  // Peers are told nothing: to them this incarnation falls silent, as a dead node does.
  auto end(const end_term& term) {
    forget_all();
    return self_->delegate(options_.owner, term);
  }

  void leave() {
    for (const auto& [peer, one] : links_->all()) self_->send(one.peer, goodbye{facts_.identity});
    forget_all();
  }

  // ---- what peers say

  caf::result<welcome, node_door> on(const hello& caller, node_door door) {
    if (!table_) {
      return to_caf_error({errc::unavailable, "this node has no lease at present", {}, {}});
    }
    if (auto reason = refusal_of(facts_, caller.facts)) {
      options_.metrics->peer_refused(caller.facts.identity, reason->message);
      return to_caf_error(std::move(*reason));
    }
    // Two connections at once can leave an answer without a way back.
    if (!self_->current_sender()) {
      return to_caf_error({errc::unavailable, "the caller cannot be answered: call again", {}, {}});
    }
    incoming_call call{caller.facts, self_->current_sender(), std::move(door),
                       self_->make_response_promise<welcome, node_door>()};
    if (is_registered(caller.facts)) {
      meet(call);
    } else {
      ask_registry_about(call);
    }
    return call.answer;
  }

  void on(const heartbeat& beat) {
    if (table_ && comes_from(beat.from)) obey(table_->heartbeat(beat.from, beat.report, now()));
  }

  void on(const goodbye& message) {
    if (table_ && comes_from(message.from)) obey(table_->goodbye(message.from, now()));
  }

  peer_list list() const {
    return table_ ? list_of(facts_, options_.report(), *table_, *links_) : peer_list{};
  }

  // ---- time

  void tick(std::uint64_t number) {
    if (number != ticks_ || !table_) return;
    const heartbeat beat{facts_.identity, options_.report()};
    for (const auto& [peer, one] : links_->all()) self_->send(one.peer, beat);
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
    const auto* known = links_->find(node);
    return known != nullptr && known->peer == self_->current_sender();
  }

  void forget_all() {
    ++ticks_;
    ++dials_;
    links_->drop_all();
    table_.reset();
    dialer_.reset();
    seeds_.reset();
    tell_watcher();
  }

  // Whoever can open a connection can say hello; the registry alone says who is a node. A run's
  // number is random and told to nobody but nodes.
  bool is_registered(const node_facts& caller) const {
    const auto* known = table_->find(caller.identity);
    return known != nullptr && known->state != peer_state::gone;
  }

  // A node that has just joined calls before this one has read of it.
  void ask_registry_about(incoming_call call) {
    self_->request(options_.registry, options_.dial_patience, list_nodes{})
        .then(
            [this, call, asked_in = facts_.identity](const node_list& found) {
              if (table_ && facts_.identity == asked_in) {
                obey(table_->registry_read(found.nodes, now()));
              }
              meet(call);
            },
            [call](caf::error& reason) mutable { call.answer.deliver(std::move(reason)); });
  }

  // The address is the registry's: what the caller says of itself proves nothing.
  void meet(incoming_call call) {
    if (!table_ || !is_registered(call.facts)) return refuse(call, unknown_caller(call.facts));
    if (!options_.meets_callers) return let_in(call);
    const auto address = split_address(table_->find(call.facts.identity)->facts.address);
    if (!address) return refuse(call, unknown_caller(call.facts));
    self_
        ->request(options_.connector, options_.dial_patience, meet_atom::value, address->first,
                  address->second, call.facts.identity.name.value)
        .then([this, call] { let_in(call); },
              [this, call](const caf::error& reason) {
                refuse(call, false_caller(call.facts, from_caf_error(reason)));
              });
  }

  void let_in(incoming_call call) {
    if (!table_ || !is_registered(call.facts)) return refuse(call, unknown_caller(call.facts));
    link_to(call.facts.identity, call.from, std::move(call.door));
    call.answer.deliver(welcome{facts_}, options_.door);
  }

  void refuse(incoming_call call, error why) {
    options_.metrics->peer_refused(call.facts.identity, why.message);
    call.answer.deliver(to_caf_error(std::move(why)));
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
    for (const auto& seed : seeds_->due(now())) call_seed(seed);
    ++dials_;
    auto at = dialer_->due_at();
    if (const auto seed_at = seeds_->due_at()) at = std::min(at.value_or(*seed_at), *seed_at);
    if (at) {
      self_->delayed_send(self_, std::max(*at - now(), nanoseconds{0}), dial_atom::value, dials_);
    }
  }

  void call(const node_identity& peer) {
    const auto* known = table_->find(peer);
    if (known == nullptr) return dialer_->gone(peer);
    const auto address = split_address(known->facts.address);
    if (!address) return call_failed(peer, "its address is '" + known->facts.address + "'");
    connect(
        *address, peer.name.value,
        [this, peer](const caf::strong_actor_ptr& answerer) { greet(peer, answerer); },
        [this, peer](const error& why) {
          if (why.code == errc::invalid_argument) {
            options_.metrics->peer_refused(peer, "at its address " + why.message);
          }
          call_failed(peer, why.message);
        });
  }

  void greet(const node_identity& peer, const caf::strong_actor_ptr& answerer) {
    say_hello(
        answerer,
        [this, peer, answerer](const node_facts& found, const node_door& door) {
          // Another incarnation may have taken the address; the registry will tell of it.
          if (found.identity != peer) return call_failed(peer, "another node answers");
          if (auto reason = refusal_of(facts_, found)) return call_failed(peer, reason->message);
          link_to(peer, answerer, door);
        },
        [this, peer](const error& why) { call_failed(peer, why.message); });
  }

  void call_failed(const node_identity& peer, const std::string& why) {
    options_.metrics->dial_failed(peer, why);
    if (!dialer_) return;
    dialer_->failed(peer, now());
    dial_now();
  }

  // Who is there is not known before; with certificates, it must be whom the host belongs to.
  void call_seed(const std::string& seed) {
    connect(
        split_address(seed).value(), {},
        [this, seed](const caf::strong_actor_ptr& answerer) { greet_seed(seed, answerer); },
        [this, seed](const error& why) { seed_failed(seed, why.message); });
  }

  void greet_seed(const std::string& seed, const caf::strong_actor_ptr& answerer) {
    if (answerer.get() == self_->ctrl()) return seeds_->is_own(seed);
    say_hello(
        answerer,
        [this, seed, answerer](const node_facts& found, const node_door& door) {
          if (auto reason = refusal_of(facts_, found)) return seed_failed(seed, reason->message);
          // The registry alone says who is a node.
          if (!is_registered(found)) return seed_failed(seed, unknown_answerer(found).message);
          seeds_->found(seed, found.identity);
          if (links_->find(found.identity) == nullptr) link_to(found.identity, answerer, door);
        },
        [this, seed](const error& why) { seed_failed(seed, why.message); });
  }

  void seed_failed(const std::string& seed, const std::string& why) {
    options_.metrics->seed_failed(seed, why);
    if (!seeds_) return;
    seeds_->failed(seed, now());
    dial_now();
  }

  template <class Then, class Otherwise>
  void connect(const std::pair<std::string, std::uint16_t>& address, const std::string& node,
               Then then, Otherwise otherwise) {
    self_
        ->request(options_.connector, options_.dial_patience, caf::connect_atom::value,
                  address.first, address.second, node)
        .then(
            [this, asked_in = facts_.identity, then](const caf::node_id&,
                                                     const caf::strong_actor_ptr& answerer,
                                                     const std::set<std::string>&) {
              if (is_still(asked_in)) then(answerer);
            },
            [this, asked_in = facts_.identity, otherwise](const caf::error& reason) {
              if (is_still(asked_in)) otherwise(from_caf_error(reason));
            });
  }

  template <class Then, class Otherwise>
  void say_hello(const caf::strong_actor_ptr& answerer, Then then, Otherwise otherwise) {
    if (!answerer) {
      return otherwise(error{errc::unavailable, "no node of this program listens there", {}, {}});
    }
    self_
        ->request(caf::actor_cast<remote_links>(answerer), options_.dial_patience, hello{facts_},
                  options_.door)
        .then(
            [this, asked_in = facts_.identity, then](const welcome& answer, const node_door& door) {
              if (is_still(asked_in)) then(answer.facts, door);
            },
            [this, asked_in = facts_.identity, otherwise](const caf::error& reason) {
              if (is_still(asked_in)) otherwise(from_caf_error(reason));
            });
  }

  // Answers may come when the term in which was asked is over.
  bool is_still(const node_identity& node) const { return table_ && facts_.identity == node; }

  void link_to(const node_identity& peer, const caf::strong_actor_ptr& answerer, node_door door) {
    auto other = caf::actor_cast<remote_links>(answerer);
    dialer_->linked(peer);
    self_->send(other, heartbeat{facts_.identity, options_.report()});
    links_->add(peer, std::move(other), std::move(door));
    options_.metrics->links(links_->all().size());
    tell_watcher();
  }

  void drop(const node_identity& peer) {
    seeds_->lost(peer, now());
    if (links_->drop(peer)) options_.metrics->links(links_->all().size());
  }

  void link_down(const caf::actor_addr& source) {
    const auto lost = links_->ended(source);
    if (!lost) return;
    options_.metrics->links(links_->all().size());
    dialer_->lost(*lost, now());
    seeds_->lost(*lost, now());
    obey(table_->link_lost(*lost, now()));
    dial_now();
    tell_watcher();
  }

  void tell_watcher() {
    if (!watcher_) return;
    const auto told = list();
    self_->send(watcher_, told, doors_of(told, options_.door, *links_));
  }

  pointer self_ = nullptr;
  links_actor_options options_;
  cluster_watcher watcher_;
  node_facts facts_;                       // of the term
  std::optional<membership_table> table_;  // the three are there while there is a term
  std::optional<dialer> dialer_;
  std::optional<seed_list> seeds_;
  std::optional<link_book> links_;  // from the start
  std::uint64_t ticks_ = 0;         // the row of ticks that counts
  std::uint64_t dials_ = 0;         // the last timer that was set
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

}  // namespace dhr
