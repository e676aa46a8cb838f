#include "runtime/host.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "actors/session/directory_actor.hpp"
#include "actors/session/session_actor.hpp"
#include "net/door/gate.hpp"
#include "net/door/tls_context.hpp"
#include "net/http/server.hpp"
#include "net/realtime/server.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/metrics.hpp"
#include "runtime/base/pairs.hpp"
#include "runtime/clustering.hpp"
#include "runtime/ending.hpp"
#include "runtime/engines.hpp"
#include "runtime/feeling.hpp"
#include "runtime/gate_actor.hpp"
#include "runtime/hearing.hpp"
#include "runtime/metric_adapters.hpp"
#include "runtime/network_threads.hpp"
#include "runtime/node_status.hpp"
#include "runtime/probe_actor.hpp"
#include "runtime/session_setup.hpp"
#include "runtime/storage.hpp"
#include "runtime/system_config.hpp"
#include "runtime/voices.hpp"
#include "runtime/workload.hpp"

namespace dhr {
namespace {

constexpr logger out{"runtime"};

// Until a conversation whose node died can be taken up again: its lease, and the time to notice and
// to begin anew (G5).
constexpr std::chrono::seconds move_patience_beyond_lease{9};

}  // namespace

struct host::impl {
  impl(const config& wanted, host_options given)
      : settings{wanted},
        options{std::move(given)},
        system_settings{wanted},
        system{system_settings},
        net{wanted.runtime.network_threads} {}

  result<void> start() {
    const std::filesystem::path deps_dir =
        settings.runtime.deps_dir.empty() ? DHR_DEPS_DIR : settings.runtime.deps_dir;
    engine_parts parts{
        system, net.io(), *options.time, deps_dir, make_language_metrics(counts, work),
        counts, entries,  options.recite};
    DHR_TRY(mind, start_engine(settings.conversation, std::move(parts)));
    DHR_TRY(auto loaded,
            start_voices(settings.voice, {system, *options.time, deps_dir,
                                          make_speech_metrics(counts, work), counts, entries}));
    sound = std::move(loaded);
    DHR_TRY(ears, start_hearing(settings.ears,
                                {system, net.io(), *options.time, deps_dir,
                                 make_transcription_metrics(counts, work), counts, entries}));
    DHR_TRY(heart, start_feeling(settings, {system, *options.time, deps_dir, counts, devices,
                                            [this](const compute_device& device) {
                                              return make_feeling_metrics(counts, work,
                                                                          to_string(device));
                                            },
                                            models}));
    DHR_TRY(store, start_storage(system, settings, *options.time, make_store_metrics(counts)));
    DHR_TRY(expressions, expression_shelf::open(settings.avatar.expressions));
    start_directory();
    start_probe();
    if (settings.cluster.enabled) {
      DHR_TRY(member,
              join_cluster(settings,
                           {system, *options.time, directory, admitted, [this] { return report(); },
                            make_cluster_metrics(counts), lease, make_relay_metrics(counts)}));
    }
    if (options.doors) {
      DHR_TRY(open_doors(deps_dir));
    }
    entries.hash_files();
    return ok();
  }

  void start_directory() {
    const auto environment = make_session_environment(
        settings, {system, *options.time, mind, *sound, ears, heart, expressions, store,
                   make_session_metrics(counts), settings.cluster.enabled ? lease : nullptr});
    directory_config limits;
    limits.sessions_max = static_cast<std::size_t>(settings.runtime.sessions_max);
    limits.store = store;
    limits.claims = settings.cluster.enabled;
    directory = spawn_directory(
        system, limits,
        [this, environment](conversation_id id, std::string owner, session_epoch epoch,
                            std::optional<session_memory> restored) {
          auto session =
              spawn_session(system, environment, id, std::move(owner), epoch, std::move(restored));
          caf::anon_send(admitted, began_atom::value, id, session);
          return session;
        });
    gate_options way;
    way.admission.conversations_max = static_cast<std::uint32_t>(settings.runtime.sessions_max);
    way.time = options.time;
    way.directory = directory;
    way.drains = directory;
    way.zone = settings.cluster.zone;
    way.labels = parse_pairs(settings.cluster.labels).value_or(way.labels);
    if (settings.cluster.enabled) way.load = [this] { return report().load; };
    way.readings = slots;
    admitted = spawn_gate(system, std::move(way));
  }

  void start_probe() {
    probe_options wanted;
    wanted.time = options.time;
    wanted.store = store;
    wanted.post_to_network = [this](std::function<void()> run) {
      boost::asio::post(net.io(), std::move(run));
    };
    wanted.parts_alive = [this] {
      return alive(mind.actor) && alive(sound->worker) && ears_are_well() && feeling_is_well();
    };
    wanted.tell = [this](nanoseconds actors_lag, nanoseconds network_lag, bool is_healthy) {
      counts->loop_lags("actors", actors_lag);
      counts->loop_lags("network", network_lag);
      counts->node_healthy(is_healthy);
      work->show_in(*counts);
      counts->slots_taken(slots->taken.load());
      counts->node_drained(slots->drained.load());
      counts->admissions_so_far(slots->granted.load(), slots->refused.load(),
                                slots->expired.load());
    };
    wanted.healthy = healthy;
    probe = spawn_probe(system, std::move(wanted));
  }

