#include "runtime/cli/answer_files.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace dhr;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file, std::ios::binary}.rdbuf();
  return text.str();
}

std::filesystem::path scratch_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dhr_answer_XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  return name;
}

}  // namespace

TEST_CASE("an answer becomes a sound file, a row a frame and a line a word") {
  const auto folder = scratch_folder();
  collected_turn turn;
  turn.text = "Hi there.";
  turn.samples = {1, 2, 3};
  turn.frames.resize(2);
  turn.frames[1][blendshape::jawOpen] = 0.25f;
  turn.words = {{"Hi", 0, 12'000}};
  REQUIRE(cli::write_answer(turn, 30, folder / "new"));
  CHECK(content_of(folder / "new" / "answer.wav").size() == 44 + 6);
  std::istringstream rows{content_of(folder / "new" / "frames.csv")};
  std::string header;
  std::string first;
  std::string second;
  std::getline(rows, header);
  std::getline(rows, first);
  std::getline(rows, second);
  CHECK(std::count(header.begin(), header.end(), ',') == 1 + 52 + 3);
  CHECK(std::count(second.begin(), second.end(), ',') == 1 + 52 + 3);
  CHECK(second.find("1,0.0333,") == 0);
  CHECK(second.find("0.2500") != std::string::npos);
  CHECK(content_of(folder / "new" / "transcript.txt") == "Hi there.\n\n0.000\t0.500\tHi\n");
  std::filesystem::remove_all(folder);
}

TEST_CASE("a folder that cannot be made is told by its name") {
  const auto folder = scratch_folder();
  std::ofstream{folder / "file"} << "x";
  const auto written = cli::write_answer({}, 30, folder / "file" / "below");
  REQUIRE_FALSE(written);
  CHECK(written.assume_error().message.find("file") != std::string::npos);
  std::filesystem::remove_all(folder);
}
