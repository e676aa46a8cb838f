#include "runtime/store/registry_actor.hpp"

#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"

namespace dhr {
namespace {

// Lives on: the actor's thread. Owned by: its actor.
struct registry_state {
  static inline const char* name = "registry";
  registry_state() noexcept = default;

  std::unique_ptr<durable_store> store;

  lease_store& leases() { return store->leases(); }

  static caf::result<bool> done(const result<void>& outcome) {
    if (!outcome) return to_caf_error(outcome.error());
    return true;
  }

  caf::result<bool> evict(const node_name& name_of) {
    const auto evicted = leases().evict(name_of);
    if (!evicted) return to_caf_error(evicted.error());
    return evicted.value();
  }

  caf::result<std::uint64_t> leave(const node_identity& node) {
    const auto given_up = leases().leave(node);
    if (!given_up) return to_caf_error(given_up.error());
    return static_cast<std::uint64_t>(given_up.value());
  }

  caf::result<node_list> nodes() {
    if (auto swept = leases().forget_nodes(node_memory); !swept) {
      return to_caf_error(swept.error());
    }
    auto found = leases().nodes();
    if (!found) return to_caf_error(found.error());
    return node_list{std::move(found).value()};
  }

  caf::result<conversation_claim> find(const conversation_id& id) {
    auto found = leases().find_claim(id);
    if (!found) return to_caf_error(found.error());
    if (!found.value()) {
      return to_caf_error({errc::not_found, "nobody has conversation " + id.value, "id", {}});
    }
    return *std::move(found).value();
  }

  caf::result<claim_list> claims(const list_claims& wanted) {
    auto found = leases().claims(wanted.owner, wanted.limit);
    if (!found) return to_caf_error(found.error());
    return claim_list{std::move(found).value()};
  }

  caf::result<claim_list> wishes(const list_wishes& wanted) {
    auto found = leases().wishes(wanted.owner, wanted.limit);
    if (!found) return to_caf_error(found.error());
    return claim_list{std::move(found).value()};
  }

  caf::result<bool> want(const want_owner& wish) {
    const auto known = leases().want_owner(wish.id, wish.wanted);
    if (!known) return to_caf_error(known.error());
    return known.value();
  }
};

registry_actor::behavior_type registry_behavior(
    registry_actor::stateful_pointer<registry_state> self,
    std::shared_ptr<std::unique_ptr<durable_store>> store) {
  auto& state = self->state;
  state.store = std::move(*store);
  DHR_ASSERT(state.store != nullptr);
  return {[&state](const join_node& x) {
            return state.done(state.leases().join(x.facts, x.report, x.ttl));
          },
          [&state](const renew_node& x) {
            return state.done(state.leases().renew(x.node, x.report, x.ttl));
          },
          [&state](const evict_node& x) { return state.evict(x.name); },
          [&state](const leave_node& x) { return state.leave(x.node); },
          [&state](const list_nodes&) { return state.nodes(); },
          [&state](const find_claim& x) { return state.find(x.id); },
          [&state](const list_claims& x) { return state.claims(x); },
          [&state](const list_wishes& x) { return state.wishes(x); },
          [&state](const want_owner& x) { return state.want(x); }};
}

}  // namespace

registry_actor spawn_registry(caf::actor_system& system, store_spawn how,
                              std::unique_ptr<durable_store> store) {
  // CAF copies the arguments of a spawn.
  auto shared = std::make_shared<std::unique_ptr<durable_store>>(std::move(store));
  if (how == store_spawn::detached) {
    return system.spawn<caf::detached>(registry_behavior, std::move(shared));
  }
  return system.spawn(registry_behavior, std::move(shared));
}

}  // namespace dhr
