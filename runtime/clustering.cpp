#include "runtime/clustering.hpp"

#include <unistd.h>

#include <algorithm>
#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>
#include <cctype>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/base/error_caf.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/pairs.hpp"
#include "runtime/connector_actor.hpp"
#include "runtime/message_types.hpp"
#include "runtime/node_tls.hpp"
#include "runtime/storage.hpp"
#include "runtime/store/registry_actor.hpp"
#include "runtime/wishes_actor.hpp"

namespace dhr {
namespace {

constexpr logger out{"cluster"};

bool has_tls(const config& settings) { return !settings.cluster.tls.certificate.empty(); }

// Remembers why there is no lease yet, for whoever waits for it.
class watching final : public cluster_metrics {
 public:
  explicit watching(std::shared_ptr<cluster_metrics> counts) : counts_{std::move(counts)} {}
  void lease_begun(const node_identity& node) override { counts_->lease_begun(node); }
  void lease_renewed(nanoseconds took) override { counts_->lease_renewed(took); }
  void lease_trouble(const error& reason) override {
    {
      const std::lock_guard guard{mutex_};
      last_ = reason;
    }
    counts_->lease_trouble(reason);
  }
  void lease_lost(const node_identity& node) override { counts_->lease_lost(node); }
  void lease_fenced(std::uint32_t conversations, nanoseconds took) override {
    counts_->lease_fenced(conversations, took);
  }
  std::optional<error> last() const {
    const std::lock_guard guard{mutex_};
    return last_;
  }

 private:
  std::shared_ptr<cluster_metrics> counts_;
  // Written by the keeper, read by the thread that starts the node.
  mutable std::mutex mutex_;
  std::optional<error> last_;
};

lease_config lease_of(const config& settings) {
  lease_config lease;
  lease.ttl = settings.cluster.lease_ms;
  lease.renew_every = lease.ttl / 3;
  lease.answer_max = std::max(lease.ttl / 6, milliseconds{200});
  return lease;
}

result<std::uint16_t> listen_for_nodes(const config& settings, const links_actor& links) {
  const auto port = static_cast<std::uint16_t>(settings.cluster.link_port);
  const auto* address = settings.cluster.link_address.c_str();
  auto& system = links.home_system();
  const auto opened = has_tls(settings) ? caf::openssl::publish(links, port, address, true)
                                        : system.middleman().publish(links, port, address, true);
  if (opened) return *opened;
  return fail(errc::unavailable,
              "cannot listen for other nodes on " + settings.cluster.link_address + ":" +
                  std::to_string(port) + " (" + system.render(opened.error()) +
                  "); set cluster.link_port to another port (0 takes a free one)",
              "cluster.link_port");
}

result<void> check_certificate(const config& settings) {
  if (!has_tls(settings)) return ok();
  const auto& cluster = settings.cluster;
  const auto advertised = split_address(cluster.advertise);
  return check_own_certificate(cluster.tls, name_of_node(settings),
                               advertised ? advertised->first : cluster.link_address);
}

caf::io::middleman_actor middleman_of(const config& settings, caf::actor_system& system) {
  if (has_tls(settings)) {
    return system.openssl_manager().actor_handle();
  }
  return system.middleman().actor_handle();
}

result<registry_actor> open_registry(const config& settings, const cluster_parts& parts) {
  // Such a line must give up before the lease does.
  auto impatient = settings;
  impatient.store.statement_timeout_ms =
      std::min(settings.store.statement_timeout_ms, lease_of(settings).answer_max);
  DHR_TRY(auto store, open_store(impatient, parts.time, store_opening::impatient));
  return spawn_registry(parts.system, store_spawn::detached, std::move(store));
}

node_facts facts_of(const config& settings) {
  node_facts facts;
  facts.identity.name = {name_of_node(settings)};
  facts.build = DHR_VERSION;
  facts.types_hash = types_hash();
  facts.zone = settings.cluster.zone;
  facts.labels =
      parse_pairs(settings.cluster.labels).value_or(std::map<std::string, std::string>{});
  return facts;
}

relay_options relays_of(const config& settings, const cluster_parts& parts) {
  relay_options relays;
  // All that a client that comes back has missed is sent to it at once.
  const auto replay = static_cast<std::size_t>(settings.runtime.replay_bytes_max);
  relays.transfer.queue_bytes_max = std::max(relays.transfer.queue_bytes_max, 2 * replay);
  relays.metrics = parts.relayed;
  return relays;
}

links_actor start_links(const config& settings, const cluster_parts& parts, const membership& made,
                        node_facts facts) {
  links_actor_options options;
  options.time = &parts.time;
  options.registry = made.for_questions;
  options.owner = parts.directory;
  options.connector = made.connector;
  options.meets_callers = has_tls(settings) && settings.cluster.tls.verify_names;
  options.seeds = parse_list(settings.cluster.seeds);
  options.facts = std::move(facts);
  options.door = caf::actor_cast<node_door>(made.door);
  options.seed = random_number();
  options.report = parts.report;
  options.metrics = parts.counts;
  return spawn_links(parts.system, std::move(options), made.router);
}

caf::actor start_wishes(const config& settings, const cluster_parts& parts,
                        const membership& made) {
  wishes_options options;
  options.time = &parts.time;
  options.registry = made.for_questions;
  options.links = made.links;
  options.gate = parts.gate_before;
  options.directory = parts.directory;
  options.grace = settings.runtime.shutdown_grace_ms;
  if (settings.cluster.rebalance) options.balance.emplace();
  options.seed = random_number();
  options.metrics = parts.counts;
  return spawn_wishes(parts.system, std::move(options));
}

// Until there is a lease.
result<node_identity> await_lease(const config& settings, const cluster_parts& parts,
                                  membership& made, node_facts facts) {
  const auto watched = std::make_shared<watching>(parts.counts);
  lease_actor_options options;
  options.lease = lease_of(settings);
  options.time = &parts.time;
  options.registry = made.for_lease;
  options.owner = made.links;
  options.facts = std::move(facts);
  options.make_incarnation = [] { return node_incarnation{random_number() | 1}; };
  options.report = parts.report;
  options.metrics = watched;
  options.gate = parts.gate;
  const auto patience = 2 * options.lease.ttl;
  made.keeper = spawn_lease_keeper(parts.system, std::move(options));
  result<node_identity> outcome = fail(errc::deadline, "no answer");
  caf::scoped_actor self{parts.system};
  self->request(made.keeper, patience, await_term{})
      .receive([&](const node_identity& node) { outcome = node; },
               [&](const caf::error& reason) {
                 const auto why = watched->last().value_or(from_caf_error(reason));
                 outcome =
                     fail(errc::unavailable, "the node got no lease: " + why.message, why.where);
               });
  return outcome;
}

}  // namespace

void configure_links(caf::actor_system_config& system, const config& settings) {
  system.load<caf::io::middleman>();
  // CAF's own heartbeats, which close a connection that has fallen silent (G4).
  system.set("middleman.heartbeat-interval", caf::timespan{std::chrono::seconds{1}});
  system.set("middleman.connection-timeout", caf::timespan{std::chrono::seconds{5}});
  if (!has_tls(settings)) return;
  keep_failures_apart();
  system.load<caf::openssl::manager>();
  system.openssl_certificate = settings.cluster.tls.certificate;
  system.openssl_key = settings.cluster.tls.key;
  system.openssl_cafile = settings.cluster.tls.authority;
}

std::string name_of_node(const config& settings) {
  if (!settings.cluster.node.empty()) return settings.cluster.node;
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0) return "node";
  std::string made{name};
  made.resize(std::min<std::size_t>(made.size(), 64));
  for (char& c : made) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') c = '-';
  }
  return made.empty() ? "node" : made;
}

