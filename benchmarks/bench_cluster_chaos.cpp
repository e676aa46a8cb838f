// What do clients notice when nodes of a cluster die, stand still, are told to end or cannot reach
// each other, and when the database is restarted?
//
// Three nodes on one machine and one PostgreSQL, and clients that talk without a pause, all of them
// connected to the first node: their conversations live on all three. In each round one fault hits
// one of the other two, or the database:
//
//   kill   SIGKILL; started again afterwards
//   term   SIGTERM; started again afterwards
//   stop   SIGSTOP, and woken when its conversations have gone on
//   cut    the node's network, mended afterwards; three rounds: from everybody (isolated), from the
//          other nodes (parted, for 10 s), and only what it sends to them (one way, for 10 s)
//   store  PostgreSQL is shut down, and started again after 5 s
//
// For cuts each node has a network namespace, which needs root; without that right the other faults
// are measured on the machine's loopback. In cuts a quarter more clients are connected to the node
// that is cut off: what they are told, and that its lease ends in time, is seen from inside.
//
//   detect      from the fault until the first node says that a link is gone
//   failover    from the fault until the client is told that its conversation goes on
//   turns lost  answers that had ended whole and are not in the conversation that goes on
//   hand-over   SIGTERM: from the last event of the old node to the first of the new one
//   drain       from SIGTERM until the process has ended
//   fence       from the cut until the isolated node says that it may own nothing
//   silent      clients that, when all is well again, have no answer's end within 20 s

#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "benchmarks/support/chaos_figures.hpp"
#include "benchmarks/support/talking_cluster.hpp"

namespace {

using namespace dhr::bench;
using namespace std::chrono_literals;
using time_point = bench_clock::time_point;
using group = std::vector<talker*>;

constexpr auto first = "anna";  // the clients' node
constexpr auto patience = 30s;
constexpr auto store_away = 5s;
constexpr auto parted_for = 10s;

class chaos {
 public:
  chaos(std::unique_ptr<node_network> network, int conversations)
      : cluster_{std::move(network)}, conversations_{conversations} {}

  chaos_figures out;

  void round(const std::string& fault, const std::string& victim) {
    if (fault == "kill") kill(victim);
    if (fault == "stop") stop(victim);
    if (fault == "term") term(victim);
    if (fault == "store") restart_store();
    if (fault != "cut") return;
    isolate(victim);
    part_both_ways(victim);
    part_one_way(victim);
  }

 private:
  void kill(const std::string& victim) {
    const auto owned = begin(victim);
    const auto begun = bench_clock::now();
    cluster_.node(victim).signal(SIGKILL);
    watch_failover(out.kill, owned, begun);
    cluster_.start(victim);
    settle(out.nodes);
  }

  void stop(const std::string& victim) {
    const auto owned = begin(victim);
    const auto begun = bench_clock::now();
    cluster_.node(victim).signal(SIGSTOP);
    watch_failover(out.stop, owned, begun);
    cluster_.node(victim).signal(SIGCONT);
    cluster_.run_for(3s);
    settle(out.nodes);
  }

