#include "actors/speech/espeak_adapter.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "actors/speech/phonemizer.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

// A program of shell commands that stands in for espeak-ng.
class script {
 public:
  explicit script(const std::string& commands) {
    std::string folder = (std::filesystem::temp_directory_path() / "dhr_espeak_XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    path = folder + "/program";
    std::ofstream{path} << "#!/bin/sh\n" << commands;
    chmod(path.c_str(), 0700);
  }
  ~script() { std::filesystem::remove_all(folder_); }
  std::string path;
  std::string note() const { return folder_ + "/note"; }

 private:
  std::string folder_;
};

std::string phonemes_of(ipa_source& source, const std::string& line) {
  auto answers = source.pronounce({line});
  return answers ? answers.value().front() : "error: " + answers.error().message;
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

}  // namespace

TEST_CASE("espeak-ng answers line by line, many lines in one question") {
  const auto source = make_espeak_source({}, system_clock());
  const auto answers =
      source->pronounce({"hello there", "one of the best", "zyzzyva", "'", "hello"});
  REQUIRE(answers);
  REQUIRE(answers.value().size() == 5);
  CHECK(answers.value()[0] == "həlˈoʊ ðˈɛɹ");
  CHECK(answers.value()[1] == "wˈʌn ʌvðə bˈɛst");
  CHECK(answers.value()[2] == "zˈɪzɪvə");
  CHECK(answers.value()[3].empty());
  CHECK(answers.value()[4] == "həlˈoʊ");
  CHECK(phonemes_of(*source, "hello") == "həlˈoʊ");
}

TEST_CASE("the phonemes of whole sentences carry their words and marks") {
  phonemizer phonemes{make_espeak_source({}, system_clock())};
  const auto text =
      phonemes.phonemize(normalize("Hello, one of the best companies in the U.S. rose 4%!"));
  REQUIRE(text);
  CHECK(text.value().symbols ==
        U"həlˈoʊ, wˈʌn ʌvðə bˈɛst kˈʌmpəniz ɪnðə jˈuː ˈɛs ɹˈoʊz fˈoːɹ pɚsˈɛnt!");
  std::int32_t last = 0;
  for (const auto word : text.value().words) {
    if (word < 0) continue;
    CHECK((word == last || word == last + 1));
    last = word;
  }
  CHECK(last == 12);
}

TEST_CASE("a program that is missing gives unavailable and says what to install") {
  const auto source = make_espeak_source({.program = "/nonexistent/espeak-ng"}, system_clock());
  const auto answers = source->pronounce({"hello"});
  REQUIRE_FALSE(answers);
  CHECK(answers.error().code == errc::unavailable);
  CHECK(answers.error().message.find("install the package espeak-ng") != std::string::npos);
  CHECK_FALSE(has_children());
}

TEST_CASE("a child that died is started anew and the question is answered") {
  // Answers two lines (the end line of the start, and one of the question), then dies; a second
  // child does so as well, so that the answer of the question must come from a third.
  const script program{
      "echo x >> \"$(dirname \"$0\")/note\"\n"
      "if [ $(wc -l < \"$(dirname \"$0\")/note\") -ge 2 ]; then\n"
      "  while read -r line; do echo \"<$line>\"; done\n"
      "else read -r line; echo \"<$line>\"; fi\n"};
  const auto source = make_espeak_source({.program = program.path}, system_clock());
  CHECK(phonemes_of(*source, "hello") == "<hello>");
  std::ifstream note{program.note()};
  CHECK(std::count(std::istreambuf_iterator<char>{note}, {}, '\n') == 2);
}

TEST_CASE("a child that dies again and again is given up, and not started again for a while") {
  const script program{"echo x >> \"$(dirname \"$0\")/note\"\nexit 3\n"};
  manual_clock time;
  const auto source = make_espeak_source({.program = program.path, .retry_after = 30s}, time);
  const auto starts = [&] {
    std::ifstream note{program.note()};
    return std::count(std::istreambuf_iterator<char>{note}, {}, '\n');
  };
  CHECK_FALSE(source->pronounce({"hello"}));
  CHECK(starts() == 2);
  CHECK_FALSE(source->pronounce({"hello"}));
  CHECK(starts() == 2);
  time.advance(31s);
  CHECK_FALSE(source->pronounce({"hello"}));
  CHECK(starts() == 4);
  CHECK_FALSE(has_children());
}

TEST_CASE("a child that says nothing is given up at the deadline") {
  const script program{"exec tail -f /dev/null\n"};
  const auto source =
      make_espeak_source({.program = program.path, .answer_max = 20ms}, system_clock());
  const auto answers = source->pronounce({"hello"});
  REQUIRE_FALSE(answers);
  CHECK(answers.error().code == errc::unavailable);
  CHECK_FALSE(has_children());
}

TEST_CASE("a child that gives several lines for one is understood all the same") {
  const script program{
      "while read -r line; do for part in $line; do echo \"<$part>\"; done; done\n"};
  const auto source = make_espeak_source({.program = program.path}, system_clock());
  const auto answers = source->pronounce({"one two", "three", "four five six"});
  REQUIRE(answers);
  CHECK(answers.value() ==
        std::vector<std::string>{"<one> <two>", "<three>", "<four> <five> <six>"});
  CHECK(phonemes_of(*source, "seven") == "<seven>");
}
