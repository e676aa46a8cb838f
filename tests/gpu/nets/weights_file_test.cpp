#include "gpu/nets/weights_file.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace dhr;
namespace fs = std::filesystem;

namespace {

// A file of the test's own, gone after it.
struct temporary_file {
  fs::path path;

  explicit temporary_file(const std::string& bytes) {
    static int count = 0;
    path = fs::temp_directory_path() /
           ("dhr-weights-test-" + std::to_string(getpid()) + "-" + std::to_string(count++));
    std::ofstream{path, std::ios::binary} << bytes;
  }
  ~temporary_file() { fs::remove(path); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
};

// What models/ears/tensor_file.py writes for {"a": [[1, 2, 3], [4, 5, 6]], "b.c": [0.5]}.
std::string small_file() {
  const unsigned char bytes[] = {
      0x44, 0x48, 0x52, 0x4e, 0x45, 0x54, 0x53, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00,
      0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x61, 0x02, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00,
      0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0x40, 0x00,
      0x00, 0x40, 0x40, 0x00, 0x00, 0x80, 0x40, 0x00, 0x00, 0xa0, 0x40, 0x00, 0x00, 0xc0,
      0x40, 0x03, 0x00, 0x00, 0x00, 0x62, 0x2e, 0x63, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x3f, 0x2b, 0x88, 0x47, 0x72};
  return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

error refusal(const std::string& bytes) {
  const temporary_file file{bytes};
  auto read = weights_file::read(file.path);
  REQUIRE_FALSE(read);
  CHECK(read.assume_error().where == file.path.string());
  CHECK(read.assume_error().message.find("./run --setup-only") != std::string::npos);
  return read.assume_error();
}

}  // namespace

TEST_CASE("what the set-up writes is read with names, shapes and values") {
  const temporary_file written{small_file()};
  auto read = weights_file::read(written.path);
  REQUIRE(read);
  const auto& file = read.assume_value();
  CHECK(file.tensors().size() == 2);
  const auto matrix = file.find("a", {2, 3});
  REQUIRE(matrix);
  CHECK(matrix.assume_value()->values == std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto one = file.find("b.c");
  REQUIRE(one);
  CHECK(one.assume_value()->shape == std::vector<std::uint32_t>{1});
  CHECK(one.assume_value()->values == std::vector<float>{0.5f});
}

TEST_CASE("a tensor that is missing or of another shape is named") {
  const temporary_file written{small_file()};
  const auto file = weights_file::read(written.path).value();
  const auto missing = file.find("d");
  REQUIRE_FALSE(missing);
  CHECK(missing.assume_error().message.find("lacks the tensor d") != std::string::npos);
  const auto other = file.find("a", {3, 2});
  REQUIRE_FALSE(other);
  CHECK(other.assume_error().message.find("[2, 3] instead of [3, 2]") != std::string::npos);
}

TEST_CASE("no file is told apart from a bad one") {
  const auto read = weights_file::read("/nonexistent/nets.weights");
  REQUIRE_FALSE(read);
  CHECK(read.assume_error().code == errc::not_found);
  CHECK(refusal("not weights at all").code == errc::failed);
}

TEST_CASE("a file that is cut anywhere is refused") {
  const auto whole = small_file();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size << " bytes");
    CHECK(refusal(whole.substr(0, size)).code == errc::failed);
  }
}

TEST_CASE("a file with one changed bit is refused") {
  const auto whole = small_file();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    INFO("byte " << at);
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    CHECK(refusal(changed).code == errc::failed);
  }
}
