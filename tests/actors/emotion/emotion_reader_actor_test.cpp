#include "actors/emotion/emotion_reader_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct counted final : worker_metrics {
  std::vector<std::size_t> batches;
  std::vector<work_drop> drops;
  std::vector<nanoseconds> waits;
  std::size_t depth = 0;
  void queue_depth(std::size_t requests) override { depth = requests; }
  void request_begun(nanoseconds waited) override { waits.push_back(waited); }
  void batch_finished(std::size_t requests, nanoseconds) override { batches.push_back(requests); }
  void request_dropped(work_drop reason) override { drops.push_back(reason); }
};

// Finds as much joy in a sentence as its first character says, in tenths.
class fake_reader final : public sentence_reader {
 public:
  explicit fake_reader(std::shared_ptr<bool> broken) : broken_{std::move(broken)} {}
  std::size_t length_of(std::string_view sentence) const override { return sentence.size(); }
  result<std::vector<label_scores>> read(std::span<const std::string> sentences) override {
    if (*broken_) return fail(errc::failed, "the device is gone");
    std::vector<label_scores> found;
    for (const auto& sentence : sentences) {
      label_scores scores;
      scores[emotion_label::joy] = static_cast<float>(sentence.front() - '0') / 10;
      found.push_back(scores);
    }
    return found;
  }

 private:
  std::shared_ptr<bool> broken_;
};

struct bench {
  testing::deterministic_system<caf::id_block::dhr_emotion> world;
  std::shared_ptr<counted> metrics = std::make_shared<counted>();
  std::shared_ptr<bool> broken = std::make_shared<bool>(false);
  std::vector<emotion_read> read;
  std::vector<reading_failed> failed;
  emotion_reader_client client =
      world.system.spawn([this]() -> emotion_reader_client::behavior_type {
        return {[this](const emotion_read& x) { read.push_back(x); },
                [this](const reading_failed& x) { failed.push_back(x); }};
      });
  emotion_reader_actor reader;

  explicit bench(std::size_t depth_max = 8) {
    emotion_reader_options options;
    options.reader = std::make_unique<fake_reader>(broken);
    options.batches = emotion_batches(4, 10ms);
    options.queue.depth_max = depth_max;
    options.time = &world.clock;
    options.metrics = metrics;
    reader = spawn_emotion_reader(world.system, worker_spawn::scheduled, std::move(options));
  }
  ~bench() {
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    world.settle();
  }
  static turn_id turn(const std::string& conversation, std::uint64_t number = 1) {
    return {{conversation}, {1}, number};
  }
  void ask(const turn_id& of, std::uint32_t index, const std::string& text,
           milliseconds budget = 1'000ms) {
    caf::anon_send(reader, read_emotion{of, index, text, budget}, client);
  }
};

}  // namespace

TEST_CASE("a first clause is read at once") {
  bench b;
  b.ask(bench::turn("a"), 0, "7");
  b.world.settle();
  REQUIRE(b.read.size() == 1);
  CHECK(b.read[0].turn == bench::turn("a"));
  CHECK(b.read[0].scores[emotion_label::joy] == Approx(0.7f));
  CHECK(b.metrics->batches == std::vector<std::size_t>{1});
}

TEST_CASE("later clauses wait for others, for as long as they may, and are read together") {
  bench b;
  b.ask(bench::turn("a"), 1, "1");
  b.world.settle();
  CHECK(b.read.empty());
  b.world.advance(6ms);
  b.ask(bench::turn("b"), 1, "2");
  b.world.advance(3ms);
  CHECK(b.read.empty());
  b.world.advance(2ms);
  CHECK(b.read.size() == 2);
  CHECK(b.metrics->batches == std::vector<std::size_t>{2});
}

TEST_CASE("a full batch does not wait") {
  bench b;
  for (const auto* conversation : {"a", "b", "c", "d"}) b.ask(bench::turn(conversation), 1, "1");
  b.world.settle();
  CHECK(b.read.size() == 4);
}

TEST_CASE("each gets its own scores, in the order of its conversation") {
  bench b;
  b.ask(bench::turn("a"), 1, "1");
  b.ask(bench::turn("a"), 2, "2");
  b.ask(bench::turn("b"), 1, "3");
  b.world.advance(20ms);
  REQUIRE(b.read.size() == 3);
  std::vector<std::uint32_t> order;
  for (const auto& one : b.read) {
    if (one.turn.conversation.value == "a") order.push_back(one.index);
    const bool is_a = one.turn.conversation.value == "a";
    const float expected = is_a ? 0.1f * static_cast<float>(one.index) : 0.3f;
    CHECK(one.scores[emotion_label::joy] == Approx(expected));
  }
  CHECK(order == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("what is cancelled is not read, and its asker is told") {
  bench b;
  b.ask(bench::turn("a"), 1, "1");
  caf::anon_send(b.reader, cancel_feeling{bench::turn("a")});
  b.world.advance(20ms);
  CHECK(b.read.empty());
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::cancelled);
  CHECK(b.metrics->drops == std::vector{work_drop::cancelled});
  CHECK(b.metrics->batches.empty());
}

TEST_CASE("what is too late is given back and not read") {
  bench b;
  b.ask(bench::turn("a"), 1, "1", 0ms);
  b.world.advance(20ms);
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::deadline);
  CHECK(b.metrics->drops == std::vector{work_drop::expired});
}

TEST_CASE("a full queue is an answer, and the flood of one conversation leaves room for others") {
  bench b{4};
  for (std::uint32_t i = 1; i < 8; ++i) b.ask(bench::turn("a"), i, "1");
  b.ask(bench::turn("b"), 1, "2");
  b.world.settle();
  REQUIRE_FALSE(b.failed.empty());
  CHECK(b.failed[0].reason.code == errc::overloaded);
  CHECK(b.failed[0].reason.retry_after);
  for (const auto& one : b.failed) CHECK(one.turn.conversation.value == "a");
  b.world.advance(50ms);
  CHECK(std::any_of(b.read.begin(), b.read.end(),
                    [](const auto& one) { return one.turn.conversation.value == "b"; }));
}

TEST_CASE("a reader that fails tells all of its batch, and reads the next one") {
  bench b;
  *b.broken = true;
  b.ask(bench::turn("a"), 0, "1");
  b.world.settle();
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::failed);
  *b.broken = false;
  b.ask(bench::turn("a"), 0, "5");
  b.world.settle();
  CHECK(b.read.size() == 1);
}

TEST_CASE("a text that is longer than the longest bucket is read all the same") {
  bench b;
  b.ask(bench::turn("a"), 0, "4" + std::string(500, 'x'));
  b.world.settle();
  CHECK(b.read.size() == 1);
}
