// Does one conversation's flood make another one wait at a device worker?
//
// The worker's own queue (gpu/work_queue.hpp) before a device that takes one request at a time and
// `service_ms` for each, in virtual time: figures are the same on every machine. Conversations that
// behave send requests at random (Poisson) that amount to `load` of the device between them; every
// other request is a `first` one. One more conversation, the neighbour, sends in one of three ways:
//   quiet    nothing;
//   steady   one request after another: the next when the last is answered, so the device is never
//            idle, and nobody calls it a flood;
//   flood    `flood_rate` times what the device can do, all of it `first`, refused or not.
// The figure is the 95th percentile of the time from a request to its answer, of those that behave.
//
// Compared is flood with steady: the device is fully used in both, so that what differs is the
// flood alone. A device that is used costs something in itself, since it does not stop in the
// middle of a request: whoever comes waits for the rest of the one in progress, at most one
// service, whatever the queue does. Flood against quiet shows that too: as a ratio, which is large
// on a device that is otherwise idle, where a request has no queue to hide it in, and as time
// (`added_services`): the rest of that one, a `first` request of the flood that passes once more,
// and, on a busy device, what both push back.
//
// `two` are two conversations on the device: the neighbour and one that uses a quarter of it;
// `node` are 30 beside the neighbour, that use it by half, and by nine tenths. `fifo` is the same
// in one line for all, first answers before the rest, with the same bound: how many requests of
// those that behave are refused there, and how long the others take.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <deque>
#include <optional>
#include <queue>
#include <random>
#include <vector>

#include "benchmarks/support/report.hpp"
#include "gpu/work_queue.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;
using namespace std::chrono_literals;

enum class neighbour { quiet, steady, flood };

struct options {
  int service_ms = 20;
  double seconds = 2'000;
  double flood_rate = 20;
  unsigned seed = 1;
  std::size_t depth_max = 256;
};

struct request {
  std::size_t from = 0;  // 0 is the neighbour
  mono_time came{};
};

conversation_id name_of(std::size_t conversation) { return {"c" + std::to_string(conversation)}; }

// One line for all, first answers before the rest.
class fifo_queue {
 public:
  explicit fifo_queue(std::size_t depth_max) : depth_max_{depth_max} {}
  bool push(const request& what, work_class kind, mono_time) {
    if (lines_[0].size() + lines_[1].size() >= depth_max_) return false;
    lines_[kind == work_class::first ? 0 : 1].push_back(what);
    return true;
  }
  std::optional<request> pop(mono_time) {
    auto& line = lines_[0].empty() ? lines_[1] : lines_[0];
    if (line.empty()) return std::nullopt;
    const auto taken = line.front();
    line.pop_front();
    return taken;
  }

 private:
  std::size_t depth_max_;
  std::deque<request> lines_[2];
};

class fair_queue {
 public:
  explicit fair_queue(std::size_t depth_max) : queue_{{.depth_max = depth_max}} {}
  bool push(const request& what, work_class kind, mono_time now) {
    request copy = what;
    return queue_
        .push({.turn = {name_of(what.from), {1}, 1}, .kind = kind, .deadline = mono_time::max()},
              now, std::move(copy))
        .has_value();
  }
  std::optional<request> pop(mono_time now) {
    auto popped = queue_.pop(now);
    if (popped.next.empty()) return std::nullopt;
    return popped.next.front().work;
  }

 private:
  work_queue<request> queue_;
};

struct outcome {
  std::vector<double> answers_ms;  // of those that behave
  std::uint64_t refused = 0;       // of theirs
  double busy = 0;                 // share of the time that the device worked
};

template <class Queue>
class simulation {
 public:
  simulation(const options& wanted, std::size_t others, double load, neighbour kind)
      : options_{wanted}, service_{wanted.service_ms * 1ms}, kind_{kind}, queue_{wanted.depth_max} {
    const auto gap = service_ / load * static_cast<double>(others);
    for (std::size_t i = 1; i <= others; ++i) add(i, gap);
    if (kind == neighbour::flood) add(0, service_ / wanted.flood_rate);
  }

