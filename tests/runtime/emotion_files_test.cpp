// The net that reads emotion as files that somebody exchanges.

#include "runtime/emotion_files.hpp"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <iterator>

#include "runtime/calibration_file.hpp"

using namespace dhr;

namespace {

namespace fs = std::filesystem;

// A copy of the prepared net, gone with this object.
struct shelf {
  fs::path folder = fs::temp_directory_path() / ("dhr_emotion_" + std::to_string(getpid()));
  shelf() {
    fs::create_directories(folder);
    for (const auto* name : {"emotion.weights", "vocab.txt"}) {
      fs::copy_file(fs::path{DHR_DEPS_DIR} / "models" / "emotion" / name, folder / name,
                    fs::copy_options::overwrite_existing);
    }
  }
  ~shelf() { fs::remove_all(folder); }
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;
  emotion_files files() const { return {folder, {}, 1, 0.8, 64}; }
};

std::string bytes_of(const fs::path& path) {
  std::ifstream stream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// The reflected CRC-32 of IEEE 802.3, which ends a file of weights.
std::uint32_t checksum(std::string_view bytes) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xEDB88320U : 0U);
    table[i] = value;
  }
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFFU];
  }
  return ~crc;
}

// Another net: one of its numbers is another one.
void exchange_weights(const fs::path& path) {
  auto bytes = bytes_of(path);
  auto& byte = bytes[bytes.size() / 2];
  byte = static_cast<char>(byte ^ 1);
  const auto crc = checksum(std::string_view{bytes}.substr(0, bytes.size() - 4));
  std::memcpy(bytes.data() + bytes.size() - 4, &crc, sizeof crc);
  std::ofstream{path, std::ios::binary} << bytes;
}

}  // namespace

TEST_CASE("a net tells its hash and gives the CPU a reader") {
  shelf s;
  const auto model = open_emotion_model(s.files());
  REQUIRE(model);
  const auto& facts = model.value()->facts();
  CHECK(facts.name == "emotion");
  CHECK(facts.hash.size() == 64);
  CHECK_FALSE(facts.version.empty());
  const auto reader = model.value()->reader_for({});
  REQUIRE(reader);
  const std::string sentence = "Thank you so much!";
  const auto scores = reader.value()->read(std::span{&sentence, 1});
  REQUIRE(scores);
  CHECK(scores.value()[0][emotion_label::gratitude] > 0.5f);
}

TEST_CASE("files that have not changed are the running net, and others are another one") {
  shelf s;
  const auto running = open_emotion_model(s.files());
  REQUIRE(running);
  const auto same = reopen_emotion_model(s.files(), *running.value());
  REQUIRE(same);
  CHECK(same.value() == nullptr);
  exchange_weights(s.folder / "emotion.weights");
  const auto other = reopen_emotion_model(s.files(), *running.value());
  REQUIRE(other);
  REQUIRE(other.value() != nullptr);
  CHECK(other.value()->facts().hash != running.value()->facts().hash);
}

TEST_CASE("a calibration that has changed makes another net of the same weights") {
  shelf s;
  auto files = s.files();
  files.calibration = s.folder / "calibration.json";
  calibration_file calibration;
  calibration.calibration.thresholds = evenly(0.25f);
  REQUIRE(write_calibration(files.calibration, calibration));
  const auto running = open_emotion_model(files);
  REQUIRE(running);
  CHECK(running.value()->thresholds() == evenly(0.25f));
  calibration.calibration.thresholds = evenly(0.75f);
  REQUIRE(write_calibration(files.calibration, calibration));
  const auto other = reopen_emotion_model(files, *running.value());
  REQUIRE(other);
  REQUIRE(other.value() != nullptr);
  CHECK(other.value()->thresholds() == evenly(0.75f));
  CHECK(other.value()->facts().hash == running.value()->facts().hash);
}

TEST_CASE("a damaged or missing file is refused by name") {
  shelf s;
  const auto running = open_emotion_model(s.files());
  REQUIRE(running);
  const auto weights = s.folder / "emotion.weights";
  fs::resize_file(weights, 1'000'000);
  const auto damaged = reopen_emotion_model(s.files(), *running.value());
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == errc::failed);
  CHECK_THAT(damaged.error().message, Catch::Contains("emotion.weights"));
  fs::remove(weights);
  CHECK(reopen_emotion_model(s.files(), *running.value()).error().code == errc::not_found);
  CHECK(open_emotion_model(s.files()).error().code == errc::not_found);
}
