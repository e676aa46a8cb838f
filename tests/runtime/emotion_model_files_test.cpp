// The net that reads emotion, as files that somebody exchanges.

#include "runtime/emotion_model_files.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "runtime/calibration_file.hpp"
#include "runtime/file_hash.hpp"
#include "tests/support/other_weights.hpp"

using namespace dhr;

namespace {

namespace fs = std::filesystem;

const emotion_reader_limits limits{.threads = 1};

// A copy of the prepared net, gone with this object.
struct shelf {
  fs::path folder = fs::temp_directory_path() / ("dhr_emotion_" + std::to_string(getpid()));
  shelf() { dhr::testing::copy_emotion_net(fs::path{DHR_DEPS_DIR} / "models", folder); }
  ~shelf() { fs::remove_all(folder); }
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;
  emotion_model_files files() const { return {folder, {}}; }
};

}  // namespace

TEST_CASE("a net tells its hash and gives the CPU a reader") {
  shelf s;
  const auto model = open_emotion_model(s.files(), limits);
  REQUIRE(model);
  const auto& facts = model.value()->facts();
  CHECK(facts.name == "emotion");
  CHECK(facts.hash == hash_of_file(s.folder / "emotion.weights").value());
  CHECK(facts.version == date_of_file(s.folder / "emotion.weights"));
  CHECK_FALSE(model.value()->accuracy());
  const auto reader = model.value()->reader_for({});
  REQUIRE(reader);
  const std::string sentence = "Thank you so much!";
  const auto scores = reader.value()->read(std::span{&sentence, 1});
  REQUIRE(scores);
  CHECK(scores.value()[0][emotion_label::gratitude] > 0.5f);
}

TEST_CASE("files that have not changed are the running net, and others are another one") {
  shelf s;
  const auto running = open_emotion_model(s.files(), limits);
  REQUIRE(running);
  const auto same = reopen_emotion_model(s.files(), limits, *running.value());
  REQUIRE(same);
  CHECK(same.value() == nullptr);
  dhr::testing::exchange_weights(s.folder / "emotion.weights");
  const auto other = reopen_emotion_model(s.files(), limits, *running.value());
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
  calibration.accuracy = 0.5;
  REQUIRE(write_calibration(files.calibration, calibration));
  const auto running = open_emotion_model(files, limits);
  REQUIRE(running);
  CHECK(running.value()->thresholds() == evenly(0.25f));
  CHECK(running.value()->accuracy() == 0.5);
  calibration.calibration.thresholds = evenly(0.75f);
  calibration.accuracy = 0.75;
  REQUIRE(write_calibration(files.calibration, calibration));
  const auto other = reopen_emotion_model(files, limits, *running.value());
  REQUIRE(other);
  REQUIRE(other.value() != nullptr);
  CHECK(other.value()->thresholds() == evenly(0.75f));
  CHECK(other.value()->accuracy() == 0.75);
  CHECK(other.value()->facts().hash == running.value()->facts().hash);
}

TEST_CASE("a damaged or missing file is refused by name") {
  shelf s;
  const auto running = open_emotion_model(s.files(), limits);
  REQUIRE(running);
  const auto weights = s.folder / "emotion.weights";
  fs::resize_file(weights, 1'000'000);
  const auto damaged = reopen_emotion_model(s.files(), limits, *running.value());
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == errc::failed);
  CHECK_THAT(damaged.error().message, Catch::Contains("emotion.weights"));
  fs::remove(weights);
  CHECK(reopen_emotion_model(s.files(), limits, *running.value()).error().code == errc::not_found);
  CHECK(open_emotion_model(s.files(), limits).error().code == errc::not_found);
}
