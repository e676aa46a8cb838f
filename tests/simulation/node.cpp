#include "tests/simulation/node.hpp"

#include <algorithm>
#include <caf/scheduler/test_coordinator.hpp>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "actors/session/directory_actor.hpp"
#include "actors/session/memory_codec.hpp"
#include "actors/session/session_actor.hpp"
#include "runtime/store/store_actor.hpp"
#include "runtime/system_config.hpp"
#include "tests/simulation/node_membership.hpp"
#include "tests/simulation/node_workers.hpp"
#include "tests/simulation/store_pace.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t steps_max = 1'000'000;  // without the time going on
constexpr std::size_t snapshots_max = 64;

struct system_config : node_config {
  system_config() { add_room_messages(*this); }
};

class counting_store final : public store_metrics {
 public:
  explicit counting_store(recorder& seen) : seen_{seen} {}
  void waiting(std::size_t count) override { seen_.queue_holds("the store", count, snapshots_max); }

 private:
  recorder& seen_;
};

struct living_session {
  conversation_id id;
  session_actor actor;
  [[nodiscard]] bool lives() const {
    return !caf::actor_cast<caf::abstract_actor*>(actor)->getf(
        caf::abstract_actor::is_terminated_flag);
  }
};

template <class Handle>
void end(Handle& actor) {
  if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

}  // namespace

struct simulated_node::parts {
  explicit parts(node_setup given)
      : setup{std::move(given)},
        time{setup.clock_origin, setup.clock_drift_ppm, setup.begun},
        dice{setup.seed},
        pace{dice.split()},
        scheduler{static_cast<caf::scheduler::test_coordinator&>(system.scheduler())} {
    store_actor_options storing;
    storing.store = make_simulated_store(*setup.disk, setup.way);
    storing.time = &time;
    storing.metrics = std::make_shared<counting_store>(setup.disk->seen);
    storing.writing.waiting_max = snapshots_max;
    store = spawn_store(system, store_spawn::scheduled, std::move(storing));
    workers = spawn_workers(system, time);
    start_directory();
    start_cluster();
    pace.add(job_of(store));
    pace.add(job_of(member.for_lease));
    pace.add(job_of(member.for_questions));
  }

  void start_directory() {
    auto environment = environment_with(system, time, workers);
    environment->config.idle_timeout = 20s;
    environment->config.passivate_after = 6'000ms;
    environment->config.store_patience = lease_ttl;
    environment->lease = lease;
    environment->save = [this](const turn_id& conversation, session_memory memory,
                               const snapshot_listener& listener) {
      const auto now = to_unix_ms(time.wall_now());
      save_conversation saved{snapshot_of(conversation, std::move(memory), now)};
      if (listener) return caf::anon_send(store, std::move(saved), listener);
      caf::anon_send(store, std::move(saved));
    };
    directory_config limits;
    limits.sessions_max = counted_max();
    limits.store = store;
    limits.claims = true;
    directory = spawn_directory(
        system, limits,
        [this, environment](const conversation_id& id, std::string owner, session_epoch epoch,
                            std::optional<session_memory> restored) {
          return begin(environment, id, std::move(owner), epoch, std::move(restored));
        });
    gate_options way_in;
    way_in.admission.conversations_max = counted_max();
    way_in.time = &time;
    way_in.directory = directory;
    way_in.drains = directory;
    way_in.load = [this] { return report().load; };
    way_in.readings = slots;
    gate = spawn_gate(system, std::move(way_in));
  }

  std::uint32_t counted_max() const {
    const bool is_broken = setup.disk->how_broken == sabotage::slots_are_not_counted;
    return is_broken ? 1'000 : setup.sessions_max;
  }

  session_actor begin(const std::shared_ptr<session_environment>& environment,
                      const conversation_id& id, std::string owner, session_epoch epoch,
                      std::optional<session_memory> restored) {
    std::vector<std::string> items;
    if (restored) {
      for (const auto& item : restored->items) items.push_back(item.id);
    }
    if (!setup.way->dead) setup.disk->seen.restored(id, epoch, setup.name, std::move(items));
    auto session =
        spawn_session(system, environment, id, std::move(owner), epoch, std::move(restored));
    caf::anon_send(gate, began_atom::value, id, session);
    std::erase_if(sessions, [](const living_session& one) { return !one.lives(); });
    sessions.push_back({id, session});
    setup.disk->seen.queue_holds("the conversations of a node", sessions.size(),
                                 setup.sessions_max);
    return session;
  }

  void start_cluster() {
    member = join_cluster(
        {system, setup, time, gate, directory, lease, [this] { return report(); }, beliefs, dice});
  }

  node_report report() const {
    node_report told;
    told.conversations = slots->taken.load();
    told.conversations_max = counted_max();
    // Conversations are all that weighs here.
    const auto share = std::min(1.0, static_cast<double>(told.conversations) / counted_max());
    told.load = {share, share, share};
    told.draining = state != node_state::running || slots->drained.load();
    return told;
  }

