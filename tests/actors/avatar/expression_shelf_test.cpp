#include "actors/avatar/expression_shelf.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "actors/avatar/face_animator.hpp"
#include "runtime/base/ids.hpp"

using namespace dhr;

namespace {

struct faces_file {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / (make_random_id("dhr_faces_") + ".yml");
  ~faces_file() { std::filesystem::remove(path); }

  void write(const std::string& text) const { std::ofstream{path} << text; }
  // Joy with a smile of this width.
  void smile(const std::string& width) const {
    write("expressions:\n  joy:\n    pose: {mouthSmile: " + width + "}\n");
  }
  [[nodiscard]] std::shared_ptr<expression_shelf> open() const {
    auto opened = expression_shelf::open(path);
    if (!opened) FAIL(opened.assume_error().message);
    return std::move(opened).assume_value();
  }
};

float smile_of(const expression_library& library) {
  return library.of(feeling::joy).pose[static_cast<std::size_t>(blendshape::mouthSmileLeft)];
}

}  // namespace

TEST_CASE("without a file the shelf holds the shipped expressions") {
  const auto shelf = expression_shelf::open({});
  REQUIRE(shelf.has_value());
  CHECK(shelf.assume_value()->current().get() == &shipped_expressions());
  CHECK(shelf.assume_value()->reload().has_value());
}

TEST_CASE("a file lies over the shipped expressions") {
  const faces_file file;
  file.smile("0.25");
  const auto library = file.open()->current();
  CHECK(smile_of(*library) == 0.25f);
  CHECK(library->of(feeling::concern).pose == shipped_expressions().of(feeling::concern).pose);
  CHECK(library->find("sadness").has_value());
}

TEST_CASE("a shipped blend follows what a file makes of its parts") {
  const faces_file file;
  file.smile("1");
  const auto library = file.open()->current();
  const auto smile = static_cast<std::size_t>(blendshape::mouthSmileLeft);
  CHECK(library->all()[*library->find("delight")].pose[smile] == Approx(0.6f));
}

TEST_CASE("a file that is missing or wrong does not open, and says why") {
  const auto missing = expression_shelf::open("/nonexistent/faces.yml");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.assume_error().code == errc::not_found);
  CHECK(missing.assume_error().message.find("/nonexistent/faces.yml") != std::string::npos);
  const faces_file file;
  file.smile("7");
  const auto wrong = expression_shelf::open(file.path);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.assume_error().message ==
        file.path.string() + ":3:12: joy.pose.mouthSmile is 7: must be a number from 0 to 1");
}

TEST_CASE("what is read again takes the place of the old, which its holders keep whole") {
  const faces_file file;
  file.smile("0.2");
  const auto shelf = file.open();
  const auto held = shelf->current();
  file.smile("0.7");
  REQUIRE(shelf->reload().has_value());
  CHECK(smile_of(*shelf->current()) == 0.7f);
  CHECK(smile_of(*held) == 0.2f);
}

TEST_CASE("a broken file leaves the old expressions in their place") {
  const faces_file file;
  file.smile("0.2");
  const auto shelf = file.open();
  const auto before = shelf->current();
  file.write("expressions: {joy");
  CHECK_FALSE(shelf->reload().has_value());
  std::filesystem::remove(file.path);
  CHECK_FALSE(shelf->reload().has_value());
  CHECK(shelf->current() == before);
}

TEST_CASE("readers on other threads see one library or the other, never a part") {
  const faces_file file;
  file.smile("0.2");
  const auto shelf = file.open();
  std::atomic<bool> done = false;
  std::atomic<int> strange = 0;
  std::thread reader{[&] {
    while (!done) {
      const auto width = smile_of(*shelf->current());
      if (width != 0.2f && width != 0.7f) ++strange;
    }
  }};
  int failures = 0;
  for (int i = 0; i < 50; ++i) {
    file.smile(i % 2 == 0 ? "0.7" : "0.2");
    if (!shelf->reload()) ++failures;
  }
  done = true;
  reader.join();
  CHECK(failures == 0);
  CHECK(strange == 0);
}

TEST_CASE("a conversation under way shows a changed file from its next clause on") {
  const faces_file file;
  file.smile("0.2");
  const auto shelf = file.open();
  face_config config;
  config.expressions = shelf;
  face_animator animator{config};
  feelings glad;
  glad[feeling::joy] = 1;
  (void)animator.idle(90, glad);
  const auto before = animator.idle(1, glad).frames.back();
  CHECK(before[blendshape::mouthSmileLeft] == Approx(0.2).margin(0.01));
  file.smile("0.7");
  REQUIRE(shelf->reload().has_value());
  const auto after = animator.idle(1, glad).frames.back();
  CHECK(after[blendshape::mouthSmileLeft] == Approx(0.7).margin(0.01));
}
