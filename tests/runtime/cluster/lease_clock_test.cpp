#include "runtime/cluster/lease_clock.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

const mono_time start{1h};
constexpr lease_config config{.ttl = 6s,
                              .renew_every = 2s,
                              .answer_max = 1s,
                              .retry = 250ms,
                              .drift_share = 0.01,
                              .fence_time = 500ms};
// 6 s less 1 % less 0.5 s
constexpr nanoseconds usable = 5'440ms;

lease_attempt attempt_of(lease_clock& lease, mono_time now, lease_action expected) {
  const auto next = lease.step(now);
  REQUIRE(next.action == expected);
  CHECK(next.attempt.sent == now);
  return next.attempt;
}

// Granted at `start`, with an answer that took 100 ms.
lease_clock held() {
  lease_clock lease{config};
  lease.granted(attempt_of(lease, start, lease_action::join), 6s, start + 100ms);
  REQUIRE(lease.phase() == lease_phase::held);
  return lease;
}

void expect_wait(lease_clock& lease, mono_time now, mono_time until) {
  const auto next = lease.step(now);
  CHECK(next.action == lease_action::wait);
  CHECK((next.at == until));
}

}  // namespace

TEST_CASE("a node without a lease may not act and asks for one") {
  lease_clock lease{config};
  CHECK_FALSE(lease.may_act(start));
  const auto join = attempt_of(lease, start, lease_action::join);
  CHECK(join.term == 1);
  expect_wait(lease, start, start + 1s);
  CHECK_FALSE(lease.may_act(start));
}

TEST_CASE("a lease counts from when its request was sent, not from when the answer came") {
  lease_clock lease{config};
  const auto join = attempt_of(lease, start, lease_action::join);
  lease.granted(join, 6s, start + 900ms);
  CHECK((lease.valid_until() == start + usable));
  CHECK(lease.may_act(start + usable - 1ns));
  CHECK_FALSE(lease.may_act(start + usable));
}

TEST_CASE("a lease is renewed at a third of its time") {
  auto lease = held();
  expect_wait(lease, start + 100ms, start + 2s);
  const auto renewal = attempt_of(lease, start + 2s, lease_action::renew);
  lease.granted(renewal, 6s, start + 2s + 50ms);
  CHECK((lease.valid_until() == start + 2s + usable));
  expect_wait(lease, start + 2100ms, start + 4s);
}

