#include "gpu/batcher.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using string_batcher = batcher<std::string>;
constexpr auto first = work_class::first;
constexpr auto later = work_class::later;

mono_time at(nanoseconds time) { return mono_time{time}; }

work_terms terms(const std::string& conversation, work_class kind = later,
                 mono_time deadline = at(60s), std::uint64_t number = 1) {
  return {.turn = {{conversation}, {1}, number}, .kind = kind, .deadline = deadline};
}

std::string names(const string_batcher::batch& batch) {
  std::string all;
  for (const auto& entry : batch.entries) all += entry.work + ' ';
  return all;
}

batch_limits limits(std::size_t batch_max) {
  return {.batch_max = batch_max, .wait_max = 10ms, .buckets = {16, 64}};
}

}  // namespace

TEST_CASE("later work waits for company until it has been held as long as it may") {
  string_batcher b{limits(4)};
  REQUIRE(b.push(terms("a"), 10, at(0ms), "a"));
  REQUIRE(b.push(terms("b"), 12, at(3ms), "b"));
  CHECK(b.due_at() == at(10ms));
  CHECK(b.take(at(9ms)).entries.empty());
  const auto batch = b.take(at(10ms));
  CHECK(names(batch) == "a b ");
  CHECK(batch.length == 16);
  CHECK(batch.rows == 2);
  CHECK(batch.entries[0].waited == 10ms);
  CHECK(batch.entries[1].waited == 7ms);
  CHECK_FALSE(b.due_at());
}

TEST_CASE("a full batch goes at once and leaves what is too much") {
  string_batcher b{limits(2)};
  for (const char* name : {"a", "b", "c"}) REQUIRE(b.push(terms(name), 16, at(0ms), name));
  CHECK(b.due_at() == mono_time::min());
  CHECK(names(b.take(at(0ms))) == "a b ");
  CHECK(b.due_at() == at(10ms));
  CHECK(b.take(at(0ms)).entries.empty());
}

TEST_CASE("first work goes at once and takes others of its bucket with it") {
  string_batcher b{limits(4)};
  REQUIRE(b.push(terms("a"), 16, at(0ms), "a"));
  REQUIRE(b.push(terms("long"), 64, at(0ms), "long"));
  REQUIRE(b.push(terms("b", first), 5, at(1ms), "b"));
  CHECK(b.due_at() == mono_time::min());
  CHECK(names(b.take(at(1ms))) == "b a ");
  CHECK(b.due_at() == at(10ms));
}

TEST_CASE("a request is not held for longer than half of its time") {
  string_batcher b{limits(4)};
  REQUIRE(b.push(terms("a", later, at(8ms)), 16, at(0ms), "a"));
  CHECK(b.due_at() == at(4ms));
}

TEST_CASE("what is too long for every bucket is refused") {
  string_batcher b{limits(4)};
  const auto pushed = b.push(terms("a"), 65, at(0ms), "a");
  REQUIRE_FALSE(pushed);
  CHECK(pushed.error().code == errc::invalid_argument);
  CHECK(pushed.error().where == "length");
  CHECK(b.empty());
}

TEST_CASE("a shorter request rides only in a row that would be padding") {
  auto padded = limits(4);
  padded.row_sizes = {1, 2, 4};
  string_batcher b{padded};
  for (const char* name : {"A", "B", "C"}) REQUIRE(b.push(terms(name), 64, at(0ms), name));
  for (const char* name : {"x", "y"}) REQUIRE(b.push(terms(name), 16, at(1ms), name));
  const auto batch = b.take(at(10ms));
  CHECK(names(batch) == "A B C x ");
  CHECK(batch.length == 64);
  CHECK(batch.rows == 4);
  CHECK(b.batches().riders == 1);

  string_batcher exact{limits(4)};
  REQUIRE(exact.push(terms("A"), 64, at(0ms), "A"));
  REQUIRE(exact.push(terms("x"), 16, at(1ms), "x"));
  CHECK(names(exact.take(at(10ms))) == "A ");
}

