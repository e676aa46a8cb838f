// What do clients notice when nodes of a cluster die, stand still or are told to end?
//
// Three nodes on one machine and one PostgreSQL, and clients that talk without a pause, all of them
// connected to the first node: their conversations live on all three. In each round one of the
// other two is killed (SIGKILL), stopped (SIGSTOP, and woken when its conversations have gone on),
// or told to end (SIGTERM), and then started again. The engine is scripted and the voice is the
// tone, so that what is measured is the cluster.
//
//   detect      from the signal until the first node says that a link is gone
//   failover    from the signal until the client is told that its conversation goes on
//   turns lost  answers that had ended whole and are not in the conversation that goes on
//   hand-over   SIGTERM: from the last event of the old node to the first of the new one
//   drain       from SIGTERM until the process has ended

#include <signal.h>

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "benchmarks/support/database.hpp"
#include "benchmarks/support/report.hpp"
#include "tests/support/http_get.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
using bench_clock = std::chrono::steady_clock;
namespace asio = boost::asio;

double ms(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

class talker {
 public:
  talker(asio::io_context& io, std::uint16_t port, const std::string& id) : timer_{io} {
    client_ = std::make_unique<realtime_client>(
        io, port,
        realtime_client::callbacks{[this] { ask(); },
                                   [this](std::string_view event) { on_event(event); },
                                   [this](const std::string& why) { ended = why + "."; }},
        "conversation=" + id);
  }

  std::optional<bench_clock::time_point> resumed_at;
  std::optional<double> gap_ms;  // between the last event of the old node and the first of the new
  std::uint64_t turns = 0;
  std::uint64_t turns_broken = 0;  // told to be failed
  std::uint64_t turns_lost = 0;
  std::uint64_t errors = 0;
  std::string ended;

 private:
  void ask() {
    waits_ = true;
    client_->send(user_item("And what happened next?"));
    client_->send(response_create);
  }

  void on_event(std::string_view event) {
    const auto now = bench_clock::now();
    const auto type = type_of(event);
    if (type == "digital_human.resumed") {
      resumed_at = now;
      if (last_before_) gap_ms = ms(now - *last_before_);
      count_lost(event);
      timer_.cancel();
      if (!waits_) ask();
    } else if (type == "response.done") {
      finished(event);
    } else if (event.find("\"conversation_moved\"") != event.npos) {
      waits_ = false;  // it is asked again when the conversation goes on
    } else if (type == "error") {
      ++errors;
      std::cerr << event << '\n';
    }
    last_before_ = now;
  }

  void finished(std::string_view text) {
    waits_ = false;
    const auto event = boost::json::parse(text);
    const auto& response = event.at("response");
    if (response.at("status").as_string() != "completed") {
      ++turns_broken;
      return;  // the next question waits for the conversation to go on
    }
    ++turns;
    for (const auto& item : response.at("output").as_array()) {
      whole_.insert(std::string{item.at("id").as_string()});
    }
    timer_.expires_after(20ms);
    timer_.async_wait([this](boost::system::error_code problem) {
      if (!problem) ask();
    });
  }

  void count_lost(std::string_view text) {
    const auto event = boost::json::parse(text);
    for (const auto& id : event.at("lost_items").as_array()) {
      if (whole_.contains(std::string{id.as_string()})) ++turns_lost;
    }
  }

  asio::steady_timer timer_;
  std::unique_ptr<realtime_client> client_;
  std::optional<bench_clock::time_point> last_before_;
  bool waits_ = false;           // for an answer
  std::set<std::string> whole_;  // items of answers that ended whole
};

enum class fault { kill, stop, end };

struct figures {
  std::vector<double> detect_ms;
  std::vector<double> failover_ms;
  std::vector<double> stopped_ms;  // fail-over from a node that stands still
  std::vector<double> gap_ms;
  std::vector<double> drain_s;
  std::vector<double> owned;  // conversations of the victim
  std::uint64_t turns = 0;
  std::uint64_t turns_broken = 0;
  std::uint64_t turns_lost = 0;
  std::uint64_t errors = 0;
  std::uint64_t connections_lost = 0;
  std::uint64_t not_resumed = 0;
  std::uint64_t bad_ends = 0;  // exit status after SIGTERM that is not 0
};

class chaos {
 public:
  explicit chaos(int conversations) : conversations_{conversations} {
    for (const auto* name : {"anna", "bert", "carla"}) start(name);
    await_links(2);
  }

  void round(fault what, const std::string& victim) {
    begin_talks();
    const auto owned = owned_by(victim);
    out.owned.push_back(static_cast<double>(owned.size()));
    const auto begun = bench_clock::now();
    auto& node = *nodes_.at(victim);
    node.signal(what == fault::kill ? SIGKILL : what == fault::stop ? SIGSTOP : SIGTERM);
    std::optional<double> detected;
    const auto end = begun + 30s;
    const bool wants_detection = what != fault::end;
    while (bench_clock::now() < end && !((detected || !wants_detection) && all_resumed(owned))) {
      io_.run_for(20ms);
      if (!detected && links() < 2) detected = ms(bench_clock::now() - begun);
    }
    if (detected && what != fault::end) out.detect_ms.push_back(*detected);
    collect(what, owned, begun);
    if (what == fault::stop) node.signal(SIGCONT);
    if (what == fault::stop) io_.run_for(3s);
    if (what == fault::end) {
      if (node.wait() != 0) ++out.bad_ends;
      out.drain_s.push_back(ms(bench_clock::now() - begun) / 1'000);
    }
    if (what != fault::stop) start(victim);
    await_links(2);
    io_.run_for(2s);
    for (const auto& one : talkers_) {
      out.turns += one->turns;
      out.turns_broken += one->turns_broken;
      out.turns_lost += one->turns_lost;
      out.errors += one->errors;
      out.connections_lost += one->ended.empty() ? 0 : 1;
    }
    talkers_.clear();
  }

  figures out;

 private:
  std::map<std::string, std::string> environment(const std::string& name) const {
    return {{"DHR_CONVERSATION_ENGINE", "scripted"},
            {"DHR_VOICE_NAME", "tone"},
            {"DHR_EARS_TRANSCRIPTION", "none"},
            {"DHR_STORE_KIND", "postgres"},
            {"DHR_STORE_POSTGRES_URL", database_.url()},
            {"DHR_CLUSTER_ENABLED", "true"},
            {"DHR_CLUSTER_NODE", name},
            {"DHR_CLUSTER_LINK_PORT", "0"},
            {"DHR_LOG_LEVEL", "warn"}};
  }
  // New ones for each round, since conversations stay where they went.
  void begin_talks() {
    ++round_;
    for (int i = 0; i < conversations_; ++i) {
      talkers_.push_back(std::make_unique<talker>(io_, nodes_.at("anna")->realtime_port(),
                                                  prefix() + std::to_string(i)));
    }
    io_.run_for(5s);
  }
  std::string prefix() const { return "round" + std::to_string(round_) + "_"; }

  // A killed node's name is free when its lease has ended; its successor waits for that.
  void start(const std::string& name) {
    nodes_[name].reset();
    nodes_[name] = std::make_unique<server_process>(environment(name));
  }

  int links() const {
    const auto text = http_get(nodes_.at("anna")->http_port(), "/metrics").body;
    const std::string key = "\ndigital_human_cluster_links ";
    const auto at = text.find(key);
    return at == text.npos ? 0 : std::atoi(text.c_str() + at + key.size());
  }
  void await_links(int count) {
    const auto end = bench_clock::now() + 30s;
    while (links() < count) {
      if (bench_clock::now() > end) throw std::runtime_error{"the nodes do not find each other"};
      io_.run_for(50ms);
    }
  }

  // The talkers whose conversations live there.
  std::set<std::size_t> owned_by(const std::string& node) const {
    const auto asked = run_program({"cluster", "conversations", "--json", "--limit", "100000"},
                                   environment("nobody"));
    std::set<std::size_t> found;
    const auto told = boost::json::parse(asked.output);
    for (const auto& line : told.as_array()) {
      const std::string id{line.at("id").as_string()};
      if (line.at("node").as_string() != node || !id.starts_with(prefix())) continue;
      found.insert(std::stoul(id.substr(prefix().size())));
    }
    return found;
  }

  bool all_resumed(const std::set<std::size_t>& owned) const {
    for (const auto index : owned) {
      if (!talkers_.at(index)->resumed_at) return false;
    }
    return true;
  }

  void collect(fault what, const std::set<std::size_t>& owned, bench_clock::time_point begun) {
    for (const auto index : owned) {
      const auto& one = *talkers_.at(index);
      if (!one.resumed_at) {
        ++out.not_resumed;
        continue;
      }
      const auto after = ms(*one.resumed_at - begun);
      if (what == fault::kill) out.failover_ms.push_back(after);
      if (what == fault::stop) out.stopped_ms.push_back(after);
      if (what == fault::end && one.gap_ms) out.gap_ms.push_back(*one.gap_ms);
    }
  }

  database database_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::map<std::string, std::unique_ptr<server_process>> nodes_;
  std::vector<std::unique_ptr<talker>> talkers_;
  const int conversations_;
  int round_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"What clients notice when nodes of a cluster die, stand still or end"};
  int conversations = 60;
  int rounds = 3;
  std::string json;
  app.add_option("--conversations", conversations, "how many speak at once")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--rounds", rounds, "how often each fault comes")->check(CLI::Range(1, 100));
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  chaos test{conversations};
  const std::string victims[]{"bert", "carla"};
  for (int i = 0; i < rounds; ++i) {
    for (const auto what : {fault::kill, fault::end, fault::stop}) {
      test.round(what, victims[i % 2]);
    }
  }
  const auto& out = test.out;
  report told{"cluster_chaos"};
  told.config("conversations", conversations);
  told.config("rounds", rounds);
  told.figure("owned_by_victim_min", percentile(out.owned, 0), "");
  told.figure("detect_ms_p99", percentile(out.detect_ms, 0.99), "ms", "at most 6000");
  told.figure("failover_ms_p50", percentile(out.failover_ms, 0.5), "ms");
  told.figure("failover_ms_p99", percentile(out.failover_ms, 0.99), "ms", "at most 8000");
  told.figure("stopped_failover_ms_p99", percentile(out.stopped_ms, 0.99), "ms");
  told.figure("handover_gap_ms_p99", percentile(out.gap_ms, 0.99), "ms", "at most 500");
  told.figure("drain_s", percentile(out.drain_s, 1), "s", "at most 20");
  told.figure("turns", static_cast<double>(out.turns), "");
  told.figure("turns_broken", static_cast<double>(out.turns_broken), "");
  told.figure("turns_lost", static_cast<double>(out.turns_lost), "", "0");
  told.figure("not_resumed", static_cast<double>(out.not_resumed), "", "0");
  told.figure("connections_lost", static_cast<double>(out.connections_lost), "", "0");
  told.figure("errors", static_cast<double>(out.errors), "", "0");
  told.figure("bad_ends", static_cast<double>(out.bad_ends), "", "0");
  return told.finish(json);
} catch (const std::exception& problem) {
  std::cerr << "bench_cluster_chaos: " << problem.what() << '\n';
  return 1;
}
