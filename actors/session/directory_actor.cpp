#include "actors/session/directory_actor.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "actors/session/memory_codec.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

using retry_atom = caf::atom_constant<caf::atom("retry")>;
using left_atom = caf::atom_constant<caf::atom("left")>;
// The interface with the actor's own timers.
using directory_impl = directory_actor::extend<caf::reacts_to<retry_atom, give_up_conversation>,
                                               caf::reacts_to<left_atom, conversation_id>>;

// Who has looked up a conversation's owner asks it within this time, and may be late: what was
// handed over since then is not to come back by that.
constexpr std::chrono::seconds late_askers_max{3};

struct living_session {
  session_actor session;
  std::string owner;
  session_epoch epoch;
};

// Somebody waits for a conversation that is being loaded.
struct waiting_client {
  caf::typed_response_promise<session_actor> promise;
  std::string owner;
};

// What the store knew of a conversation that is about to begin.
struct loaded_conversation {
  session_epoch epoch;  // the claimed one; zero without claims
  std::optional<conversation_snapshot> stored;
};

error unknown(const conversation_id& id) {
  return {errc::not_found, "there is no conversation '" + id.value + "'", {}, {}};
}

error shutting_down() { return {errc::unavailable, "the server is shutting down", {}, {}}; }

error kept_drained() {
  return {errc::unavailable, "this node is drained: ask another one", {}, {}};
}

error handed_over() {
  return {errc::unavailable, "the conversation goes on at another node: ask again", {}, {}};
}

error without_lease(milliseconds retry_after) {
  return {errc::unavailable,
          "this node has lost its place in the cluster and is taking it up again",
          {},
          retry_after};
}

error lives_elsewhere(const conversation_claim& claim) {
  const auto& node = claim.owner ? claim.owner->name.value : claim.last_owner.value;
  return {errc::unavailable,
          "conversation '" + claim.id.value + "' lives on node " + node,
          "owner:" + node,
          {}};
}

struct directory_state {
  static inline const char* name = "directory";

  directory_impl::pointer self;
  directory_config config;
  session_factory make_session;
  std::unordered_map<conversation_id, living_session> sessions;
  std::unordered_map<conversation_id, std::vector<waiting_client>> loading;
  std::uint64_t last_epoch = 0;
  std::optional<node_identity> term;            // of the node's lease
  std::unordered_set<conversation_id> leaving;  // handed over, lately or not yet given up
  bool drained_for_now = false;
  bool draining = false;  // for good
  std::uint32_t drained_count = 0;
  std::vector<caf::typed_response_promise<std::uint32_t>> drained;
  std::vector<std::pair<caf::typed_response_promise<std::uint32_t>, std::uint32_t>> left;

  explicit directory_state(directory_impl::pointer actor) noexcept : self{actor} {}

  caf::result<session_actor> open(const open_conversation& message) {
    if (draining) return to_caf_error(shutting_down());
    if (drained_for_now) return to_caf_error(kept_drained());
    if (leaving.contains(message.id)) return to_caf_error(handed_over());
    const auto known = sessions.find(message.id);
    if (known != sessions.end()) {
      if (known->second.owner != message.owner) return to_caf_error(unknown(message.id));
      return known->second.session;
    }
    if (config.claims && !term) return to_caf_error(without_lease(config.retry_after));
    if (sessions.size() + loading.size() >= config.sessions_max) {
      return to_caf_error(
          {errc::overloaded,
           "the server holds its " + std::to_string(config.sessions_max) + " conversations already",
           {},
           config.retry_after});
    }
    const bool is_new = message.id.value.empty();
    const auto id = is_new ? make_conversation_id() : message.id;
    if (config.claims) return take_up(id, message.owner);
    if (is_new || !config.store) return begin(id, message.owner, {}, {});
    return load(id, message.owner);
  }

