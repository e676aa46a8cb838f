#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "runtime/cli/commands.hpp"
#include "runtime/store/sqlite_store_adapter.hpp"
#include "tests/support/captured.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

struct store_with_two_conversations {
  std::filesystem::path folder;
  cli::store_options options;
  cli::surroundings around;
  captured out{std::cout};
  captured err{std::cerr};

  store_with_two_conversations() {
    std::string name = (std::filesystem::temp_directory_path() / "dhr_cli_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    options.path = folder / "talks.db";
    auto store = open_sqlite_store({options.path}).value();
    conversation_snapshot talk{{"conv_1"}, {3}, 2, R"({"voice":"joe"})", {}, 86'400'000};
    talk.items.push_back({"item_1", "message", "user", "completed", "Hi \"you\"", true, "", ""});
    talk.items.push_back(
        {"item_2", "function_call", "", "completed", R"({"a":1})", false, "call_1", "look"});
    REQUIRE(store->save(talk));
    talk.id = {"conv_2"};
    talk.settings = "not JSON";
    talk.saved_at_ms += 1'000;
    REQUIRE(store->save(talk));
  }
  ~store_with_two_conversations() { std::filesystem::remove_all(folder); }
};

}  // namespace

TEST_CASE_METHOD(store_with_two_conversations, "an export is JSON with the whole history") {
  options.conversation = "conv_1";
  REQUIRE(cli::store_export(options, around) == 0);
  const auto json = boost::json::parse(out.text());
  CHECK(json.at("id").as_string() == "conv_1");
  CHECK(json.at("saved_at").as_string() == "1970-01-02T00:00:00Z");
  CHECK(json.at_pointer("/settings/voice").as_string() == "joe");
  REQUIRE(json.at("items").as_array().size() == 2);
  CHECK(json.at_pointer("/items/0/text").as_string() == "Hi \"you\"");
  CHECK(json.at_pointer("/items/1/name").as_string() == "look");
  CHECK(json.at_pointer("/items/1/arguments").as_string() == R"({"a":1})");
}

TEST_CASE_METHOD(store_with_two_conversations, "settings that are no JSON are exported as text") {
  options.conversation = "conv_2";
  REQUIRE(cli::store_export(options, around) == 0);
  CHECK(boost::json::parse(out.text()).at("settings").as_string() == "not JSON");
}

TEST_CASE_METHOD(store_with_two_conversations, "a deleted conversation is gone, the other stays") {
  options.conversation = "conv_1";
  REQUIRE(cli::store_delete(options, around) == 0);
  CHECK(cli::store_delete(options, around) == 1);
  CHECK(err.text().find("conv_1") != std::string::npos);
  CHECK(cli::store_export(options, around) == 1);
  options.conversation = "conv_2";
  CHECK(cli::store_export(options, around) == 0);
}

TEST_CASE_METHOD(store_with_two_conversations,
                 "a listing has a line a conversation, latest first") {
  REQUIRE(cli::store_list(options, around) == 0);
  CHECK(out.text() ==
        "conv_2\t1970-01-02T00:00:01Z\t2 turns\t2 items\n"
        "conv_1\t1970-01-02T00:00:00Z\t2 turns\t2 items\n");
}

TEST_CASE_METHOD(store_with_two_conversations, "a check of a sound store counts what it holds") {
  REQUIRE(cli::store_check(options, around) == 0);
  CHECK(out.text().find("2 conversations, 4 items") != std::string::npos);
}

TEST_CASE_METHOD(store_with_two_conversations, "a store that is not there is told and not made") {
  options.path = folder / "other.db";
  CHECK(cli::store_check(options, around) == 1);
  CHECK(err.text().find("other.db") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(options.path));
}

TEST_CASE_METHOD(store_with_two_conversations, "without --path the configuration names the store") {
  const auto file = options.path;
  options.path.clear();
  around.variables = {{"DHR_STORE_PATH", file.string()}};
  REQUIRE(cli::store_check(options, around) == 0);
  around.variables = {{"DHR_RUNTIME_STATE_DIR", folder.string()}};
  CHECK(cli::store_check(options, around) == 1);
  CHECK(err.text().find("conversations.db") != std::string::npos);
  around.variables["DHR_STORE_KIND"] = "none";
  CHECK(cli::store_check(options, around) == 2);
}
