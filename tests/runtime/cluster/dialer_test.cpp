#include "runtime/cluster/dialer.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

const node_identity anna{{"anna"}, {11}};
const node_identity bert{{"bert"}, {22}};
const node_identity bert_again{{"bert"}, {23}};
const std::vector<node_identity> nobody;

mono_time at(nanoseconds since) { return mono_time{since}; }

}  // namespace

TEST_CASE("the node with the smaller name dials at once, and only once") {
  dialer of_anna{anna.name, {}, 1};
  of_anna.found(bert, at(0s));
  CHECK(of_anna.due(at(0s)) == std::vector{bert});
  of_anna.found(bert, at(1s));
  CHECK(of_anna.due(at(60s)) == nobody);
}

TEST_CASE("the node with the greater name waits for the call, and dials when none comes") {
  dialer of_bert{bert.name, {}, 1};
  of_bert.found(anna, at(0s));
  CHECK(of_bert.due(at(1'999ms)) == nobody);
  CHECK(of_bert.due_at() == at(2s));
  SECTION("it comes") {
    of_bert.linked(anna);
    CHECK(of_bert.due(at(60s)) == nobody);
    CHECK_FALSE(of_bert.due_at());
  }
  SECTION("it does not") { CHECK(of_bert.due(at(2s)) == std::vector{anna}); }
}

TEST_CASE("after failures it dials ever more seldom, up to a limit, and never at one moment") {
  dialer of_anna{anna.name, {}, 7};
  of_anna.found(bert, at(0s));
  auto now = at(0s);
  nanoseconds before{0};
  for (int failure = 0; failure < 12; ++failure) {
    REQUIRE(of_anna.due(now) == std::vector{bert});
    of_anna.failed(bert, now);
    REQUIRE(of_anna.due_at());
    const auto wait = *of_anna.due_at() - now;
    const nanoseconds whole = std::min<nanoseconds>(250ms * (1 << failure), 5s);
    CHECK(wait >= whole / 2);
    CHECK(wait <= whole);
    CHECK(wait != before);
    before = wait;
    now = *of_anna.due_at();
  }
  of_anna.linked(bert);
  of_anna.lost(bert, now);
  CHECK(*of_anna.due_at() - now <= 250ms);
}

TEST_CASE("two nodes that lose each other at the same moment return at different ones") {
  dialer one{anna.name, {}, 1};
  dialer other{anna.name, {}, 2};
  for (auto* of : {&one, &other}) {
    of->linked(bert);
    of->lost(bert, at(0s));
  }
  CHECK(one.due_at() != other.due_at());
}

TEST_CASE("who is gone is not dialled, and its next incarnation is") {
  dialer of_anna{anna.name, {}, 1};
  of_anna.found(bert, at(0s));
  of_anna.gone(bert);
  CHECK(of_anna.due(at(60s)) == nobody);
  of_anna.failed(bert, at(60s));  // the answer of a call from before
  CHECK_FALSE(of_anna.due_at());
  of_anna.found(bert_again, at(61s));
  CHECK(of_anna.due(at(61s)) == std::vector{bert_again});
}

TEST_CASE("a caller that nobody told of is linked, and dialled when it is lost") {
  dialer of_anna{anna.name, {}, 1};
  of_anna.linked(bert);
  of_anna.found(bert, at(1s));
  CHECK(of_anna.due(at(60s)) == nobody);
  of_anna.lost(bert, at(60s));
  CHECK(of_anna.due(at(61s)) == std::vector{bert});
}

TEST_CASE("what ends an older call does not end a newer one") {
  dialer of_anna{anna.name, {}, 1};
  of_anna.found(bert, at(0s));
  CHECK(of_anna.due(at(0s)).size() == 1);
  of_anna.linked(bert);           // it called meanwhile
  of_anna.failed(bert, at(3s));   // our own call comes to nothing
  CHECK_FALSE(of_anna.due_at());  // and the link stands
}

TEST_CASE("after a link was lost the node with the smaller name dials first again") {
  dialer of_anna{anna.name, {}, 1};
  dialer of_bert{bert.name, {}, 2};
  of_anna.linked(bert);
  of_bert.linked(anna);
  of_anna.lost(bert, at(0s));
  of_bert.lost(anna, at(0s));
  CHECK(*of_anna.due_at() <= at(250ms));
  CHECK(*of_bert.due_at() >= at(2s));
}