  session_actor begin(const conversation_id& id, const std::string& owner, session_epoch epoch,
                      std::optional<session_memory> restored) {
    if (!config.claims) epoch.value = std::max(++last_epoch, epoch.value + 1);
    auto session = make_session(id, owner, epoch, std::move(restored));
    self->monitor(session);
    sessions.emplace(id, living_session{session, owner, epoch});
    return session;
  }

  // True for the first one that waits: the one who asks the store. All its owner's clients who ask
  // for a conversation meanwhile get the same session.
  bool wait_for(const conversation_id& id, const std::string& owner,
                caf::typed_response_promise<session_actor> promise) {
    auto& waiting = loading[id];
    waiting.push_back({std::move(promise), owner});
    return waiting.size() == 1;
  }

  caf::result<session_actor> load(const conversation_id& id, const std::string& owner) {
    auto promise = self->make_response_promise<session_actor>();
    if (!wait_for(id, owner, promise)) return promise;
    self->request(config.store, config.load_timeout, load_conversation{id})
        .then(
            [this, id](conversation_snapshot& stored) {
              const auto epoch = stored.epoch;
              loaded(id, {epoch, std::move(stored)});
            },
            [this, id](const caf::error& reason) {
              const auto problem = from_caf_error(reason);
              if (problem.code == errc::not_found) return loaded(id, {});
              cannot_load(id, problem);
            });
    return promise;
  }

  caf::result<session_actor> take_up(const conversation_id& id, const std::string& owner) {
    auto promise = self->make_response_promise<session_actor>();
    if (!wait_for(id, owner, promise)) return promise;
    const auto asked_in = *term;
    self->request(config.store, config.load_timeout, take_up_conversation{id, asked_in})
        .then(
            [this, id, asked_in](taken_up& answer) {
              if (!answer.granted) return refuse(id, lives_elsewhere(answer.claim));
              // The claim went with its term.
              if (term != asked_in) return refuse(id, without_lease(config.retry_after));
              loaded(id, {answer.claim.epoch, std::move(answer.stored)});
            },
            [this, id](const caf::error& reason) {
              cannot_load(id, from_caf_error(reason));
              // It may be granted all the same, now or later.
              give_up(id, std::nullopt);
            });
    return promise;
  }

  void cannot_load(const conversation_id& id, const error& problem) {
    refuse(id, {errc::unavailable,
                "the conversation cannot be loaded: " + problem.message,
                {},
                problem.retry_after});
  }

  void loaded(const conversation_id& id, loaded_conversation found) {
    if (draining || drained_for_now) {
      give_up(id, found.epoch);
      return refuse(id, draining ? shutting_down() : kept_drained());
    }
    auto waiting = take_waiting(id);
    auto restored = found.stored ? std::optional{memory_of(*found.stored)} : std::nullopt;
    const auto owner = restored ? restored->owner : waiting.front().owner;
    session_actor session;
    for (auto& client : waiting) {
      if (client.owner != owner) {
        client.promise.deliver(to_caf_error(unknown(id)));
        continue;
      }
      if (!session) session = begin(id, owner, found.epoch, std::move(restored));
      client.promise.deliver(session);
    }
    if (!session) give_up(id, found.epoch);
  }

  void refuse(const conversation_id& id, const error& reason) {
    for (auto& client : take_waiting(id)) client.promise.deliver(to_caf_error(reason));
  }

  std::vector<waiting_client> take_waiting(const conversation_id& id) {
    auto waiting = std::move(loading[id]);
    loading.erase(id);
    return waiting;
  }

  void give_up(const conversation_id& id, std::optional<session_epoch> epoch) {
    if (config.claims && term) give_up(give_up_conversation{id, epoch, *term});
  }

  // Until the store has taken it back: others would look for it here as long as the lease holds.
  void give_up(const give_up_conversation& wanted) {
    const bool is_back = sessions.contains(wanted.id) || loading.contains(wanted.id);
    if (term != wanted.node || (is_back && !wanted.epoch)) return;
    self->request(config.store, config.load_timeout, wanted)
        .then(
            [this, id = wanted.id](bool) {
              if (!leaving.contains(id)) return;
              self->delayed_send(self, late_askers_max, left_atom::value, id);
            },
            [this, wanted](const caf::error&) {
              self->delayed_send(self, config.give_up_retry, retry_atom::value, wanted);
            });
  }

