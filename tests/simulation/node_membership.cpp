#include "tests/simulation/node_membership.hpp"

#include <utility>

#include "runtime/store/registry_actor.hpp"
#include "runtime/wishes_actor.hpp"
#include "tests/simulation/node_connector.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

node_facts facts_of(const node_setup& setup) {
  node_facts facts;
  facts.identity.name = {setup.name};
  facts.build = "simulated";
  facts.types_hash = 1;
  facts.address = "sim:" + std::to_string(setup.port);
  return facts;
}

bool is_broken(const membership_parts& parts, sabotage how) {
  return parts.setup.disk->how_broken == how;
}

links_actor start_links(const membership_parts& parts, const node_membership& made) {
  links_actor_options options;
  if (is_broken(parts, sabotage::silence_is_not_noticed)) options.membership.silence_max = 1h;
  options.time = &parts.time;
  options.registry = made.for_questions;
  options.owner = parts.directory;
  options.connector = made.connector;
  options.facts = facts_of(parts.setup);
  options.door = caf::actor_cast<node_door>(made.relays);
  options.seed = parts.dice.below(~std::uint64_t{0});
  options.report = parts.report;
  options.metrics = parts.beliefs;
  return spawn_links(parts.system, std::move(options), made.router);
}

lease_actor start_keeper(const membership_parts& parts, const node_membership& made) {
  lease_actor_options options;
  options.lease.ttl = lease_ttl;
  options.time = &parts.time;
  options.registry = made.for_lease;
  options.owner = made.links;
  options.facts = facts_of(parts.setup);
  options.make_incarnation = [&dice = parts.dice] {
    return node_incarnation{dice.below(~std::uint64_t{0}) | 1};
  };
  options.report = parts.report;
  options.metrics = parts.beliefs;
  if (is_broken(parts, sabotage::gates_stay_open)) {
    parts.lease->open_until(mono_time::max());
  } else {
    options.gate = parts.lease;
  }
  return spawn_lease_keeper(parts.system, std::move(options));
}

// The shares and times are those of a cluster with a handful of conversations, in which a tenth is
// none, and of a minute.
giving_share_config quick_balance() {
  giving_share_config config;
  config.budget.share_max = 0.5;
  config.budget.window = 5'000ms;
  config.settle = 2'000ms;
  return config;
}

caf::actor start_wishes(const membership_parts& parts, const node_membership& made) {
  wishes_options options;
  options.time = &parts.time;
  options.registry = made.for_questions;
  options.links = made.links;
  options.gate = parts.gate;
  options.directory = parts.directory;
  options.grace = drain_grace;
  if (parts.setup.balances) options.balance = quick_balance();
  options.seed = parts.dice.below(~std::uint64_t{0});
  options.metrics = parts.beliefs;
  return spawn_wishes(parts.system, std::move(options));
}

template <class Handle>
void end_one(Handle& actor) {
  if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

}  // namespace

node_membership join_cluster(const membership_parts& parts) {
  node_membership made;
  for (auto* registry : {&made.for_lease, &made.for_questions}) {
    *registry = spawn_registry(parts.system, store_spawn::scheduled,
                               make_simulated_store(*parts.setup.disk, parts.setup.way));
  }
  router_options routing;
  routing.time = &parts.time;
  routing.registry = made.for_questions;
  routing.local = parts.gate;
  made.relays = spawn_relay_door(parts.system, {parts.gate, 8'000ms, routing.relays});
  made.router = spawn_router(parts.system, std::move(routing));
  made.connector = parts.system.spawn(simulation::connector, parts.setup.reach);
  made.links = start_links(parts, made);
  made.keeper = start_keeper(parts, made);
  made.wishes = start_wishes(parts, made);
  return made;
}

void end(node_membership& member) {
  end_one(member.keeper);
  end_one(member.links);
  end_one(member.connector);
  end_one(member.wishes);
  end_one(member.router);
  end_one(member.relays);
  end_one(member.for_lease);
  end_one(member.for_questions);
}

}  // namespace dhr::simulation
