// When the node's devices are ready, and why not.

#include "runtime/device_watch.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

const compute_device card{device_kind::cuda, 0};
const compute_device cpu{};
const error full{errc::overloaded, "its memory is full", {}, {}};

struct bench {
  std::shared_ptr<metrics> counts = std::make_shared<metrics>();
  device_watch watch{counts, counts->devices(), {card, cpu}};
};

}  // namespace

TEST_CASE("the node is not ready before each device was tried") {
  bench b;
  CHECK_FALSE(b.watch.is_ready());
  b.watch.device_is(cpu, device_state::ready);
  CHECK_FALSE(b.watch.is_ready());
  CHECK_FALSE(b.watch.wait_until_tried(0ms));
  b.watch.device_is(card, device_state::warming);
  CHECK_FALSE(b.watch.is_ready());
  b.watch.device_is(card, device_state::ready);
  CHECK(b.watch.is_ready());
  CHECK(b.watch.wait_until_tried(0ms));
  CHECK(b.watch.text() == "cpu ready, cuda:0 ready");
}

TEST_CASE("whoever waits is woken by the last device") {
  bench b;
  std::thread other{[&] {
    b.watch.device_is(cpu, device_state::ready);
    b.watch.device_is(card, device_state::resting);
  }};
  CHECK(b.watch.wait_until_tried(60s));
  other.join();
}

TEST_CASE("a device that fails later leaves the node ready while another one works") {
  bench b;
  b.watch.device_is(cpu, device_state::ready);
  b.watch.device_is(card, device_state::ready);
  b.watch.device_failed(card, device_failure::out_of_memory, full, 3);
  b.watch.device_is(card, device_state::resting);
  CHECK(b.watch.is_ready());
  CHECK(b.watch.text() == "cpu ready, cuda:0 resting");
  CHECK(b.watch.last_trouble() == "cuda:0: its memory is full");
  CHECK_FALSE(b.watch.why_lost(card));
  b.watch.device_is(card, device_state::warming);
  CHECK(b.watch.is_ready());
  b.watch.device_is(card, device_state::lost);
  CHECK(b.watch.why_lost(card) == "its memory is full");
  b.watch.device_is(cpu, device_state::resting);
  CHECK_FALSE(b.watch.is_ready());
  CHECK_THAT(b.counts->scrape(),
             Catch::Contains("digital_human_device_requests_moved_total{device=\"cuda:0\"} 3") &&
                 Catch::Contains("digital_human_device_up{device=\"cuda:0\"} 0"));
}

TEST_CASE("the accuracy that is told is that of the net in force") {
  bench b;
  b.counts->emotion_accuracy(0.5);
  b.watch.model_exchanged({"emotion", "1", "aa"}, {"emotion", "2", "bb"}, 0.75);
  CHECK_THAT(b.counts->scrape(), Catch::Contains("digital_human_emotion_accuracy 0.75"));
}

TEST_CASE("what is retired is told no more") {
  model_registry models;
  const auto old = models.add({"emotion", "1", "aa"}, "fp32", "cpu", model_state::ready, {});
  models.add({"emotion", "2", "bb"}, "fp32", "cpu", model_state::ready, {});
  models.change(old, model_state::retired, {});
  const auto labels = labels_of(models.list());
  REQUIRE(labels.size() == 1);
  CHECK(labels[0] == model_labels{"emotion", "2", "bb", "fp32", "cpu", "ready"});
}
