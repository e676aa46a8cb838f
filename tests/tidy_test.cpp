// The house rules that a program can check, over the whole tree.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root{DHR_SOURCE_DIR};

// Which rooms a room may include, besides itself. A new arrow is a decision: write it here and into
// docs/architecture.md.
const std::map<std::string, std::set<std::string>> arrows{
    {"runtime/base", {}},
    {"gpu", {"runtime/base"}},
    {"gpu/nets", {"runtime/base"}},
    {"gpu/kernels", {}},
    {"gpu/torch", {"runtime/base", "gpu", "gpu/nets", "gpu/kernels"}},
    {"net/client", {"runtime/base"}},
    {"runtime/store", {"runtime/base"}},
    {"runtime/cluster", {"runtime/base", "runtime/store"}},
    {"actors/speech", {"runtime/base", "gpu"}},
    {"actors/avatar", {"runtime/base", "actors/speech", "actors/emotion"}},
    {"actors/conversation", {"runtime/base", "gpu", "net/client"}},
    {"actors/ears", {"runtime/base", "gpu", "gpu/nets", "net/client", "actors/speech"}},
    {"actors/emotion", {"runtime/base", "gpu", "gpu/nets", "gpu/torch", "actors/ears"}},
    {"actors/session",
     {"runtime/base", "runtime/store", "actors/speech", "actors/avatar", "actors/conversation",
      "actors/ears", "actors/emotion"}},
    {"runtime/relay", {"runtime/base", "actors/session"}},
    {"net/door", {"runtime/base"}},
    {"net/realtime",
     {"runtime/base", "actors/session", "actors/avatar", "actors/speech", "actors/ears",
      "actors/emotion", "actors/conversation", "net/door"}},
    {"net/http",
     {"runtime/base", "actors/session", "actors/avatar", "actors/speech", "actors/ears", "net/door",
      "net/realtime"}},
    {"runtime",
     {"runtime/base", "runtime/store", "runtime/cluster", "runtime/relay", "actors/session",
      "actors/avatar", "actors/speech", "actors/conversation", "actors/ears", "actors/emotion",
      "net/door", "net/realtime", "net/http", "net/client", "gpu", "gpu/nets"}},
    {"runtime/cli",
     {"runtime", "runtime/base", "runtime/store", "actors/session", "actors/avatar",
      "actors/speech", "actors/ears", "net/door", "gpu/nets"}},
};

struct source {
  fs::path path;  // from the root
  std::string text;
};

std::vector<source> sources(const std::string& folder) {
  std::vector<source> found;
  if (!fs::exists(root / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
    const auto extension = entry.path().extension();
    if (extension != ".hpp" && extension != ".cpp" && extension != ".cu") continue;
    std::ostringstream text;
    text << std::ifstream{entry.path()}.rdbuf();
    found.push_back({fs::relative(entry.path(), root), text.str()});
  }
  return found;
}

std::vector<source> own_sources() {
  std::vector<source> found;
  for (const auto* folder : {"runtime", "gpu", "net", "actors"}) {
    for (auto& file : sources(folder)) found.push_back(std::move(file));
  }
  return found;
}

std::string room_of(const fs::path& path) { return path.parent_path().generic_string(); }

std::vector<std::string> includes(const std::string& text) {
  static const std::regex include{R"re(#include\s+[<"]([^>"]+)[>"])re"};
  std::vector<std::string> found;
  for (std::sregex_iterator it{text.begin(), text.end(), include}, end; it != end; ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

bool mentions(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex{pattern});
}

}  // namespace

TEST_CASE("a room includes only rooms that its arrows point to") {
  std::size_t checked = 0;
  for (const auto& file : own_sources()) {
    const auto room = room_of(file.path);
    INFO(file.path);
    REQUIRE(arrows.contains(room));
    for (const auto& include : includes(file.text)) {
      const auto other = room_of(include);
      if (other == room || !arrows.contains(other)) continue;
      INFO("includes " << include);
      CHECK(arrows.at(room).contains(other));
      ++checked;
    }
  }
  CHECK(checked > 50);
}

TEST_CASE("the arrows between rooms make no circle") {
  std::set<std::string> placed;
  for (std::size_t round = 0; round <= arrows.size(); ++round) {
    for (const auto& [room, others] : arrows) {
      if (std::includes(placed.begin(), placed.end(), others.begin(), others.end())) {
        placed.insert(room);
      }
    }
  }
  CHECK(placed.size() == arrows.size());
}

TEST_CASE("clocks, sleeps, chance and the environment come in as arguments") {
  for (const auto& file : own_sources()) {
    if (room_of(file.path) == "runtime/base" || file.path.filename() == "main.cpp") continue;
    INFO(file.path);
    CHECK_FALSE(mentions(file.text, R"((steady|system)_clock::now\()"));
    CHECK_FALSE(mentions(file.text, R"(sleep_for|sleep_until)"));
    CHECK_FALSE(mentions(file.text, R"(random_device)"));
    CHECK_FALSE(mentions(file.text, R"(\bgetenv\()"));
  }
}

TEST_CASE("every request has a deadline") {
  for (const auto& file : own_sources()) {
    INFO(file.path);
    CHECK_FALSE(mentions(file.text, R"(caf::infinite)"));
  }
}

TEST_CASE("CAF stays in actors, their wire files and the runtime") {
  for (const auto& file : own_sources()) {
    const auto name = file.path.filename().string();
    const bool may = name.find("_actor") != std::string::npos || name.ends_with("actors.hpp") ||
                     name.ends_with("_caf.hpp") || name.find("worker") != std::string::npos ||
                     name == "session_state.hpp" || name == "session_inner.hpp" || room_of(file.path).starts_with("runtime") ||
                     room_of(file.path).starts_with("net/");
    if (may) continue;
    INFO(file.path);
    CHECK_FALSE(mentions(file.text, R"(#include <caf/)"));
  }
}

TEST_CASE("torch stays in its room, and CUDA there and in the kernels") {
  for (const auto& file : own_sources()) {
    const auto room = room_of(file.path);
    INFO(file.path);
    if (room != "gpu/torch") CHECK_FALSE(mentions(file.text, R"(#include <(torch|ATen|c10)/)"));
    if (room == "gpu/torch" || room == "gpu/kernels") continue;
    CHECK_FALSE(mentions(file.text, R"(#include <cuda)"));
  }
}

TEST_CASE("headers keep under 200 lines and sources under 400") {
  for (const auto& file : own_sources()) {
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    INFO(file.path << " has " << lines << " lines");
    CHECK(lines <= (file.path.extension() == ".hpp" ? 200 : 400));
  }
}

TEST_CASE("nothing is left unfinished in the sources") {
  for (const auto& file : own_sources()) {
    INFO(file.path);
    CHECK_FALSE(mentions(file.text, R"(\b(TODO|FIXME|XXX|HACK)\b)"));
  }
}

TEST_CASE("every room has a README and tests of its own") {
  for (const auto& [room, others] : arrows) {
    if (room == "runtime") continue;
    INFO(room);
    CHECK(fs::exists(root / room / "README.md"));
    CHECK(fs::exists(root / "tests" / room));
  }
}