  result<void> open_doors(const std::filesystem::path& deps_dir) {
    DHR_TRY(gate, door::gate::make(settings.doors.access));
    DHR_TRY(tls, door::make_tls(settings.doors.tls, settings.runtime.state_dir,
                                options.time->wall_now()));
    log_doors("who may come in");
    realtime::writer_options writer;
    writer.fps = settings.avatar.fps;
    writer.model = settings.conversation.model;
    auto socket = realtime::server::start(
        {net.io(), system, way_in(), settings.doors.realtime, std::move(writer), *counts,
         settings.runtime.conversation_queue_max, gate, tls, options.time, ears.ears.languages,
         settings.cluster.enabled ? settings.cluster.lease_ms + move_patience_beyond_lease
                                  : milliseconds{0}});
    if (!socket) return taken(std::move(socket).assume_error(), "REALTIME");
    realtime_door = std::move(socket).assume_value();
    auto page = http::server::start({net.io(), system, way_in(), settings.doors.http,
                                     site(deps_dir), *counts, 2 * settings.runtime.turn_timeout_ms,
                                     gate, tls, options.time});
    if (!page) return taken(std::move(page).assume_error(), "HTTP");
    http_door = std::move(page).assume_value();
    return ok();
  }

  // "http" -> "https://" where plain text is refused.
  std::string scheme(const char* plain) const {
    const bool tls_only = settings.doors.tls.mode == settings::tls_mode::required;
    return plain + std::string{tls_only ? "s://" : "://"};
  }

  void log_doors(const char* what) const {
    out.info(what, {{"keys", gate->keys()},
                    {"tls", tls->context() ? tls->required() ? "required" : "optional" : "off"},
                    {"self_signed", tls->self_signed().string()},
                    {"fingerprint", tls->fingerprint()}});
  }

  void reload() {
    const auto tell = [](const char* what, const result<void>& outcome) {
      if (!outcome) out.error(what, {{"reason", outcome.assume_error().message}});
    };
    if (heart.reload) heart.reload();
    if (expressions) tell("the faces stay as they are", expressions->reload());
    if (!gate || !tls) return;
    tell("the old keys stay", gate->reload());
    tell("the old certificate stays", tls->reload(options.time->wall_now()));
    log_doors("who may come in from now on");
  }

  static result<void> taken(error problem, const std::string& door) {
    problem.message += "; set DHR_DOORS_" + door + "_PORT to another port (0 takes a free one)";
    return boost::outcome_v2::failure(std::move(problem));
  }

  http::site site(const std::filesystem::path& deps_dir) {
    http::site shown;
    shown.web_root = options.web_root;
    shown.head_model = deps_dir / "models" / "head" / "head.glb";
    shown.realtime_port = realtime_door->port();
    shown.fps = settings.avatar.fps;
    shown.voices = sound->catalogue.names();
    shown.default_voice = sound->catalogue.default_name();
    shown.readiness = [this] {
      std::vector<http::part_readiness> parts;
      for (auto& part : health()) {
        parts.push_back({std::move(part.name), part.ready, std::move(part.detail)});
      }
      return parts;
    };
    shown.metrics_text = [this] {
      devices->show_models(labels_of(models->list()));
      return counts->scrape();
    };
    shown.status_json = [this] { return status_json(); };
    return shown;
  }

  // Whom the doors ask for conversations.
  conversation_door way_in() const {
    if (member.router) return member.router;
    return admitted;
  }

  // What the node tells the others of itself.
  node_report report() const {
    const auto most = static_cast<std::uint32_t>(settings.runtime.sessions_max);
    node_report told;
    told.conversations = slots->taken.load(std::memory_order_relaxed);
    told.conversations_max = most;
    told.load.gpu = work->busiest();
    told.load.memory = memory_share();
    told.load.queue = std::min(1.0, static_cast<double>(told.conversations) / most);
    told.draining = stopped.load() || slots->drained.load();
    told.healthy = healthy->load();
    told.links = counts->linked_nodes();
    return told;
  }

  // The actors that were started live until the host ends them, unless they die.
  std::vector<part_health> health() const {
    const bool open = !stopped.load();
    return {{"engine", open && alive(mind.actor), mind.name},
            {"voice", open && sound && alive(sound->worker),
             sound ? sound->catalogue.default_name() : ""},
            {"ears", open && ears_are_well(), listening_is_off() ? "off" : "on"},
            {"emotion", open && feeling_is_well() && (!heart.watch || heart.watch->is_ready()),
             heart.watch ? heart.watch->text() : "off"},
            {"store", open && (!store_is_wanted() || alive(store)), store_name(settings)},
            {"cluster", open && (!settings.cluster.enabled || takes_part()),
             settings.cluster.enabled ? member.node.name.value : "off"},
            {"directory", open && alive(admitted) && alive(directory),
             open ? "" : "the server is shutting down"}};
  }