  // The store has refused what it saved.
  void replaced(const conversation_replaced& lost) {
    const auto known = sessions.find(lost.id);
    if (known == sessions.end() || known->second.epoch != lost.epoch) return;
    self->send(known->second.session, leave_conversation{});
  }

  caf::result<std::uint32_t> drain(const drain_all& message) {
    draining = true;
    drained_count = static_cast<std::uint32_t>(sessions.size());
    if (sessions.empty()) return drained_count;
    auto promise = self->make_response_promise<std::uint32_t>();
    drained.push_back(promise);
    for (const auto& [id, living] : sessions) {
      self->send(living.session, drain_session{message.grace, message.moves});
    }
    return promise;
  }

  void hand_over(const hand_over_conversation& wanted) {
    const auto known = sessions.find(wanted.id);
    if (known == sessions.end() || !leaving.insert(wanted.id).second) return;
    self->send(known->second.session, drain_session{wanted.grace, true});
  }

  void drain_for_now(const keep_drained& wanted) {
    if (std::exchange(drained_for_now, wanted.drained) == wanted.drained) return;
    if (wanted.drained) {
      for (const auto& [id, living] : sessions) hand_over({id, wanted.grace});
    } else {
      std::erase_if(leaving, [this](const auto& id) { return !sessions.contains(id); });
    }
  }

  void begin_term_of(const node_identity& node) {
    DHR_ASSERT(sessions.empty() || term == node);
    term = node;
  }

  caf::result<std::uint32_t> end_the_term() {
    term.reset();
    leaving.clear();  // what the store is to have back, it has with the lease
    const auto count = static_cast<std::uint32_t>(sessions.size());
    if (sessions.empty()) return count;
    auto promise = self->make_response_promise<std::uint32_t>();
    left.push_back({promise, count});
    for (const auto& [id, living] : sessions) self->send(living.session, leave_conversation{});
    return promise;
  }

  void session_ended(const caf::down_msg& message) {
    const auto ended = std::find_if(sessions.begin(), sessions.end(), [&](const auto& entry) {
      return message.source == entry.second.session;
    });
    if (ended == sessions.end()) return;
    give_up(ended->first, ended->second.epoch);
    sessions.erase(ended);
    if (!sessions.empty()) return;
    for (auto& [promise, count] : std::exchange(left, {})) promise.deliver(count);
    if (!draining) return;
    for (auto& promise : std::exchange(drained, {})) promise.deliver(drained_count);
  }
};

directory_impl::behavior_type directory_behavior(
    directory_impl::stateful_pointer<directory_state> self, directory_config config,
    session_factory make_session) {
  self->state.config = std::move(config);
  self->state.make_session = std::move(make_session);
  self->set_down_handler([self](caf::down_msg& x) { self->state.session_ended(x); });
  return {
      [self](const open_conversation& x) { return self->state.open(x); },
      [self](const drain_all& x) { return self->state.drain(x); },
      [self](const hand_over_conversation& x) { self->state.hand_over(x); },
      [self](const keep_drained& x) { self->state.drain_for_now(x); },
      [self](const begin_term& x) { self->state.begin_term_of(x.node); },
      [self](const end_term&) { return self->state.end_the_term(); },
      [self](const conversation_replaced& x) { self->state.replaced(x); },
      [self](retry_atom, const give_up_conversation& x) { self->state.give_up(x); },
      [self](left_atom, const conversation_id& id) { self->state.leaving.erase(id); },
  };
}

}  // namespace

directory_actor spawn_directory(caf::actor_system& system, directory_config config,
                                session_factory make_session) {
  DHR_ASSERT(!config.claims || config.store);
  return system.spawn(directory_behavior, std::move(config), std::move(make_session));
}

}  // namespace dhr