double memory_share() {
  std::ifstream file{"/proc/self/statm"};
  double pages = 0;
  double resident = 0;
  auto most = static_cast<double>(sysconf(_SC_PHYS_PAGES));
  // What a container may use; the word "max" where there is no bound.
  std::ifstream limit{"/sys/fs/cgroup/memory.max"};
  if (double bytes = 0; limit >> bytes) {
    most = std::min(most, bytes / static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  if (!(file >> pages >> resident) || most <= 0) return 0;
  return std::clamp(resident / most, 0.0, 1.0);
}

result<membership> join_cluster(const config& settings, cluster_parts parts) {
  DHR_TRY(check_certificate(settings));
  membership made;
  DHR_TRY(made.for_lease, open_registry(settings, parts));
  DHR_TRY(made.for_questions, open_registry(settings, parts));
  auto facts = facts_of(settings);
  router_options routing;
  routing.preferred_zone = settings.cluster.zone;
  routing.time = &parts.time;
  routing.registry = made.for_questions;
  routing.local = parts.gate_before;
  routing.relays = relays_of(settings, parts);
  made.door =
      spawn_relay_door(parts.system, {parts.gate_before, milliseconds{8'000}, routing.relays});
  made.router = spawn_router(parts.system, std::move(routing));
  connector_options connecting;
  if (has_tls(settings)) connecting.tls = settings.cluster.tls;
  made.connector =
      spawn_connector(parts.system, middleman_of(settings, parts.system), std::move(connecting));
  made.links = start_links(settings, parts, made, facts);
  const auto joined = [&]() -> result<void> {
    DHR_TRY(const auto port, listen_for_nodes(settings, made.links));
    made.address = settings.cluster.advertise;
    if (made.address.empty()) {
      made.address = settings.cluster.link_address + ":" + std::to_string(port);
    }
    facts.address = made.address;
    DHR_TRY(made.node, await_lease(settings, parts, made, std::move(facts)));
    made.wishes = start_wishes(settings, parts, made);
    return ok();
  }();
  if (joined) return made;
  quit_cluster(made, parts.system, milliseconds{0});
  return joined.error();
}

void quit_cluster(const membership& member, caf::actor_system& system, milliseconds patience) {
  if (member.keeper && patience > milliseconds{0}) {
    caf::scoped_actor self{system};
    self->request(member.keeper, patience, leave_cluster{})
        .receive([&](std::uint64_t) { self->send(member.links, leave_cluster{}); },
                 [](const caf::error& reason) {
                   out.warn("could not leave the cluster; the lease ends by itself",
                            {{"reason", from_caf_error(reason).message}});
                 });
  }
  const auto end = [](const auto& actor) {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  };
  end(member.keeper);
  end(member.links);
  end(member.connector);
  end(member.wishes);
  end(member.router);
  end(member.door);
  end(member.for_questions);
  end(member.for_lease);
}

}  // namespace dhr