TEST_CASE("a conversation's requests of two buckets keep their order") {
  string_batcher b{limits(4)};
  REQUIRE(b.push(terms("a"), 64, at(0ms), "a1"));
  REQUIRE(b.push(terms("a"), 16, at(0ms), "a2"));
  REQUIRE(b.push(terms("a"), 64, at(0ms), "a3"));
  REQUIRE(b.push(terms("b"), 16, at(1ms), "b1"));
  CHECK(names(b.take(at(10ms))) == "a1 ");
  CHECK(names(b.take(at(10ms))) == "b1 a2 ");
  CHECK(names(b.take(at(10ms))) == "a3 ");
}

TEST_CASE("a flood of one bucket does not hold up another conversation's bucket") {
  string_batcher b{limits(2)};
  for (int i = 0; i < 40; ++i) REQUIRE(b.push(terms("flood"), 16, at(0ms), "f"));
  REQUIRE(b.push(terms("b"), 64, at(1ms), "b"));
  CHECK(names(b.take(at(1ms))) == "f f ");
  CHECK(names(b.take(at(11ms))) == "b ");
}

TEST_CASE("a batch of a crowded bucket has somebody of every conversation that it has room for") {
  string_batcher b{limits(4)};
  for (int i = 0; i < 8; ++i) REQUIRE(b.push(terms("flood"), 16, at(0ms), "f"));
  for (const char* name : {"a", "b", "c"}) REQUIRE(b.push(terms(name), 16, at(0ms), name));
  CHECK(names(b.take(at(0ms))) == "f a b c ");
}

TEST_CASE("cancelled requests are in no batch, expired ones are given back") {
  string_batcher b{limits(4)};
  REQUIRE(b.push(terms("a"), 16, at(0ms), "a"));
  REQUIRE(b.push(terms("b", later, at(12ms)), 16, at(0ms), "b"));
  REQUIRE(b.push(terms("c"), 16, at(0ms), "c"));
  CHECK(b.cancel({{"a"}, {1}, 1}).size() == 1);
  const auto batch = b.take(at(12ms));
  CHECK(names(batch) == "c ");
  REQUIRE(batch.expired.size() == 1);
  CHECK(batch.expired[0].work == "b");
  CHECK(b.counts().cancelled == 1);
  CHECK(b.counts().expired == 1);
  CHECK(b.batches().requests == 1);
}

TEST_CASE("limits that make no sense are named") {
  const auto wrong = [](batch_limits given) {
    const auto checked = check(given);
    return checked ? std::string{} : checked.error().where;
  };
  CHECK(wrong({}).empty());
  CHECK(wrong({.batch_max = 0}) == "batch_max");
  CHECK(wrong({.wait_max = -1ms}) == "wait_max");
  CHECK(wrong({.buckets = {}}) == "buckets");
  CHECK(wrong({.buckets = {16, 16}}) == "buckets");
  CHECK(wrong({.buckets = {1, 2, 3, 4, 5, 6, 7, 8, 9}}) == "buckets");
  CHECK(wrong({.row_sizes = {4, 2}}) == "row_sizes");
}

// ---- random schedules on a virtual clock

namespace {

struct job {
  std::string conversation;
  std::uint64_t number = 0;  // in its conversation
  std::uint32_t length = 0;
};

struct schedule_options {
  unsigned seed = 1;
  batch_limits limits{.batch_max = 4, .wait_max = 10ms, .buckets = {16, 32, 64, 128}};
  std::size_t depth_max = 24;
  nanoseconds gap = 2ms;  // between requests, on the average
  bool has_firsts = true;
  bool has_cancels = true;
  milliseconds budget{25};
  int conversations = 7;
  int requests = 2'000;
  bool one_bucket_each = false;     // a conversation's requests are all of one length
  std::size_t bucket_rate_max = 0;  // requests of a bucket in any `rate_window`; 0: no bound
  milliseconds rate_window{0};
};

// A device that has up to two batches on one stream, and requests that come at random.
class world {
 public:
  explicit world(const schedule_options& options)
      : options_{options},
        random_{options.seed},
        batcher_{options.limits, {.depth_max = options.depth_max}} {}