  // What host::stop does, one after the other.
  void drain() {
    if (setup.disk->how_broken == sabotage::drained_nodes_go_on) return;
    state = node_state::draining;
    stopper = system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      self->request(gate, drain_grace + 3'000ms, drain_all{drain_grace, true})
          .then([this, self](std::uint32_t) { end_the_term(self); },
                [this, self](const caf::error&) { end_the_term(self); });
      return {[](int) {}};
    });
  }
  void end_the_term(caf::event_based_actor* self) {
    self->request(directory, 5s, end_term{})
        .then([this, self](std::uint32_t) { flush(self, true); },
              [this, self](const caf::error&) { flush(self, false); });
  }
  void flush(caf::event_based_actor* self, bool all_ended) {
    const auto next = [this, self, all_ended] {
      if (all_ended) return leave(self);
      has_ended(self);
    };
    self->request(store, 10s, flush_store{})
        .then([next](std::uint64_t) { next(); }, [next](const caf::error&) { next(); });
  }
  void leave(caf::event_based_actor* self) {
    self->request(member.keeper, 5s, leave_cluster{})
        .then(
            [this, self](std::uint64_t) {
              self->send(member.links, leave_cluster{});
              has_ended(self);
            },
            [this, self](const caf::error&) { has_ended(self); });
  }
  void has_ended(caf::event_based_actor* self) {
    state = node_state::ended;
    self->quit();
  }

  void end_all() {
    for (auto& one : sessions) end(one.actor);
    sessions.clear();
    end(stopper);
    end(gate);
    end(directory);
    simulation::end(member);
    end(store);
    simulation::end(workers);
  }

  template <class Handle>
  static caf::resumable* job_of(const Handle& actor) {
    return dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(actor));
  }

  // Brings one of the jobs that may run to the front.
  bool choose_job() {
    auto& jobs = scheduler.jobs;
    const auto waits = [&](caf::resumable* job) { return pace.is_busy(job, time.now()); };
    const auto blocked = static_cast<std::size_t>(std::count_if(jobs.begin(), jobs.end(), waits));
    if (blocked == jobs.size()) return false;
    auto chosen = dice.below(jobs.size() - blocked);
    auto job = jobs.begin();
    while (waits(*job) || chosen-- > 0) ++job;
    std::iter_swap(jobs.begin(), job);
    return true;
  }

  bool run() {
    std::size_t steps = 0;
    for (; choose_job(); ++steps) {
      auto* const job = scheduler.jobs.front();
      scheduler.run_once();
      pace.ran(job);
      if (steps < steps_max) continue;
      std::cerr << setup.name << " does not come to rest\n";
      std::abort();
    }
    return steps > 0;
  }

  const node_setup setup;
  drifting_clock time;
  chance dice;
  store_pace pace;
  node_state state = node_state::running;
  system_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& scheduler;
  std::shared_ptr<lease_gate> lease = std::make_shared<lease_gate>();
  std::shared_ptr<gate_readings> slots = std::make_shared<gate_readings>();
  std::shared_ptr<node_beliefs> beliefs =
      std::make_shared<node_beliefs>(setup.name, setup.disk->seen, setup.way);
  std::vector<living_session> sessions;
  store_actor store;
  node_workers workers;
  directory_actor directory;
  gate_actor gate;
  node_membership member;
  caf::actor stopper;
};

simulated_node::simulated_node(node_setup setup)
    : parts_{std::make_unique<parts>(std::move(setup))} {}

// An actor that does not end would have CAF wait for it for ever.
simulated_node::~simulated_node() {
  die();
  parts_->pace.rush();
  parts_->end_all();
  constexpr std::size_t own_of_caf = 0;
  auto& registry = parts_->system.registry();
  for (int second = 0; second < 60; ++second) {
    parts_->run();
    if (registry.running() <= own_of_caf) return;
    parts_->scheduler.advance_time(1s);
  }
  std::cerr << registry.running() << " actors of " << name() << " do not end\n";
  std::abort();
}

void simulated_node::turn_to(true_time now) {
  parts_->scheduler.advance_time(parts_->time.turn_to(now));
}

bool simulated_node::run() { return parts_->run(); }

std::optional<true_time> simulated_node::due() const {
  const auto& clock = parts_->scheduler.clock();
  std::optional<nanoseconds> wait;
  if (clock.has_pending_timeout()) wait = clock.schedule().begin()->first - clock.current_time;
  if (const auto ends = parts_->pace.due()) {
    const auto left = std::max(*ends - parts_->time.now(), nanoseconds{0});
    wait = std::min(wait.value_or(left), left);
  }
  if (!wait) return std::nullopt;
  return parts_->time.in(*wait);
}

void simulated_node::hang_store(bool hangs) { parts_->pace.hang(hangs); }

void simulated_node::drain() { parts_->drain(); }

void simulated_node::die() {
  parts_->state = node_state::dead;
  parts_->setup.way->dead = true;
}

const std::string& simulated_node::name() const noexcept { return parts_->setup.name; }
node_state simulated_node::state() const noexcept { return parts_->state; }
caf::actor_system& simulated_node::system() noexcept { return parts_->system; }
const clock& simulated_node::time() const noexcept { return parts_->time; }
conversation_door simulated_node::door() const { return parts_->member.router; }
caf::strong_actor_ptr simulated_node::links() const {
  return caf::actor_cast<caf::strong_actor_ptr>(parts_->member.links);
}
bool simulated_node::has_lease() const { return parts_->lease->is_open(parts_->time.now()); }

std::vector<conversation_id> simulated_node::conversations() const {
  std::vector<conversation_id> living;
  for (const auto& one : parts_->sessions) {
    if (one.lives()) living.push_back(one.id);
  }
  return living;
}

bool simulated_node::could_act(const conversation_id& id, true_time now) const {
  const auto& sessions = parts_->sessions;
  return state() != node_state::dead && parts_->lease->is_open(parts_->time.shows(now)) &&
         std::any_of(sessions.begin(), sessions.end(),
                     [&](const living_session& one) { return one.id == id && one.lives(); });
}

std::set<std::string> simulated_node::believed_alive() const {
  std::set<std::string> names;
  for (const auto& peer : parts_->beliefs->alive()) names.insert(peer.name.value);
  return names;
}

}  // namespace dhr::simulation
