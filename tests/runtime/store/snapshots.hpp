#pragma once
// Conversations for the tests, and a folder that goes when the test ends.

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "runtime/store/types.hpp"

namespace dhr::testing {

inline stored_item message(std::string id, std::string role, std::string text) {
  return {std::move(id), "message", std::move(role), "completed", std::move(text), false, {}, {}};
}

inline conversation_snapshot talk(std::string id, std::uint64_t epoch = 1,
                                  std::uint64_t turns = 2) {
  conversation_snapshot snapshot{{std::move(id)}, {epoch}, turns, R"({"voice":"joe"})", {}, 1'000};
  for (std::uint64_t turn = 0; turn < turns; ++turn) {
    const auto number = std::to_string(turn);
    snapshot.items.push_back(message("item_q" + number, "user", "question " + number));
    snapshot.items.push_back(message("item_a" + number, "assistant", "answer " + number));
  }
  return snapshot;
}

class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "dhr_store_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file, std::ios::binary}.rdbuf();
  return text.str();
}

}  // namespace dhr::testing