  void run() {
    mono_time next_request = at(0ms);
    int left = options_.requests;
    while (left > 0 || !batcher_.empty() || !device_.empty()) {
      now_ = soonest(left > 0 ? next_request : mono_time::max());
      while (!device_.empty() && device_.front().ends <= now_) finish();
      if (left > 0 && next_request <= now_) {
        --left;
        request();
        next_request +=
            nanoseconds{static_cast<std::int64_t>(std::exponential_distribution{1.0}(random_) *
                                                  static_cast<double>(options_.gap.count()))};
        if (options_.has_cancels && random_() % 20 == 0) cancel();
      }
      feed();
      REQUIRE(batcher_.size() <= options_.depth_max);
    }
  }

  std::map<std::string, int> fates;  // of each request by its name: how often it was answered
  int refused = 0, answered = 0, expired = 0, cancelled = 0;
  nanoseconds waited_max{0};
  nanoseconds run_max{0};
  std::size_t batches_of_many = 0;

 private:
  struct running {
    mono_time ends;
    batcher<job>::batch what;
  };

  mono_time soonest(mono_time next_request) const {
    auto when = next_request;
    if (!device_.empty()) when = std::min(when, device_.front().ends);
    if (device_.size() < 2) when = std::min(when, batcher_.due_at().value_or(when));
    REQUIRE(when < mono_time::max());
    return std::max(when, now_);
  }

  std::string conversation() { return "c" + std::to_string(random_() % options_.conversations); }

  void request() {
    const auto from = conversation();
    const auto& buckets = options_.limits.buckets;
    const auto chance = options_.one_bucket_each ? std::hash<std::string>{}(from) : random_();
    const auto length =
        buckets[chance % buckets.size()] - static_cast<std::uint32_t>(chance / 7 % 8);
    if (options_.bucket_rate_max > 0) {
      auto& times = came_[chance % buckets.size()];
      std::erase_if(times, [&](mono_time t) { return t + options_.rate_window < now_; });
      if (times.size() >= options_.bucket_rate_max) return;
      times.push_back(now_);
    }
    const auto number = ++numbers_[from];
    const auto kind = options_.has_firsts && random_() % 4 == 0 ? first : later;
    fates[name(from, number)] = 0;
    job one{from, number, length};
    const auto pushed = batcher_.push(terms(from, kind, now_ + options_.budget, number), length,
                                      now_, std::move(one));
    if (pushed) return;
    ++fates[name(from, number)];
    const auto code = pushed.error().code;
    CHECK((code == errc::overloaded || code == errc::cancelled));
    ++(code == errc::overloaded ? refused : cancelled);
  }

  void cancel() {
    const auto whose = conversation();
    for (const auto& entry : batcher_.cancel({{whose}, {1}, numbers_[whose]})) {
      CHECK(entry.work.conversation == whose);
      ++fates[name(whose, entry.work.number)];
      ++cancelled;
    }
  }

  void feed() {
    while (device_.size() < 2) {
      auto batch = batcher_.take(now_);
      for (const auto& late : batch.expired) {
        CHECK(late.terms.deadline <= now_);
        ++fates[name(late.work.conversation, late.work.number)];
        ++expired;
      }
      if (batch.entries.empty()) {
        // What is not due now says when it is, and that is not in the past.
        CHECK(batcher_.due_at().value_or(mono_time::max()) > now_);
        return;
      }
      check(batch);
      const nanoseconds run = 1ms + batch.rows * batch.length * 10us;
      run_max = std::max(run_max, run);
      const auto begins = device_.empty() ? now_ : device_.back().ends;
      device_.push_back({begins + run, std::move(batch)});
    }
  }