  void term(const std::string& victim) {
    const auto owned = begin(victim);
    const auto begun = bench_clock::now();
    cluster_.node(victim).signal(SIGTERM);
    cluster_.run_until(patience, [&] { return all_resumed(owned); });
    count_not_resumed(owned);
    for (const auto* one : owned) {
      if (one->gap_ms) out.gap_ms.push_back(*one->gap_ms);
    }
    if (cluster_.node(victim).wait() != 0) ++out.bad_ends;
    out.drain_s.push_back(ms(bench_clock::now() - begun) / 1'000);
    cluster_.start(victim);
    settle(out.nodes);
  }

  void isolate(const std::string& victim) {
    const auto owned = begin(victim);
    const auto inside = begin_inside(victim);
    const auto begun = bench_clock::now();
    cluster_.network()->isolate(victim);
    std::optional<time_point> fenced;
    watch_failover(out.isolated, owned, begun, [&] {
      if (!fenced && cluster_.metric(victim, "digital_human_lease_held") == 0) {
        fenced = bench_clock::now();
      }
      return fenced.has_value();
    });
    if (fenced) out.fence_ms.push_back(ms(*fenced - begun));
    if (!fenced || resumed_before(owned, *fenced)) ++out.late_fences;
    for (const auto* one : inside) {
      if (one->troubled_at) out.isolated_told_ms.push_back(ms(*one->troubled_at - begun));
      if (!one->troubled_at) ++out.untold;
      if (fenced && one->answered_at && *one->answered_at > *fenced + 100ms) {
        ++out.turns_after_fence;
      }
    }
    cluster_.network()->mend();
    settle(out.nodes, inside, out.isolated_clients);
  }

  // Both sides reach the database, so that each keeps what it has.
  void part(const std::string& victim, chaos_times& to, const std::function<void()>& cut) {
    const auto owned = begin(victim);
    const auto inside = begin_inside(victim);
    const auto begun = bench_clock::now();
    cut();
    std::optional<time_point> detected;
    cluster_.run_until(parted_for, [&] {
      if (!detected && cluster_.links(first) < 2) detected = bench_clock::now();
      return false;
    });
    if (detected) to.detect_ms.push_back(ms(*detected - begun));
    cluster_.network()->mend();
    const auto mended = bench_clock::now();
    cluster_.run_until(patience, [&] { return all_resumed(owned); });
    count_not_resumed(owned);
    for (const auto* one : owned) {
      if (one->troubled_at) to.told_ms.push_back(ms(*one->troubled_at - begun));
      if (one->resumed_at) to.resumed_ms.push_back(ms(*one->resumed_at - mended));
    }
    out.moved += owned.size() - cluster_.owned_by(victim, owned).size();
    settle(out.nodes, inside, out.parted_clients);
  }

  void part_both_ways(const std::string& victim) {
    part(victim, out.parted, [&] {
      for (const auto* other : others_of(victim)) cluster_.network()->cut(victim, other);
    });
  }
  void part_one_way(const std::string& victim) {
    part(victim, out.one_way, [&] {
      for (const auto* other : others_of(victim)) cluster_.network()->cut_one_way(victim, other);
    });
  }

  void restart_store() {
    const auto talkers = cluster_.begin_talks(first, conversations_);
    cluster_.run_for(5s);
    const auto leases = leases_lost();
    for (auto* one : talkers) one->forget_waits();
    meanwhile([&] { cluster_.store().halt(); });
    cluster_.run_for(store_away);
    meanwhile([&] { cluster_.store().resume(); });
    settle(out.store);
    out.leases_lost += leases_lost() - leases;
  }

  // Clients of the first node. Returns those whose conversations live on the victim.
  group begin(const std::string& victim) {
    const auto all = cluster_.begin_talks(first, conversations_);
    cluster_.run_for(5s);
    auto owned = cluster_.owned_by(victim, all);
    out.owned.push_back(static_cast<double>(owned.size()));
    return owned;
  }
  // Clients of the victim. Returns those whose conversations live there too.
  group begin_inside(const std::string& victim) {
    const auto all = cluster_.begin_talks(victim, std::max(conversations_ / 4, 1));
    cluster_.run_for(3s);
    return cluster_.owned_by(victim, all);
  }
  static std::vector<const char*> others_of(const std::string& victim) {
    return {first, victim == "bert" ? "carla" : "bert"};
  }

  static bool all_resumed(const group& owned) {
    return std::all_of(owned.begin(), owned.end(),
                       [](const auto* one) { return one->resumed_at || !one->ended.empty(); });
  }
  static bool resumed_before(const group& owned, time_point when) {
    return std::any_of(owned.begin(), owned.end(), [when](const auto* one) {
      return one->resumed_at && *one->resumed_at < when;
    });
  }
  void count_not_resumed(const group& owned) {
    for (const auto* one : owned) out.nodes.not_resumed += one->resumed_at ? 0 : 1;
  }

  // Until the link's loss is known, all conversations have gone on, and `more` is true.
  void watch_failover(
      chaos_times& to, const group& owned, time_point begun,
      const std::function<bool()>& more = [] { return true; }) {
    std::optional<time_point> detected;
    cluster_.run_until(patience, [&] {
      if (!detected && cluster_.links(first) < 2) detected = bench_clock::now();
      const bool enough = more();
      return detected && enough && all_resumed(owned);
    });
    if (detected) to.detect_ms.push_back(ms(*detected - begun));
    count_not_resumed(owned);
    for (const auto* one : owned) {
      if (one->resumed_at) to.resumed_ms.push_back(ms(*one->resumed_at - begun));
    }
  }

  void settle(chaos_tally& all) { settle(all, {}, all); }
  // Everybody is answered once more; then all hang up. `inside` are counted apart.
  void settle(chaos_tally& all, const group& inside, chaos_tally& of_inside) {
    cluster_.await_links();
    std::map<const talker*, std::uint64_t> turns;
    for (const auto& one : cluster_.talkers()) turns[one.get()] = one->turns;
    const auto answered = [&](const auto& one) {
      return !one->ended.empty() || one->turns > turns[one.get()];
    };
    const auto& talkers = cluster_.talkers();
    cluster_.run_until(20s, [&] { return std::all_of(talkers.begin(), talkers.end(), answered); });
    const auto now = bench_clock::now();
    for (const auto& one : talkers) {
      const bool is_inside = std::find(inside.begin(), inside.end(), one.get()) != inside.end();
      auto& to = is_inside ? of_inside : all;
      to.add(*one);
      if (!answered(one)) ++to.silent;
      if (&to == &out.store) out.store_wait_ms.push_back(one->longest_wait_ms(now));
    }
    cluster_.end_talks();
  }

  // The clients go on talking while the other thread waits for the database's programs.
  void meanwhile(const std::function<void()>& task) {
    auto done = std::async(std::launch::async, task);
    while (done.wait_for(0s) != std::future_status::ready) cluster_.run_for(20ms);
    done.get();
  }

  std::uint64_t leases_lost() const {
    double sum = 0;
    for (const auto* name : {"anna", "bert", "carla"}) {
      sum += cluster_.metric(name, "digital_human_lease_lost_total");
    }
    return static_cast<std::uint64_t>(sum);
  }

  talking_cluster cluster_;
  const int conversations_;
};

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"What clients notice when nodes, links or the database of a cluster fail"};
  int conversations = 60;
  int rounds = 3;
  std::vector<std::string> faults{"kill", "term", "stop", "cut", "store"};
  std::string json;
  app.add_option("--conversations", conversations, "how many speak at once")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--rounds", rounds, "how often each fault comes")->check(CLI::Range(1, 100));
  const auto* chosen =
      app.add_option("--faults", faults, "which, separated by commas; all of them otherwise")
          ->delimiter(',')
          ->check(CLI::IsMember{std::vector<std::string>{"kill", "term", "stop", "cut", "store"}});
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  std::unique_ptr<node_network> network;
  if (const auto cut = std::find(faults.begin(), faults.end(), "cut"); cut != faults.end()) {
    try {
      network = std::make_unique<node_network>(
          std::vector<std::string>{"anna", "bert", "carla", "store"});
    } catch (const std::exception& problem) {
      if (!chosen->empty()) throw;
      std::cerr << "no link can be cut, for this needs root and iproute2; the other faults follow: "
                << problem.what() << '\n';
      faults.erase(cut);
    }
  }
  report told{"cluster_chaos"};
  told.config("conversations", conversations);
  told.config("rounds", rounds);
  told.config("own_network", network ? 1 : 0);
  chaos test{std::move(network), conversations};
  const std::string victims[]{"bert", "carla"};
  for (int i = 0; i < rounds; ++i) {
    for (const auto& fault : faults) {
      std::cerr << "round " << i + 1 << ": " << fault << '\n';
      test.round(fault, victims[i % 2]);
    }
  }
  tell(told, faults, test.out);
  return told.finish(json);
} catch (const std::exception& problem) {
  std::cerr << "bench_cluster_chaos: " << problem.what() << '\n';
  return 1;
}
