// The worker that reads emotion as a node has it, with the real net: what do 64 conversations at
// once get of it, against one by one, and how long do they wait?
//
// Each conversation is a client of its own in a closed loop: it asks for the next clause when it
// has the answer, four clauses to an answer, whose first is a `first` request. `one_by_one` is a
// single one of them, so that the worker never has anything to share a batch with; between its
// later clauses it is kept waiting for company, as any conversation alone would be. All figures are
// of the worker's own counts and of the clock around the whole run.
//
//   one_by_one_per_s  clauses of one conversation
//   at_once_per_s     clauses of all conversations together
//   batch_gain_64     the second by the first; --wait-max 0 shows what of it is not that wait
//   wait_ms_p95       from a request's arrival at the worker until its batch begins, all at once
//   wait_limit_ms     what that may be: the longest hold and one batch, at its 95th percentile
//   batch_p50         clauses of a batch, all at once

#include <CLI/CLI.hpp>
#include <atomic>
#include <caf/all.hpp>
#include <cstdlib>
#include <future>
#include <iostream>
#include <mutex>

#include "actors/emotion/emotion_net_adapter.hpp"
#include "actors/emotion/emotion_reader_actor.hpp"
#include "benchmarks/support/report.hpp"
#include "gpu/nets/emotion_net.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

constexpr std::uint32_t clauses_of_an_answer = 4;

const std::vector<std::string> clauses{
    "I really did not expect that you would remember my birthday after all of these years.",
    "Your portfolio lost a little over two percent this week, mostly because oil prices fell "
    "again.",
    "That was the funniest story that anybody has told me since we moved to this town.",
    "Please tell me what happened to the package which should have arrived here on Monday morning.",
};

class loaded_model final : public emotion_model {
 public:
  loaded_model(std::shared_ptr<const emotion_net> net, std::size_t threads)
      : net_{std::move(net)}, threads_{threads}, thresholds_{net_->thresholds()} {}
  const model_facts& facts() const override { return facts_; }
  const label_scores& thresholds() const override { return thresholds_; }
  std::optional<double> accuracy() const override { return std::nullopt; }
  std::string precision_on(const compute_device&) const override { return "int16"; }
  result<std::unique_ptr<sentence_reader>> reader_for(const compute_device&) const override {
    return make_net_reader(net_, 1, threads_);
  }

 private:
  std::shared_ptr<const emotion_net> net_;
  std::size_t threads_;
  label_scores thresholds_;
  model_facts facts_{"emotion", "", ""};
};

// The worker's thread counts the end of a batch when the answers are on their way already, so the
// main thread may clear them at the same time.
struct worker_counts final : worker_metrics {
  void queue_depth(std::size_t) override {}
  void request_begun(nanoseconds waited) override {
    const std::lock_guard lock{mutex};
    waits_ms.push_back(to_ms(waited));
  }
  void batch_finished(std::size_t requests, nanoseconds took) override {
    const std::lock_guard lock{mutex};
    sizes.push_back(static_cast<double>(requests));
    runs_ms.push_back(to_ms(took));
  }
  void request_dropped(work_drop) override {
    const std::lock_guard lock{mutex};
    ++dropped;
  }

  std::mutex mutex;
  std::vector<double> waits_ms;
  std::vector<double> sizes;
  std::vector<double> runs_ms;
  int dropped = 0;
};

// Counts the conversations that have all their answers.
struct finish_line {
  explicit finish_line(std::size_t conversations) : left{conversations} {}
  void reached() {
    if (--left == 0) all.set_value();
  }
  std::atomic<std::size_t> left;
  std::promise<void> all;
};

struct talk {
  static inline const char* name = "talking_conversation";
  talk() = default;
  turn_id turn;
  std::uint32_t clause = 0;  // since the beginning
  std::uint32_t clauses_wanted = 0;
};