  bool takes_part() const { return counts->has_lease() && !slots->drained.load(); }
  bool ears_are_well() const {
    return listening_is_off() || (alive(ears.transcription) && alive(ears.worker));
  }
  bool feeling_is_well() const { return !settings.emotions.enabled || alive(heart.reader); }
  bool listening_is_off() const {
    return settings.ears.transcription == settings::transcription_kind::none;
  }
  bool store_is_wanted() const { return !store_name(settings).empty(); }

  template <class Handle>
  static bool alive(const Handle& actor) {
    if (!actor) return false;
    const auto* body = caf::actor_cast<caf::abstract_actor*>(actor);
    return !body->getf(caf::abstract_actor::is_terminated_flag);
  }

  std::string status_json() const {
    return dhr::status_json({DHR_VERSION, options.time->now() - begun, realtime_door->connections(),
                             settings.runtime.sessions_max, health(), models->list()});
  }

  void stop() {
    if (stopped.exchange(true)) return;
    entries.stop();
    // It uses the network's threads, which end before the actor system does.
    end_and_wait(system, std::exchange(probe, nullptr));
    const auto grace = settings.runtime.shutdown_grace_ms;
    const auto ends_at = options.time->now() + grace;
    if (realtime_door) realtime_door->stop_accepting();
    if (http_door) http_door->stop_accepting();
    if (admitted) {
      caf::scoped_actor self{system};
      self->request(admitted, grace + milliseconds{3'000},
                    drain_all{grace, settings.cluster.enabled})
          .receive(
              [](std::uint32_t count) {
                out.info("conversations ended", {{"count", count}});
              },
              [](const caf::error& problem) {
                out.warn("conversations did not end in time",
                         {{"reason", from_caf_error(problem).message}});
              });
    }
    // Answers of other nodes' conversations may go on for what is left.
    const auto left = std::chrono::ceil<milliseconds>(ends_at - options.time->now());
    if (realtime_door) realtime_door->stop(std::max(left, milliseconds{2'000})).wait();
    if (http_door) http_door->stop(milliseconds{2'000}).wait();
    const auto leave = [](const auto& actor) {
      if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    };
    const bool all_ended = !settings.cluster.enabled || end_term_of(system, directory);
    leave(admitted);
    leave(directory);
    leave(ears.transcription);
    leave(ears.worker);
    leave(heart.reader);
    if (store) flush(system, store);
    // What may still live keeps its lease until that ends by itself.
    quit_cluster(member, system, all_ended ? milliseconds{5'000} : milliseconds{0});
    leave(store);
    if (sound) leave(sound->worker);
    leave(mind.actor);
  }

  // Destroyed from the last to the first: the doors, the handles of the actors, the network's
  // threads, and then the actor system, which waits for its actors to end.
  config settings;
  host_options options;
  std::shared_ptr<metrics> counts = std::make_shared<metrics>();
  std::shared_ptr<device_counts> devices = counts->devices();
  std::shared_ptr<model_registry> models = std::make_shared<model_registry>();
  model_entries entries{models, *options.time};
  std::shared_ptr<workload> work = std::make_shared<workload>(*options.time);
  std::shared_ptr<std::atomic<bool>> healthy = std::make_shared<std::atomic<bool>>(true);
  system_config system_settings;
  caf::actor_system system;
  network_threads net;
  engine mind;
  std::optional<voices> sound;
  hearing ears;
  feeling_worker heart;
  std::shared_ptr<expression_shelf> expressions;
  store_actor store;
  directory_actor directory;
  gate_actor admitted;
  caf::actor probe;
  std::shared_ptr<gate_readings> slots = std::make_shared<gate_readings>();
  std::shared_ptr<lease_gate> lease = std::make_shared<lease_gate>();
  membership member;
  std::shared_ptr<door::gate> gate;  // nothing without doors, as the next
  std::shared_ptr<door::tls_setup> tls;
  std::unique_ptr<realtime::server> realtime_door;
  std::unique_ptr<http::server> http_door;
  std::atomic<bool> stopped = false;
  mono_time begun = options.time->now();
};

host::host(std::unique_ptr<impl> parts) noexcept : impl_{std::move(parts)} {}

host::~host() { stop(); }

result<std::unique_ptr<host>> host::start(const config& settings, host_options options) {
  std::unique_ptr<host> made{new host{std::make_unique<impl>(settings, std::move(options))}};
  DHR_TRY(made->impl_->start());
  return made;
}

void host::stop() { impl_->stop(); }

void host::reload() { impl_->reload(); }

caf::actor_system& host::system() noexcept { return impl_->system; }

const directory_actor& host::directory() const noexcept { return impl_->directory; }

std::string host::page_url() const {
  const auto& address = impl_->settings.doors.http.address;
  return impl_->scheme("http") + address + ":" + std::to_string(impl_->http_door->port()) + "/";
}

std::string host::realtime_url() const {
  const auto& address = impl_->settings.doors.realtime.address;
  return impl_->scheme("ws") + address + ":" + std::to_string(impl_->realtime_door->port()) +
         "/v1/realtime";
}

std::vector<part_health> host::health() const { return impl_->health(); }

}  // namespace dhr