  outcome run() {
    const mono_time end{
        std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>{options_.seconds})};
    mono_time now{};
    nanoseconds worked{0};
    if (kind_ == neighbour::steady) ask(0, now);
    while (now < end) {
      now = running_ && ends_ < events_.top().when ? ends_ : events_.top().when;
      if (running_ && ends_ <= now) finish(now);
      for (; events_.top().when <= now; events_.pop()) {
        const auto next = events_.top();
        ask(next.from, next.when);
        schedule(next.from, next.when);
      }
      if (running_) continue;
      running_ = queue_.pop(now);
      ends_ = now + service_;
      if (running_) worked += service_;
    }
    result_.busy =
        static_cast<double>(worked.count()) / static_cast<double>(end.time_since_epoch().count());
    return std::move(result_);
  }

 private:
  using real_ns = std::chrono::duration<double, std::nano>;
  struct event {
    mono_time when;
    std::size_t from;
    friend bool operator>(const event& a, const event& b) { return a.when > b.when; }
  };
  struct sender {
    real_ns gap{0};
    std::mt19937_64 random;  // its own, so that what others do changes nothing of what it sends
    bool was_first = false;
  };

  void add(std::size_t from, real_ns gap) {
    senders_.resize(std::max(senders_.size(), from + 1));
    senders_[from] = {gap, std::mt19937_64{options_.seed * 1'000 + from}, false};
    schedule(from, mono_time{});
  }

  void schedule(std::size_t from, mono_time now) {
    auto& [mean, random, ignored] = senders_[from];
    const auto gap = mean * std::exponential_distribution{1.0}(random);
    events_.push({now + std::chrono::ceil<nanoseconds>(gap), from});
  }

  void ask(std::size_t from, mono_time now) {
    if (senders_.size() <= from) senders_.resize(from + 1);
    auto& was_first = senders_[from].was_first;
    was_first = !was_first;
    const bool is_first = was_first || (from == 0 && kind_ == neighbour::flood);
    const bool taken =
        queue_.push({from, now}, is_first ? work_class::first : work_class::later, now);
    if (!taken && from != 0) ++result_.refused;
  }

  void finish(mono_time now) {
    const auto done = *std::exchange(running_, std::nullopt);
    if (done.from != 0) {
      result_.answers_ms.push_back(to_ms(now - done.came));
    } else if (kind_ == neighbour::steady) {
      ask(0, now);
    }
  }

  const options options_;
  const nanoseconds service_;
  const neighbour kind_;
  Queue queue_;
  std::vector<sender> senders_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::optional<request> running_;
  mono_time ends_{};
  outcome result_;
};

struct p95s {
  double quiet = 0;
  double steady = 0;
  double flood = 0;
  double refused_share = 0;  // in the flood, of those that behave
};

template <class Queue>
p95s measure(const options& wanted, std::size_t others, double load) {
  p95s found;
  const auto p95 = [&](neighbour kind) {
    auto run = simulation<Queue>{wanted, others, load, kind}.run();
    if (kind != neighbour::quiet && run.busy < 0.999) {
      std::fprintf(stderr, "the device was not fully used\n");
      std::exit(1);
    }
    const auto refused = static_cast<double>(run.refused);
    found.refused_share = refused / (refused + static_cast<double>(run.answers_ms.size()));
    return percentile(std::move(run.answers_ms), 0.95);
  };
  found.quiet = p95(neighbour::quiet);
  found.steady = p95(neighbour::steady);
  found.flood = p95(neighbour::flood);
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Does one conversation's flood make another one wait at a device worker?"};
  std::string json_file;
  options wanted;
  app.add_option("--json", json_file, "also write the line of JSON to this file");
  app.add_option("--service-ms", wanted.service_ms, "of the device for a request")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--seconds", wanted.seconds, "of virtual time for each case")
      ->check(CLI::Range(10.0, 1e6));
  app.add_option("--flood-rate", wanted.flood_rate, "times what the device can do")
      ->check(CLI::Range(1.0, 1'000.0));
  app.add_option("--depth", wanted.depth_max, "of the queue")->check(CLI::Range(64, 100'000));
  app.add_option("--seed", wanted.seed, "of the random times");
  CLI11_PARSE(app, argc, argv);

  report printed{"fairness"};
  printed.config("service_ms", wanted.service_ms);
  printed.config("seconds", wanted.seconds);
  printed.config("flood_rate", wanted.flood_rate);
  printed.config("depth", static_cast<double>(wanted.depth_max));
  printed.config("seed", wanted.seed);
  struct scene {
    std::string name;
    std::size_t others;
    double load;
  };
  double worst = 0;
  double refused = 0;
  for (const auto& [name, others, load] :
       {scene{"two", 1, 0.25}, scene{"node_half", 30, 0.5}, scene{"node_nine_tenths", 30, 0.9}}) {
    const auto fair = measure<fair_queue>(wanted, others, load);
    const auto fifo = measure<fifo_queue>(wanted, others, load);
    worst = std::max(worst, fair.flood / fair.steady);
    refused = std::max(refused, fair.refused_share);
    printed.figure(name + "_p95_quiet", fair.quiet, "ms");
    printed.figure(name + "_p95_steady", fair.steady, "ms");
    printed.figure(name + "_p95_flood", fair.flood, "ms");
    printed.figure(name + "_p95_ratio", fair.flood / fair.steady, "x", "at most 1.10");
    printed.figure(name + "_p95_ratio_to_quiet", fair.flood / fair.quiet, "x");
    printed.figure(name + "_added_services", (fair.flood - fair.quiet) / wanted.service_ms, "");
    printed.figure(name + "_fifo_p95_ratio", fifo.flood / fifo.steady, "x");
    printed.figure(name + "_fifo_refused_share", fifo.refused_share, "");
  }
  printed.figure("p95_ratio", worst, "x", "at most 1.10");
  printed.figure("refused_share", refused, "", "0");
  return printed.finish(json_file);
}
