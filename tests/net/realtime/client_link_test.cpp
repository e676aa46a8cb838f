#include "net/realtime/client_link.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::realtime;

namespace {

struct bench {
  metrics counts;
  int wakes = 0;
  client_link link{{{4, 1'000}, 2}, counts, [this] { ++wakes; }};

  std::vector<outgoing> messages(std::initializer_list<const char*> texts, bool media = false,
                                 std::uint64_t turn = 1) {
    std::vector<outgoing> out;
    for (const auto* text : texts) out.push_back({text, turn, media});
    return out;
  }
};

}  // namespace

TEST_CASE("a connection that found nothing is woken once for what comes") {
  bench b;
  CHECK_FALSE(b.link.next().message);
  b.link.put(b.messages({"a", "b"}));
  CHECK(b.wakes == 1);
  CHECK(b.link.next().message == "a");
  b.link.put(b.messages({"c"}));
  CHECK(b.wakes == 1);
  CHECK(b.link.next().message == "b");
  CHECK(b.link.next().message == "c");
  CHECK_FALSE(b.link.next().message);
  b.link.put(b.messages({"d"}));
  CHECK(b.wakes == 2);
}

TEST_CASE("a close comes after what was put before it, and nothing after it") {
  bench b;
  b.link.put(b.messages({"a"}));
  b.link.close({1'000, "idle"});
  b.link.close({1'011, "later"});
  b.link.put(b.messages({"b"}));
  auto step = b.link.next();
  CHECK(step.message == "a");
  CHECK_FALSE(step.close);
  step = b.link.next();
  CHECK_FALSE(step.message);
  REQUIRE(step.close);
  CHECK(step.close->code == 1'000);
}

TEST_CASE("an outbox that runs over ends the connection with 1013 and is emptied") {
  bench b;
  b.link.put(b.messages({"a", "b", "c", "d", "e", "f"}));
  const auto step = b.link.next();
  CHECK_FALSE(step.message);
  REQUIRE(step.close);
  CHECK(step.close->code == 1'013);
}

TEST_CASE("an interrupted turn's unsent media goes before its closing events are queued") {
  bench b;
  b.link.put(b.messages({"audio", "frames"}, true, 7));
  b.link.put(b.messages({"done"}, false, 7), 7);
  CHECK(b.link.next().message == "done");
  CHECK_FALSE(b.link.next().message);
  CHECK(b.counts.scrape().find("stale") != std::string::npos);
}

TEST_CASE("more unanswered requests than the bound hold the reader until one is answered") {
  bench b;
  b.link.asked();
  CHECK(b.link.may_ask());
  b.link.asked();
  CHECK_FALSE(b.link.may_ask());
  b.link.answered();
  CHECK(b.link.may_ask());
  CHECK(b.wakes == 1);
  b.link.answered();
  b.link.answered();
  b.link.asked();
  b.link.asked();
  CHECK_FALSE(b.link.may_ask());
}

TEST_CASE("an outbox that is half full holds the reader until it is written") {
  bench b;
  b.link.put(b.messages({"a", "b"}));
  CHECK_FALSE(b.link.may_ask());
  CHECK(b.link.next().message == "a");
  CHECK(b.link.may_ask());
}

TEST_CASE("nothing is kept for a connection that is gone") {
  bench b;
  b.link.put(b.messages({"a"}));
  b.link.disconnected();
  b.link.put(b.messages({"b"}));
  b.link.close({1'000, "x"});
  CHECK_FALSE(b.link.next().message);
  CHECK_FALSE(b.link.next().close);
}
