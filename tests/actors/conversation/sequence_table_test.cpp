#include "actors/conversation/sequence_table.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

namespace {

using namespace dhr;
using tokens = std::vector<language_token>;

// Keeps the lengths that the real cache would have.
struct fake_cache final : kv_cache {
  std::map<int, int> lengths;
  int copies = 0;
  void keep(int sequence, int length) override {
    lengths[sequence] = std::min(lengths[sequence], length);
  }
  void copy(int, int to, int length) override {
    CHECK(lengths[to] == 0);
    lengths[to] = length;
    ++copies;
  }
};

tokens run(language_token first, int count) {
  tokens all;
  for (int i = 0; i < count; ++i) all.push_back(first + i);
  return all;
}

tokens operator+(tokens a, const tokens& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct small_world {
  fake_cache cache;
  sequence_table table{{.conversations_max = 2, .personas_max = 2, .cells = 100}, cache};

  // Reads the whole prompt at once, as a runner does in the end.
  int read(const std::string& conversation, const tokens& prompt, int reply_max = 10) {
    const auto admission = table.admit({conversation}, prompt, reply_max);
    REQUIRE(admission);
    const auto rest = std::span{prompt}.subspan(static_cast<std::size_t>(admission->cached));
    table.append(admission->sequence, rest);
    cache.lengths[admission->sequence] += static_cast<int>(rest.size());
    cached = admission->cached;
    return admission->sequence;
  }
  int cached = 0;
};

}  // namespace

TEST_CASE("a conversation finds its own prefix again, up to the token that decides") {
  small_world w;
  const tokens first = run(1, 20);
  w.table.release(w.read("a", first));
  CHECK(w.cached == 0);
  w.table.release(w.read("a", first + run(50, 5)));
  CHECK(w.cached == 20);
  w.read("a", run(1, 10) + run(70, 5));
  CHECK(w.cached == 10);
}

TEST_CASE("the same prompt again leaves one token to read") {
  small_world w;
  w.table.release(w.read("a", run(1, 20)));
  w.read("a", run(1, 20));
  CHECK(w.cached == 19);
}

TEST_CASE("a new conversation begins with the persona that was read before, which costs no cells") {
  small_world w;
  const tokens persona = run(1, 30);
  const int a = w.read("a", persona + run(100, 5));
  w.table.keep_persona(a, 30);
  w.table.release(a);
  CHECK(w.table.cells_used() == 35);
  w.table.release(w.read("b", persona + run(200, 5)));
  CHECK(w.cached == 30);
  CHECK(w.table.cells_used() == 40);
}

TEST_CASE("the least recently used idle conversation leaves for a new one") {
  small_world w;
  w.table.release(w.read("a", run(1, 10)));
  w.table.release(w.read("b", run(100, 10)));
  w.table.release(w.read("a", run(1, 12)));
  w.table.release(w.read("c", run(200, 10)));
  w.table.release(w.read("a", run(1, 14)));
  CHECK(w.cached == 12);
  w.read("b", run(100, 10));
  CHECK(w.cached == 0);
}

TEST_CASE("busy conversations are never evicted, and a request waits for them") {
  small_world w;
  const int a = w.read("a", run(1, 40), 20);
  CHECK_FALSE(w.table.admit({"b"}, run(100, 30), 20));
  w.table.release(a);
  CHECK(w.table.admit({"b"}, run(100, 30), 20));
}

TEST_CASE("cells are made free by dropping idle conversations") {
  small_world w;
  w.table.release(w.read("a", run(1, 60)));
  w.read("b", run(100, 50));
  CHECK(w.table.cells_used() == 60);
  CHECK(w.cache.lengths[0] == 0);
}

TEST_CASE("personas with a common beginning are kept apart and counted once") {
  small_world w;
  const int a = w.read("a", run(1, 20) + run(50, 5));
  w.table.keep_persona(a, 20);
  w.table.release(a);
  const int b = w.read("b", run(1, 3) + run(300, 20) + run(60, 5));
  CHECK(w.cached == 3);
  w.table.keep_persona(b, 23);
  w.table.release(b);
  CHECK(w.table.cells_used() == 20 + 5 + 20 + 5);
  CHECK(w.table.persona_match(run(1, 3) + run(300, 20)) == 23);
  CHECK(w.table.persona_match(run(1, 20)) == 20);
}

TEST_CASE("whatever happens, reserved cells stay within the cache") {
  std::mt19937 random{5};
  fake_cache cache;
  sequence_table table{{.conversations_max = 4, .personas_max = 2, .cells = 300}, cache};
  std::map<int, int> busy;  // sequence to the tokens that it may still take
  for (int round = 0; round < 5000; ++round) {
    const conversation_id who{std::string(1, static_cast<char>('a' + random() % 8))};
    const int length = 20 + static_cast<int>(random() % 60);
    const tokens prompt = run(static_cast<int>(random() % 3) * 1000, length);
    if (busy.size() < 3 && round % 2 == 0) {
      bool is_busy = false;
      for (const auto& [sequence, owner] : busy) is_busy = is_busy || owner == who.value[0];
      if (is_busy) continue;
      const auto admission = table.admit(who, prompt, 30);
      if (!admission) continue;
      REQUIRE(admission->cached < length);
      REQUIRE(admission->cached == cache.lengths[admission->sequence]);
      const auto rest = std::span{prompt}.subspan(static_cast<std::size_t>(admission->cached));
      table.append(admission->sequence, rest);
      cache.lengths[admission->sequence] = length;
      if (random() % 2 == 0) table.keep_persona(admission->sequence, 15);
      busy[admission->sequence] = who.value[0];
    } else if (!busy.empty()) {
      const int sequence = busy.begin()->first;
      if (random() % 8 == 0) {
        table.drop(sequence);
      } else {
        table.release(sequence);
      }
      busy.erase(busy.begin());
    }
    REQUIRE(table.cells_used() <= 300);
    REQUIRE(table.cells_used() >= 0);
  }
  CHECK(cache.copies > 100);
}
