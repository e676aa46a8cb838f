#include "runtime/calibration_file.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

TEST_CASE("a calibration is read as it was written") {
  calibration_file file;
  file.calibration.temperature = 1.375;
  file.calibration.thresholds[emotion_label::grief] = 0.125f;
  file.accuracy = 0.71;
  const auto read = parse_calibration(to_text(file));
  REQUIRE(read);
  CHECK(read.value() == file);
}

TEST_CASE("what is no calibration is refused with what is wrong") {
  const auto problem = [](const std::string& text) {
    const auto read = parse_calibration(text);
    return read ? std::string{} : read.error().message;
  };
  const auto good = to_text({});
  CHECK(problem(good).empty());
  CHECK(problem("") == "it is no JSON object");
  CHECK(problem("[]") == "it is no JSON object");
  CHECK(problem("{}") == "it has no number 'temperature'");
  CHECK(problem(R"({"temperature":0,"accuracy":0.5})") == "'temperature' is out of range");
  CHECK(problem(R"({"temperature":1,"accuracy":0.5})") == "it has no 'thresholds'");
  CHECK(problem(R"({"temperature":1,"accuracy":0.5,"thresholds":{}})") ==
        "it has no number 'admiration'");
}

TEST_CASE("a calibration that is not there is an error that says what to do") {
  const auto read = read_calibration("/nowhere/emotion_calibration.json");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::not_found);
  CHECK(read.error().where == "emotions.calibration");
  CHECK(read.error().message.find("dhr calibrate emotion") != std::string::npos);
}

TEST_CASE("a labelled line has a sentence and labels by name or by number") {
  const auto line = parse_labelled("I am so glad!\tjoy, 15\tanybody\r");
  REQUIRE(line);
  CHECK(line.value().sentence == "I am so glad!");
  CHECK(line.value().labels[static_cast<std::size_t>(emotion_label::joy)]);
  CHECK(line.value().labels[static_cast<std::size_t>(emotion_label::gratitude)]);
  CHECK(std::count(line.value().labels.begin(), line.value().labels.end(), true) == 2);
}

TEST_CASE("a line that cannot be used says why") {
  const auto problem = [](const char* line) { return parse_labelled(line).error().message; };
  CHECK(problem("I am glad") == "there is no tab between the sentence and its labels");
  CHECK(problem("\tjoy") == "there is no sentence");
  CHECK(problem("I am glad\tglee") == "'glee' is none of the 28 labels");
  CHECK(problem("I am glad\t28") == "'28' is none of the 28 labels");
  CHECK(problem("I am glad\t").find("has no label") != std::string::npos);
}
