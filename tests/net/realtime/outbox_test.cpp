#include "net/realtime/outbox.hpp"

#include <catch2/catch.hpp>

using namespace dhr::realtime;

namespace {

outgoing text(std::string json, std::uint64_t turn = 1) { return {std::move(json), turn}; }
outgoing media(std::string json, std::uint64_t turn = 1) { return {std::move(json), turn, true}; }
outgoing delta(const std::string& piece, std::uint64_t turn = 1) {
  return {R"({"delta":")" + piece + R"("})", turn, false, 10};
}

}  // namespace

TEST_CASE("what is pushed comes out in order and once") {
  outbox box{{10, 1'000}};
  CHECK(box.push(text("a")));
  CHECK(box.push(media("b")));
  CHECK(box.bytes() == 2);
  CHECK(box.pop() == "a");
  CHECK(box.pop() == "b");
  CHECK_FALSE(box.pop());
  CHECK(box.bytes() == 0);
}

TEST_CASE("an outbox holds its bounds in messages and in bytes and no more") {
  outbox messages{{2, 1'000}};
  CHECK(messages.push(text("a")));
  CHECK(messages.push(text("b")));
  CHECK_FALSE(messages.push(text("c")));
  CHECK(messages.size() == 2);

  outbox bytes{{10, 5}};
  CHECK(bytes.push(text("abc")));
  CHECK_FALSE(bytes.push(text("def")));
  CHECK(bytes.push(text("de")));
  CHECK_FALSE(bytes.push(text("f")));
  CHECK(bytes.pop() == "abc");
  CHECK(bytes.push(text("f")));
  CHECK_FALSE(bytes.push(text("longer than all")));
}

TEST_CASE("an interruption drops the media of its turn and of older ones and nothing else") {
  outbox box{{10, 1'000}};
  for (auto message :
       {text("t1", 1), media("m1", 1), media("m2", 2), text("t2", 2), media("m3", 3)}) {
    REQUIRE(box.push(std::move(message)));
  }
  CHECK(box.drop_media_through(2) == 2);
  CHECK(box.bytes() == 6);
  CHECK(box.pop() == "t1");
  CHECK(box.pop() == "t2");
  CHECK(box.pop() == "m3");
  CHECK(box.drop_media_through(9) == 0);
}

TEST_CASE("a cleared outbox takes messages again") {
  outbox box{{1, 1}};
  CHECK(box.push(text("a")));
  box.clear();
  CHECK(box.size() == 0);
  CHECK(box.push(text("b")));
}

TEST_CASE("a burst of text is joined once the outbox is half full, and loses no word") {
  outbox box{{4, 1'000}};
  for (const auto* piece : {"a", "b", "c", "d", "e", "f"}) REQUIRE(box.push(delta(piece)));
  CHECK(box.size() == 2);
  CHECK(box.push(text("other")));
  CHECK(box.push(delta("g", 2)));
  CHECK(box.push(delta("h", 2)));
  CHECK_FALSE(box.push(delta("i", 3)));
  CHECK(box.pop() == R"({"delta":"a"})");
  CHECK(box.pop() == R"({"delta":"bcdef"})");
  CHECK(box.pop() == "other");
  CHECK(box.pop() == R"({"delta":"gh"})");
  CHECK(box.bytes() == 0);
}

TEST_CASE("joined text stays within the bound in bytes") {
  outbox box{{2, 60}};
  REQUIRE(box.push(delta("a")));
  REQUIRE(box.push(delta(std::string(20, 'b'))));
  CHECK_FALSE(box.push(delta(std::string(20, 'c'))));
}
