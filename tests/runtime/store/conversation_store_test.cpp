// What every store promises, whatever it is made of.

#include "runtime/store/conversation_store.hpp"

#include <catch2/catch.hpp>

#include "tests/runtime/store/stores.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

wall_time at_ms(std::int64_t ms) { return wall_time{milliseconds{ms}}; }

}  // namespace

TEMPLATE_TEST_CASE("a conversation comes back as it was saved", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  auto saved = talk("conv_1", 7, 3);
  saved.items.push_back({"item_c", "function_call", "", "completed", R"({"city":"Oslo"})", false,
                         "call_9", "weather"});
  saved.items.push_back(
      {"item_o", "function_call_output", "", "completed", "rain", false, "call_9", ""});
  saved.items.push_back({"item_s", "message", "assistant", "incomplete", "It rai", true, "", ""});
  REQUIRE(store.save(saved));
  const auto loaded = store.load({"conv_1"});
  REQUIRE(loaded);
  REQUIRE(loaded.value());
  CHECK(*loaded.value() == saved);
}

TEMPLATE_TEST_CASE("texts keep every byte and numbers every bit", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  auto saved = talk("conv_1", ~std::uint64_t{0}, 1);
  saved.turn_number = std::uint64_t{1} << 63;
  saved.saved_at_ms = -5;
  saved.settings = std::string{"\0{}\xff\xfe", 5};
  saved.items[0].text = std::string{"a\0b", 3};
  saved.items[0].id.clear();
  saved.items[1].text = "\xc3\x28 '; DROP TABLE items; -- \xf0\x9f\x99\x82";
  REQUIRE(store.save(saved));
  const auto loaded = store.load({"conv_1"});
  REQUIRE(loaded);
  REQUIRE(loaded.value());
  CHECK(*loaded.value() == saved);
}

TEMPLATE_TEST_CASE("what was never saved is not there, and that is no error", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  const auto loaded = store.load({"conv_1"});
  REQUIRE(loaded);
  CHECK_FALSE(loaded.value());
  CHECK_FALSE(store.erase({"conv_1"}).value());
}

TEMPLATE_TEST_CASE("each save makes the stored history equal to the snapshot's", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  auto snapshot = talk("conv_1");
  const auto check_saved = [&] {
    REQUIRE(store.save(snapshot));
    CHECK(*store.load({"conv_1"}).value() == snapshot);
  };
  check_saved();
  SECTION("an item was added") {
    snapshot.items.push_back(message("item_new", "user", "one more"));
    ++snapshot.turn_number;
  }
  SECTION("the last one was cut at what was heard") {
    snapshot.items.back().text = "ans";
    snapshot.items.back().status = "incomplete";
  }
  SECTION("one in the middle was deleted") { snapshot.items.erase(snapshot.items.begin() + 1); }
  SECTION("one was put in front") {
    snapshot.items.insert(snapshot.items.begin(), message("item_0", "system", "be brief"));
  }
  SECTION("all were deleted") { snapshot.items.clear(); }
  SECTION("the settings changed") { snapshot.settings = R"({"voice":"slt"})"; }
  SECTION("only how an item is marked changed") { snapshot.items[1].spoken = true; }
  SECTION("nothing changed") {}
  check_saved();
  CHECK(store.check().value().items == snapshot.items.size());
}

TEMPLATE_TEST_CASE("a replaced owner writes nothing, its successor everything", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  const auto current = talk("conv_1", 5);
  REQUIRE(store.save(current));
  const auto refused = store.save(talk("conv_1", 4, 9));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_argument);
  CHECK(refused.error().where == "epoch");
  CHECK(*store.load({"conv_1"}).value() == current);
  const auto successor = talk("conv_1", 6, 1);
  REQUIRE(store.save(successor));
  CHECK(*store.load({"conv_1"}).value() == successor);
}

TEMPLATE_TEST_CASE("an id that no conversation can have is refused", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  for (const auto* id : {"", "../x", "white space"}) {
    const auto refused = store.save(talk(id));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
    CHECK(refused.error().where == "id");
  }
  CHECK(store.list(10).value().empty());
}

TEMPLATE_TEST_CASE("an erased conversation is gone, and the others are not", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  REQUIRE(store.save(talk("conv_1")));
  REQUIRE(store.save(talk("conv_2")));
  CHECK(store.erase({"conv_1"}).value());
  CHECK_FALSE(store.load({"conv_1"}).value());
  CHECK(*store.load({"conv_2"}).value() == talk("conv_2"));
  CHECK_FALSE(store.erase({"conv_1"}).value());
  CHECK(store.check().value().items == talk("conv_2").items.size());
}

TEMPLATE_TEST_CASE("only what was last saved before the cutoff expires", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  for (const auto saved_at : {1'000, 2'000, 3'000}) {
    auto snapshot = talk("conv_" + std::to_string(saved_at));
    snapshot.saved_at_ms = saved_at;
    REQUIRE(store.save(snapshot));
  }
  CHECK(store.erase_older_than(at_ms(2'000)).value() == 1);
  CHECK_FALSE(store.load({"conv_1000"}).value());
  CHECK(store.load({"conv_2000"}).value());
  CHECK(store.erase_older_than(at_ms(9'000)).value() == 2);
  CHECK(store.check().value().items == 0);
}

TEMPLATE_TEST_CASE("a listing tells the last saved first and not more than asked", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  for (int i = 1; i <= 3; ++i) {
    auto snapshot = talk("conv_" + std::to_string(i), 4, static_cast<std::uint64_t>(i));
    snapshot.saved_at_ms = i * 1'000;
    REQUIRE(store.save(snapshot));
  }
  const std::vector<conversation_summary> expected{{{"conv_3"}, {4}, 3, 6, 3'000},
                                                   {{"conv_2"}, {4}, 2, 4, 2'000}};
  CHECK(store.list(2).value() == expected);
  CHECK(store.list(static_cast<std::size_t>(-1)).value().size() == 3);
}