  void check(const batcher<job>::batch& batch) {
    CHECK(batch.entries.size() <= batch.rows);
    CHECK(batch.rows <= options_.limits.batch_max);
    std::size_t riders = 0;
    for (const auto& entry : batch.entries) {
      CHECK(entry.work.length <= batch.length);
      CHECK(entry.terms.deadline > now_);
      const auto bucket = options_.limits.buckets[*bucket_of(options_.limits, entry.work.length)];
      riders += bucket < batch.length ? 1 : 0;
      waited_max = std::max(waited_max, entry.waited);
    }
    const auto own = batch.entries.size() - riders;
    CHECK(own > 0);
    CHECK(rows_for(options_.limits, own) == batch.rows);
    if (options_.limits.row_sizes.empty()) CHECK(riders == 0);
    if (batch.entries.size() > 1) ++batches_of_many;
  }

  void finish() {
    for (const auto& entry : device_.front().what.entries) {
      auto& last = told_[entry.work.conversation];
      CHECK(last < entry.work.number);
      last = entry.work.number;
      ++fates[name(entry.work.conversation, entry.work.number)];
      ++answered;
    }
    device_.pop_front();
  }

  static std::string name(const std::string& conversation, std::uint64_t number) {
    return conversation + '.' + std::to_string(number);
  }

  const schedule_options options_;
  std::mt19937 random_;
  batcher<job> batcher_;
  mono_time now_{};
  std::deque<running> device_;
  std::map<std::string, std::uint64_t> numbers_;
  std::map<std::string, std::uint64_t> told_;
  std::map<std::size_t, std::vector<mono_time>> came_;
};

}  // namespace

TEST_CASE("whatever comes, each request has one end, in order, and no bound is passed") {
  int refused = 0, expired = 0, cancelled = 0;
  std::size_t many = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    schedule_options options;
    options.seed = seed;
    options.requests = 400;
    options.gap = seed % 3 == 0 ? 500us : 3ms;
    if (seed % 2 == 0) options.limits.row_sizes = {1, 2, 4};
    INFO("seed " << seed);
    world w{options};
    w.run();
    for (const auto& [name, ends] : w.fates) {
      INFO(name);
      REQUIRE(ends == 1);
    }
    CHECK(w.answered > 50);
    refused += w.refused;
    expired += w.expired;
    cancelled += w.cancelled;
    many += w.batches_of_many;
  }
  // The schedules do what they are for.
  CHECK(refused > 100);
  CHECK(expired > 100);
  CHECK(cancelled > 100);
  CHECK(many > 500);
}

TEST_CASE(
    "while a device keeps up nobody waits longer than it may be held and the batches before") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    schedule_options options;
    options.seed = seed;
    options.requests = 1'000;
    options.gap = 3ms;
    options.budget = 10s;
    options.has_cancels = false;
    options.conversations = 40;
    options.one_bucket_each = true;
    options.depth_max = 1'000;
    // Up to two batches of the stream before it, and one for each other bucket.
    const bool single = seed % 2 == 0;
    if (single) options.limits.buckets = {32};
    options.has_firsts = single;
    const auto run = 1ms + options.limits.batch_max * options.limits.buckets.back() * 10us;
    const auto batches_before = 2 + options.limits.buckets.size() - 1;
    const nanoseconds bound = options.limits.wait_max + batches_before * run;
    options.bucket_rate_max = options.limits.batch_max;
    options.rate_window = std::chrono::ceil<milliseconds>(bound);
    INFO("seed " << seed);
    world w{options};
    w.run();
    CHECK(w.refused + w.expired == 0);
    CHECK(w.answered > 100);
    CHECK(w.run_max <= run);
    CHECK(w.waited_max <= bound);
    CHECK(w.waited_max >= options.limits.wait_max / 2);
  }
}
