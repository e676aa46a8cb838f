// What does being one of several nodes cost?
//
//   relay        Two nodes; a client of the first adds items to a conversation that lives there and
//                to one that lives on the second, in turn, while others talk on both. Reported is
//                the time until the item is acknowledged, and how much longer the way over the
//                other node takes.
//   idle         What a node's process takes for each of N connected and silent conversations above
//                what it took with its models loaded. The sockets are counted with it.
//   activations  How many stored conversations (ten turns each) a node takes up in a second: claim,
//                load, and the conversation's actors, with 64 asked for at a time. In this process,
//                without sockets; once for each kind of store.
//
// The engine is scripted and the voice is the tone, so that what is measured is the cluster.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "benchmarks/support/database.hpp"
#include "benchmarks/support/report.hpp"
#include "runtime/base/config_load.hpp"
#include "runtime/base/log.hpp"
#include "runtime/host.hpp"
#include "runtime/storage.hpp"
#include "tests/support/http_get.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
using bench_clock = std::chrono::steady_clock;
using variables = std::map<std::string, std::string>;
namespace asio = boost::asio;

double ms(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

// A folder in /tmp, gone with this object.
class scratch {
 public:
  scratch() : path_{"/tmp/dhr-speed-" + std::to_string(getpid())} {
    std::filesystem::create_directories(path_);
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

variables node(const std::string& name) {
  return {{"DHR_CONVERSATION_ENGINE", "scripted"},
          {"DHR_VOICE_NAME", "tone"},
          {"DHR_EARS_TRANSCRIPTION", "none"},
          {"DHR_CLUSTER_ENABLED", "true"},
          {"DHR_CLUSTER_NODE", name},
          {"DHR_CLUSTER_LINK_PORT", "0"},
          {"DHR_RUNTIME_SESSIONS_MAX", "20000"},
          {"DHR_DOORS_REALTIME_CONNECTIONS_MAX", "20000"},
          {"DHR_LOG_LEVEL", "warn"}};
}

variables with(variables base, const variables& more) {
  for (const auto& [key, value] : more) base[key] = value;
  return base;
}

variables sqlite(const std::string& folder) {
  return {{"DHR_STORE_KIND", "sqlite"}, {"DHR_RUNTIME_STATE_DIR", folder}};
}

void run_until(asio::io_context& io, std::chrono::seconds patience, const char* what,
               const std::function<bool()>& done) {
  const auto end = bench_clock::now() + patience;
  while (!done()) {
    if (bench_clock::now() > end) throw std::runtime_error{std::string{"waited in vain: "} + what};
    io.run_for(20ms);
  }
}

// ---- relay

// Talks without a pause, to keep the nodes and the link between them busy.
class talker {
 public:
  talker(asio::io_context& io, std::uint16_t port, const std::string& id) {
    client_ = std::make_unique<realtime_client>(
        io, port,
        realtime_client::callbacks{[this] { ask(); },
                                   [this](std::string_view event) {
                                     if (type_of(event) == "response.done") ask();
                                   },
                                   [](const std::string&) {}},
        "conversation=" + id);
  }

 private:
  void ask() {
    client_->send(user_item("And what happened next?"));
    client_->send(response_create);
  }
  std::unique_ptr<realtime_client> client_;
};

// Adds items, one after the other, and takes the time of each.
class prober {
 public:
  prober(asio::io_context& io, std::uint16_t port, const std::string& id) {
    client_ = std::make_unique<realtime_client>(
        io, port,
        realtime_client::callbacks{[] {}, [this](std::string_view event) { on_event(event); },
                                   [this](const std::string& why) { ended = why; }},
        "conversation=" + id);
  }

  void ask() {
    waits = true;
    asked_ = bench_clock::now();
    client_->send(user_item("One more thing."));
  }

  bool ready = false;
  bool waits = false;
  std::string ended;
  std::vector<double> took_ms;

 private:
  void on_event(std::string_view event) {
    const auto type = type_of(event);
    if (type == "session.created") ready = true;
    if (!waits || type != "conversation.item.added") return;
    took_ms.push_back(ms(bench_clock::now() - asked_));
    waits = false;
  }

  std::unique_ptr<realtime_client> client_;
  bench_clock::time_point asked_;
};

int links(const server_process& server) {
  const auto text = http_get(server.http_port(), "/metrics").body;
  const std::string key = "\ndigital_human_cluster_links ";
  const auto at = text.find(key);
  return at == text.npos ? 0 : std::atoi(text.c_str() + at + key.size());
}

std::map<std::string, std::string> owners(const variables& store) {
  const auto asked =
      run_program({"cluster", "conversations", "--json"}, with(node("nobody"), store));
  std::map<std::string, std::string> found;
  const auto told = boost::json::parse(asked.output);
  for (const auto& line : told.as_array()) {
    found[std::string{line.at("id").as_string()}] = std::string{line.at("node").as_string()};
  }
  return found;
}

void measure_relay(report& figures, int trials, int talking) {
  const scratch folder;
  const auto store = sqlite(folder / "relay");
  server_process anna{with(node("anna"), store)};
  server_process bert{with(node("bert"), store)};
  asio::io_context io{1};
  const auto work = asio::make_work_guard(io);
  run_until(io, 30s, "for the nodes to find each other",
            [&] { return links(anna) == 1 && links(bert) == 1; });

  std::map<std::string, std::unique_ptr<prober>> probers;
  for (int i = 0; i < 16; ++i) {
    const auto id = "probe" + std::to_string(i);
    probers[id] = std::make_unique<prober>(io, anna.realtime_port(), id);
    run_until(io, 10s, "for a conversation", [&] { return probers[id]->ready; });
  }
  std::vector<std::unique_ptr<talker>> others;
  for (int i = 0; i < talking; ++i) {
    others.push_back(
        std::make_unique<talker>(io, anna.realtime_port(), "other" + std::to_string(i)));
  }
  io.run_for(2s);
  const auto node_of = owners(store);
  std::vector<prober*> local;
  std::vector<prober*> relayed;
  for (const auto& [id, one] : probers) {
    (node_of.at(id) == "anna" ? local : relayed).push_back(one.get());
  }
  if (local.empty() || relayed.empty()) {
    throw std::runtime_error{"all conversations came to one node"};
  }
  // In turn, so that both meet the same load.
  for (int i = 0; i < trials; ++i) {
    const auto index = static_cast<std::size_t>(i);
    for (auto* one : {local[index % local.size()], relayed[index % relayed.size()]}) {
      one->ask();
      const auto end = bench_clock::now() + 10s;
      while (one->waits && bench_clock::now() < end) io.run_one_for(100ms);
      if (one->waits) throw std::runtime_error{"an item was not acknowledged"};
    }
  }
  const auto all = [](const std::vector<prober*>& of) {
    std::vector<double> taken;
    for (const auto* one : of) taken.insert(taken.end(), one->took_ms.begin(), one->took_ms.end());
    return taken;
  };
  const auto here = all(local);
  const auto there = all(relayed);
  figures.figure("local_ms_p50", percentile(here, 0.5), "ms");
  figures.figure("local_ms_p95", percentile(here, 0.95), "ms");
  figures.figure("relayed_ms_p50", percentile(there, 0.5), "ms");
  figures.figure("relayed_ms_p95", percentile(there, 0.95), "ms");
  figures.figure("relay_added_ms_p95", percentile(there, 0.95) - percentile(here, 0.95), "ms",
                 "at most 5");
}

// ---- idle

void measure_idle(report& figures, int count) {
  const scratch folder;
  server_process server{with(node("anna"), sqlite(folder / "idle"))};
  const auto before = server.rss_mb();
  asio::io_context io{1};
  const auto work = asio::make_work_guard(io);
  int ready = 0;
  int lost = 0;
  std::vector<std::unique_ptr<realtime_client>> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<realtime_client>(
        io, server.realtime_port(),
        realtime_client::callbacks{[] {},
                                   [&](std::string_view event) {
                                     if (type_of(event) == "session.created") ++ready;
                                   },
                                   [&](const std::string&) { ++lost; }}));
    if (i % 50 == 49) {
      run_until(io, 30s, "for connections", [&] { return ready + lost >= i - 200; });
    }
  }
  run_until(io, 60s, "for all connections", [&] { return ready + lost >= count; });
  if (lost > 0) throw std::runtime_error{std::to_string(lost) + " connections were lost"};
  io.run_for(3s);
  const auto busy_before = server.cpu_seconds();
  io.run_for(10s);
  const auto taken = server.rss_mb() - before;
  figures.figure("idle_mb", taken, "MiB", "under 1000 for 10000");
  figures.figure("idle_kb", taken * 1'024 / count, "KiB");
  figures.figure("idle_cpu_percent", (server.cpu_seconds() - busy_before) * 10, "% of one core");
}

// ---- activations

dhr::conversation_snapshot ten_turns(const std::string& id) {
  dhr::conversation_snapshot talk;
  talk.id = {id};
  talk.epoch = {1};
  talk.turn_number = 10;
  talk.settings = "{}";
  talk.saved_at_ms = dhr::to_unix_ms(dhr::system_clock().wall_now());
  for (int turn = 0; turn < 10; ++turn) {
    const auto number = std::to_string(turn);
    talk.items.push_back({"item_q" + number,
                          "message",
                          "user",
                          "completed",
                          "What does the market say about number " + number + " today?",
                          false,
                          {},
                          {}});
    talk.items.push_back({"item_a" + number,
                          "message",
                          "assistant",
                          "completed",
                          "It says that it went up a little in the morning and down again "
                          "before noon, as it did yesterday.",
                          true,
                          {},
                          {}});
  }
  return talk;
}

template <class Outcome>
auto value_of(Outcome outcome) {
  if (!outcome) throw std::runtime_error{outcome.error().message};
  return std::move(outcome).assume_value();
}

// Opens one conversation after the other, with some under way at all times.
struct opener {
  caf::event_based_actor* self;
  dhr::directory_actor directory;
  int count;
  int begun = 0;
  int ended = 0;
  int failed = 0;

  void next() {
    if (begun >= count) return;
    self->request(directory, 30s, dhr::open_conversation{{"stored" + std::to_string(begun++)}, ""})
        .then([this](const dhr::session_actor&) { done(true); },
              [this](const caf::error&) { done(false); });
  }
  void done(bool granted) {
    ++ended;
    if (!granted) ++failed;
    next();
    if (ended == count) self->quit();
  }
};

// How many items a conversation goes on with.
std::size_t items_of(dhr::host& host, const std::string& id) {
  caf::scoped_actor self{host.system()};
  std::size_t found = 0;
  self->request(host.directory(), 10s, dhr::open_conversation{{id}, ""})
      .receive(
          [&](const dhr::session_actor& session) {
            dhr::attach_client attach;
            attach.continues = true;
            self->send(session, attach, caf::actor_cast<dhr::client_actor>(caf::actor{self.ptr()}));
          },
          [](const caf::error&) { throw std::runtime_error{"a conversation was not found"}; });
  self->receive(
      [&](const dhr::session_event& event) {
        found = std::get<dhr::session_taken_over>(event.payload).last_items.size();
      },
      caf::after(10s) >> [] { throw std::runtime_error{"a conversation does not answer"}; });
  return found;
}

double activations_per_second(const variables& store, int count) {
  auto loaded = dhr::load_config({}, with(node("anna"), store));
  if (!loaded.complaints.empty()) throw std::runtime_error{dhr::render(loaded.complaints)};
  dhr::start_logging(loaded.values.log);
  {
    auto writing =
        value_of(dhr::open_store(loaded.values, dhr::system_clock(), dhr::store_opening::make));
    for (int i = 0; i < count; ++i) {
      const auto saved = writing->save(ten_turns("stored" + std::to_string(i)));
      if (!saved) throw std::runtime_error{saved.error().message};
    }
  }
  dhr::host_options wishes;
  wishes.doors = false;
  const auto host = value_of(dhr::host::start(loaded.values, std::move(wishes)));
  const auto state = std::make_shared<opener>();
  const auto begun = bench_clock::now();
  {
    caf::scoped_actor waiting{host->system()};
    const auto driver =
        host->system().spawn([state, count, &host](caf::event_based_actor* self) -> caf::behavior {
          *state = opener{self, host->directory(), count};
          for (int i = 0; i < 64; ++i) state->next();
          return {[](int) {}};
        });
    waiting->wait_for(driver);
  }
  const auto took = std::chrono::duration<double>(bench_clock::now() - begun).count();
  const auto items = items_of(*host, "stored" + std::to_string(count / 2));
  host->stop();
  if (items != 20) throw std::runtime_error{"a conversation came back without its items"};
  if (state->failed > 0) {
    throw std::runtime_error{std::to_string(state->failed) + " conversations were not taken up"};
  }
  return count / took;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"What being one of several nodes costs"};
  int trials = 400;
  int talking = 10;
  int idle = 10'000;
  int stored = 8'000;
  std::string json;
  app.add_option("--trials", trials, "items that are added to each of the two conversations")
      ->check(CLI::Range(20, 100'000));
  app.add_option("--talking", talking, "conversations that talk meanwhile")
      ->check(CLI::Range(0, 1'000));
  app.add_option("--idle", idle, "conversations that are connected and silent")
      ->check(CLI::Range(1, 19'000));
  app.add_option("--stored", stored, "conversations that are taken up from each store")
      ->check(CLI::Range(1, 19'000));
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  report told{"cluster_speed"};
  told.config("trials", trials);
  told.config("talking", talking);
  told.config("idle", idle);
  told.config("stored", stored);
  measure_relay(told, trials, talking);
  measure_idle(told, idle);
  {
    const scratch folder;
    told.figure("activations_per_s", activations_per_second(sqlite(folder / "act"), stored), "1/s",
                "at least 2000, SQLite");
  }
  const database postgres;
  told.figure(
      "activations_per_s_postgres",
      activations_per_second(
          {{"DHR_STORE_KIND", "postgres"}, {"DHR_STORE_POSTGRES_URL", postgres.url()}}, stored),
      "1/s", "at least 500, PostgreSQL");
  return told.finish(json);
} catch (const std::exception& problem) {
  std::cerr << "bench_cluster_speed: " << problem.what() << '\n';
  return 1;
}