emotion_reader_client::behavior_type talking(emotion_reader_client::stateful_pointer<talk> self,
                                             emotion_reader_actor reader, std::size_t number,
                                             std::uint32_t wanted,
                                             std::shared_ptr<finish_line> finish) {
  auto& state = self->state;
  state.turn = {{"c" + std::to_string(number)}, {1}, 1};
  state.clauses_wanted = wanted;
  const auto ask = [self, reader, number] {
    const auto clause = self->state.clause;
    const auto& text = clauses[(number + clause) % clauses.size()];
    self->state.turn.number = 1 + clause / clauses_of_an_answer;
    self->send(
        reader,
        read_emotion{self->state.turn, clause % clauses_of_an_answer, text, milliseconds{10'000}},
        emotion_reader_client{self});
  };
  const auto go_on = [self, ask, finish] {
    if (++self->state.clause < self->state.clauses_wanted) return ask();
    finish->reached();
    self->quit();
  };
  ask();
  return {[go_on](const emotion_read&) { go_on(); },
          [](const reading_failed& x) {
            std::cerr << "a clause was not read: " << x.reason.message << '\n';
            std::exit(1);
          }};
}

struct outcome {
  double per_second = 0;
  std::shared_ptr<worker_counts> counts = std::make_shared<worker_counts>();
};

outcome run(const std::shared_ptr<const emotion_model>& model, std::size_t conversations,
            std::uint32_t wanted, milliseconds wait_max) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 2);
  caf::actor_system system{config};
  outcome made;
  emotion_reader_options options;
  options.model = model;
  options.devices = {{compute_device{}, emotion_batches(64, wait_max), made.counts}};
  options.time = &system_clock();
  const auto reader = spawn_emotion_reader(system, worker_spawn::detached, std::move(options));
  const auto talk_all = [&](std::size_t count, std::uint32_t each) {
    const auto finish = std::make_shared<finish_line>(count);
    auto all = finish->all.get_future();
    for (std::size_t i = 0; i < count; ++i) system.spawn(talking, reader, i, each, finish);
    all.wait();
  };
  talk_all(1, clauses_of_an_answer);  // the worker is warm then
  {
    const std::lock_guard lock{made.counts->mutex};
    made.counts->waits_ms.clear();
    made.counts->sizes.clear();
    made.counts->runs_ms.clear();
  }
  const auto begun = system_clock().now();
  talk_all(conversations, wanted);
  made.per_second =
      static_cast<double>(conversations) * wanted * 1'000 / to_ms(system_clock().now() - begun);
  caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The worker that reads emotion"};
  std::string json;
  std::uint32_t answers = 25;
  std::size_t threads = 2;
  int wait_max_ms = 4;
  app.add_option("--json", json, "also write the figures to this file");
  app.add_option("--answers", answers, "of each conversation, of four clauses")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--threads", threads, "that share a batch")->check(CLI::Range(1, 64));
  app.add_option("--wait-max", wait_max_ms, "ms that a later clause waits for company")
      ->check(CLI::Range(0, 50));
  CLI11_PARSE(app, argc, argv);

  auto net = emotion_net::load(DHR_DEPS_DIR "/models/emotion");
  if (!net) {
    std::cerr << net.assume_error().message << '\n';
    return 1;
  }
  const auto model = std::make_shared<const loaded_model>(std::move(net).assume_value(), threads);
  constexpr std::size_t conversations = 64;
  const milliseconds wait_max{wait_max_ms};
  const auto alone = run(model, 1, 10 * answers * clauses_of_an_answer, wait_max);
  const auto together = run(model, conversations, answers * clauses_of_an_answer, wait_max);

  report figures{"emotion_service"};
  figures.config("conversations", conversations);
  figures.config("answers", answers);
  figures.config("threads", static_cast<double>(threads));
  figures.config("wait_max_ms", static_cast<double>(wait_max.count()));
  figures.figure("one_by_one_per_s", alone.per_second, "1/s");
  figures.figure("at_once_per_s", together.per_second, "1/s");
  figures.figure("batch_gain_64", together.per_second / alone.per_second, "x", "at least 3");
  const auto batch_ms = percentile(together.counts->runs_ms, 0.95);
  const auto limit_ms = static_cast<double>(wait_max.count()) + batch_ms;
  figures.figure("wait_ms_p95", percentile(together.counts->waits_ms, 0.95), "ms",
                 "at most wait_limit_ms");
  figures.figure("wait_limit_ms", limit_ms, "ms");
  figures.figure("batch_p50", percentile(together.counts->sizes, 0.5), "clauses");
  figures.figure("batch_ms_p50", percentile(together.counts->runs_ms, 0.5), "ms");
  figures.figure("dropped", together.counts->dropped, "");
  return figures.finish(json);
}