TEST_CASE("a store that grants a shorter time is asked sooner") {
  lease_clock lease{config};
  lease.granted(attempt_of(lease, start, lease_action::join), 3s, start + 1ms);
  expect_wait(lease, start + 1ms, start + 1s);
  CHECK((lease.valid_until() == start + 2'470ms));
}

TEST_CASE("a renewal that fails is tried again soon, one without an answer later") {
  auto lease = held();
  const auto renewal = attempt_of(lease, start + 2s, lease_action::renew);
  lease.failed(renewal, start + 2s + 10ms);
  expect_wait(lease, start + 2s + 10ms, start + 2s + 260ms);
  (void)attempt_of(lease, start + 2s + 260ms, lease_action::renew);
  expect_wait(lease, start + 2s + 261ms, start + 3s + 260ms);
  (void)attempt_of(lease, start + 3s + 260ms, lease_action::renew);
  CHECK(lease.may_act(start + 3s + 260ms));
  // Of the attempt before.
  lease.failed({1, start + 2s + 260ms}, start + 3s + 300ms);
  expect_wait(lease, start + 3s + 550ms, start + 4s + 260ms);
}

TEST_CASE("a node that cannot renew its lease fences before it ends and says so once") {
  auto lease = held();
  auto now = start + 2s;
  mono_time fenced_at{};
  while (fenced_at == mono_time{}) {
    const auto next = lease.step(now);
    if (next.action == lease_action::fence) fenced_at = now;
    if (next.action == lease_action::renew) lease.failed(next.attempt, now + 1ms);
    if (next.action == lease_action::wait) now = next.at;
    REQUIRE(now < start + 6s);
  }
  CHECK((fenced_at == start + usable));
  CHECK(lease.phase() == lease_phase::fencing);
  CHECK_FALSE(lease.may_act(now));
  expect_wait(lease, now + 1ms, mono_time::max());
}

TEST_CASE("after a fence a node joins anew, in another term, and only when all has stopped") {
  auto lease = held();
  REQUIRE(lease.step(start + usable).action == lease_action::fence);
  CHECK(lease.term() == 1);
  expect_wait(lease, start + 1min, mono_time::max());
  lease.fenced(start + 1min);
  CHECK(lease.term() == 2);
  const auto join = attempt_of(lease, start + 1min, lease_action::join);
  CHECK(join.term == 2);
  lease.granted(join, 6s, start + 1min + 1ms);
  CHECK(lease.may_act(start + 1min + 1ms));
}

TEST_CASE("a late answer does not revive a lease that was fenced") {
  auto lease = held();
  const auto renewal = attempt_of(lease, start + 5s, lease_action::renew);

  SECTION("while its conversations are being stopped") {
    REQUIRE(lease.step(start + usable).action == lease_action::fence);
    lease.granted(renewal, 6s, start + usable + 1ms);
    CHECK(lease.phase() == lease_phase::fencing);
    CHECK_FALSE(lease.may_act(start + usable + 1ms));
  }
  SECTION("when it is heard after the end and before anybody looked at the time") {
    lease.granted(renewal, 6s, start + usable);
    CHECK_FALSE(lease.may_act(start + usable));
    CHECK(lease.step(start + usable).action == lease_action::fence);
  }
  SECTION("when the node has asked to join again") {
    REQUIRE(lease.step(start + usable).action == lease_action::fence);
    lease.fenced(start + usable + 10ms);
    (void)attempt_of(lease, start + usable + 10ms, lease_action::join);
    lease.granted(renewal, 6s, start + usable + 20ms);
    CHECK(lease.phase() == lease_phase::vacant);
  }
  SECTION("and its refusal does not end the next one") {
    REQUIRE(lease.step(start + usable).action == lease_action::fence);
    lease.fenced(start + usable + 10ms);
    lease.granted(attempt_of(lease, start + 10s, lease_action::join), 6s, start + 10s + 1ms);
    lease.refused(renewal, start + 10s + 2ms);
    CHECK(lease.phase() == lease_phase::held);
  }
}

TEST_CASE(
    "a late answer to an older attempt of a lease that holds prolongs it from when it was sent") {
  auto lease = held();
  const auto first = attempt_of(lease, start + 2s, lease_action::renew);
  const auto second = attempt_of(lease, start + 3s, lease_action::renew);
  lease.granted(first, 6s, start + 3s + 10ms);
  CHECK((lease.valid_until() == start + 2s + usable));
  expect_wait(lease, start + 3s + 10ms, start + 4s);
  lease.granted(second, 6s, start + 3s + 20ms);
  CHECK((lease.valid_until() == start + 3s + usable));
  lease.granted(first, 6s, start + 3s + 30ms);
  CHECK((lease.valid_until() == start + 3s + usable));
  expect_wait(lease, start + 3s + 30ms, start + 5s);
}

TEST_CASE("a refused renewal fences at once") {
  auto lease = held();
  const auto renewal = attempt_of(lease, start + 2s, lease_action::renew);
  lease.refused(renewal, start + 2s + 5ms);
  CHECK_FALSE(lease.may_act(start + 2s + 5ms));
  CHECK(lease.step(start + 2s + 5ms).action == lease_action::fence);
}

TEST_CASE("a node whose name another process has taken fences at once") {
  auto lease = held();
  lease.displaced();
  CHECK_FALSE(lease.may_act(start + 1s));
  CHECK(lease.step(start + 1s).action == lease_action::fence);
  lease_clock fresh{config};
  fresh.displaced();
  CHECK(fresh.phase() == lease_phase::vacant);
}

TEST_CASE("a join that fails is asked for again in its term, one that is refused in the next") {
  lease_clock lease{config};
  const auto first = attempt_of(lease, start, lease_action::join);
  lease.failed(first, start + 10ms);
  expect_wait(lease, start + 10ms, start + 260ms);
  const auto second = attempt_of(lease, start + 260ms, lease_action::join);
  CHECK(second.term == 1);
  lease.refused(second, start + 270ms);
  expect_wait(lease, start + 270ms, start + 520ms);
  CHECK(attempt_of(lease, start + 520ms, lease_action::join).term == 2);
  lease.granted(first, 6s, start + 530ms);
  CHECK(lease.phase() == lease_phase::vacant);
}

TEST_CASE("a join that was granted too late to use is asked for again") {
  lease_clock lease{config};
  const auto join = attempt_of(lease, start, lease_action::join);
  lease.granted(join, 6s, start + usable);
  CHECK(lease.phase() == lease_phase::vacant);
  (void)attempt_of(lease, start + usable, lease_action::join);
}

TEST_CASE("every call is harmless in every phase that it does not fit") {
  lease_clock lease{config};
  lease.fenced(start);
  CHECK(lease.term() == 1);
  const auto join = attempt_of(lease, start, lease_action::join);
  lease.failed({7, start}, start);
  lease.granted({0, start}, 6s, start);
  CHECK(lease.phase() == lease_phase::vacant);
  lease.granted(join, 6s, start);
  lease.fenced(start);
  CHECK(lease.phase() == lease_phase::held);
  lease.displaced();
  lease.failed(join, start);
  lease.refused(join, start);
  lease.displaced();
  CHECK(lease.phase() == lease_phase::fencing);
  CHECK(lease.step(start).action == lease_action::fence);
  lease.fenced(start);
  CHECK(lease.term() == 2);
}

// The store's clock is true; the local one runs at `rate`. Requests and answers take their time or
// are lost, the process pauses. The store gives the lease away the moment that it ends.
namespace {

class drifting_node {
 public:
  explicit drifting_node(unsigned seed)
      : random_{seed},
        rate_{std::array{0.99, 0.995, 1.0, 1.01, 1.1}[seed % 5]},
        loss_{seed % 3 == 0 ? 0.6 : 0.1} {}

  void turn() {
    truth_ += chance(0.002) ? between(1'000, 9'000) : between(1, 60);
    const auto due = std::stable_partition(wire_.begin(), wire_.end(),
                                           [&](const auto& one) { return one.at > truth_; });
    const std::vector<message> arrived{due, wire_.end()};
    wire_.erase(due, wire_.end());
    for (const auto& one : arrived) hear(one);

    const auto next = lease_.step(local());
    if (next.action == lease_action::fence) {
      ++fences;
      stopped_at_ = truth_ + between(1, 480);
    } else if (next.action != lease_action::wait) {
      renewals += next.action == lease_action::renew ? 1 : 0;
      post({truth_ + between(1, 800), next.attempt, false, false});
    }
    if (lease_.phase() == lease_phase::fencing && truth_ >= stopped_at_) lease_.fenced(local());
  }

  [[nodiscard]] bool acts() const { return lease_.may_act(local()); }
  [[nodiscard]] bool owns() const { return owner_ == lease_.term() && truth_ < lease_end_; }

  std::size_t fences = 0;
  std::size_t renewals = 0;

 private:
  struct message {
    nanoseconds at;
    lease_attempt attempt;
    bool is_answer;
    bool good;
  };

  void hear(const message& one) {
    if (one.is_answer) {
      if (one.good) {
        lease_.granted(one.attempt, config.ttl, local());
      } else {
        lease_.refused(one.attempt, local());
      }
      return;
    }
    const bool good = one.at < lease_end_ ? owner_ == one.attempt.term : owner_ < one.attempt.term;
    if (good) {
      owner_ = one.attempt.term;
      lease_end_ = one.at + config.ttl;
    }
    post({one.at + between(1, 1'500), one.attempt, true, good});
  }

  void post(message one) {
    if (!chance(loss_)) wire_.push_back(one);
  }
  bool chance(double p) { return std::bernoulli_distribution{p}(random_); }
  milliseconds between(int low, int high) {
    return milliseconds{std::uniform_int_distribution{low, high}(random_)};
  }
  [[nodiscard]] mono_time local() const {
    return start + nanoseconds{static_cast<std::int64_t>(
                       std::ceil(static_cast<double>(truth_.count()) * rate_))};
  }

  std::mt19937 random_;
  const double rate_;
  const double loss_;
  lease_clock lease_{config};
  std::vector<message> wire_;
  nanoseconds truth_{0};
  nanoseconds stopped_at_{0};  // when the last fence is done
  std::uint64_t owner_ = 0;    // the term that has the lease at the store
  nanoseconds lease_end_{0};
};

}  // namespace

TEST_CASE(
    "no node acts under a lease that the store has given away, on any clock within the drift") {
  std::size_t fences = 0;
  std::size_t renewals = 0;
  std::size_t acting = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    drifting_node node{seed};
    for (int turn = 0; turn < 3'000; ++turn) {
      node.turn();
      if (!node.acts()) continue;
      ++acting;
      REQUIRE(node.owns());
    }
    fences += node.fences;
    renewals += node.renewals;
  }
  CHECK(fences > 400);
  CHECK(renewals > 10'000);
  CHECK(acting > 100'000);
}

TEST_CASE("on the slowest clock a fence still has its time before the store's end") {
  auto lease = held();
  const auto slow = static_cast<double>((lease.valid_until() - start).count());
  const double truth = slow / (1 - config.drift_share);
  CHECK(truth < static_cast<double>(nanoseconds{config.ttl - config.fence_time}.count()));
}

TEST_CASE("the lease's settings are complained about where they do not fit together") {
  CHECK(check(lease_config{}).empty());
  CHECK(check(config).empty());
  CHECK(check(lease_config{.ttl = 5s, .renew_every = 2s}).size() == 1);
  CHECK(check(lease_config{.ttl = 4s, .renew_every = 2s}).size() == 2);
  CHECK(check(lease_config{.ttl = 6s, .renew_every = 2s, .answer_max = 2s}).size() == 1);
  CHECK(check(lease_config{.drift_share = 0}).size() == 1);
  CHECK(check(lease_config{.ttl = 60s, .drift_share = 0.3}).size() == 1);
  CHECK(check(lease_config{.fence_time = 0ms}).size() == 1);
  CHECK(check(lease_config{.ttl = 6s, .renew_every = 2s, .fence_time = 3s}).size() == 1);
}
