#include "gpu/nets/word_pieces.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gpu/nets/weights_file.hpp"

using namespace dhr;

namespace {

const std::string folder = DHR_DEPS_DIR "/models/emotion/";
constexpr std::size_t tokens_max = 64;
constexpr token_id unknown = 100;
constexpr token_id begin = 101;
constexpr token_id end = 102;

std::shared_ptr<const word_pieces> pieces() {
  auto loaded = word_pieces::load(folder + "vocab.txt");
  if (!loaded) FAIL(loaded.assume_error().message);
  return loaded.assume_value();
}

// The ids of a text without the first and the last.
std::vector<token_id> inner(const std::string& text) {
  auto found = pieces()->ids(text, tokens_max);
  REQUIRE(found.size() >= 2);
  REQUIRE(found.front() == begin);
  REQUIRE(found.back() == end);
  return {found.begin() + 1, found.end() - 1};
}

// A vocabulary of the test's own, which is gone with this object.
struct written_vocabulary {
  explicit written_vocabulary(const std::string& lines)
      : path{std::filesystem::temp_directory_path() / "dhr-word-pieces-test.txt"} {
    std::ofstream{path} << lines;
  }
  ~written_vocabulary() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("sentences and traps get the ids of the package tokenizers") {
  auto read = weights_file::read(folder + "emotion-reference.bin");
  if (!read) FAIL(read.assume_error().message);
  const auto& file = read.assume_value();
  const auto loaded = pieces();
  const std::string ending = ".text";
  int compared = 0;
  for (const auto& [name, bytes] : file.tensors()) {
    if (!name.ends_with(ending)) continue;
    std::string text;
    for (const auto byte : bytes.values) text += static_cast<char>(static_cast<int>(byte));
    const auto stem = name.substr(0, name.size() - ending.size());
    std::vector<token_id> expected;
    for (const auto id : file.find(stem + ".ids").value()->values) {
      expected.push_back(static_cast<token_id>(id));
    }
    INFO(stem << ": " << text);
    CHECK(loaded->ids(text, tokens_max) == expected);
    ++compared;
  }
  CHECK(compared > 80);
}

TEST_CASE("case and accents do not change the ids") {
  CHECK(inner("Café Zürich ÀÉÎ") == inner("cafe zurich aei"));
  CHECK(inner("e\u0301t\u0301") == inner("et"));
}

TEST_CASE("characters that nobody sees are left out, wide spaces are spaces") {
  CHECK(inner("he\u200bl\u00adlo\u0007 wor\ufeffld") == inner("hello world"));
  CHECK(inner("hello\u00a0\u3000world\u2028") == inner("hello world"));
}

TEST_CASE("each Chinese character and each punctuation mark is a word") {
  CHECK(inner("世界") == inner("世 界"));
  CHECK(inner("wait...what?!") == inner("wait . . . what ? !"));
}

TEST_CASE("a written special token is punctuation and letters") {
  CHECK(inner("[SEP]") == inner("[ sep ]"));
  CHECK(inner("[CLS] [UNK] [MASK] [PAD]") == inner("[ cls ] [ unk ] [ mask ] [ pad ]"));
}

TEST_CASE("a word of more than a hundred characters is unknown as a whole") {
  CHECK(inner(std::string(101, 'x')) == std::vector<token_id>{unknown});
  CHECK(inner(std::string(100, 'x')).size() > 1);
  std::string accented;
  for (int i = 0; i < 100; ++i) accented += "é";
  CHECK(inner(accented).size() > 1);
}

TEST_CASE("a word with a part that is in no vocabulary is unknown as a whole") {
  CHECK(inner("ab☃cd") == std::vector<token_id>{unknown});
  CHECK(inner("fine ab☃cd fine").size() == 3);
}

TEST_CASE("bytes that are no UTF-8 are left out") {
  CHECK(inner("hel\xff"
              "lo\xc3") == inner("hello"));
  CHECK(inner("\xed\xa0\x80hello") == inner("hello"));
}

TEST_CASE("a text that is too long keeps its beginning and its end token") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word ";
  const auto loaded = pieces();
  const auto cut = loaded->ids(text, 10);
  REQUIRE(cut.size() == 10);
  CHECK(cut.front() == begin);
  CHECK(cut.back() == end);
  CHECK(std::vector(cut.begin(), cut.end() - 1) == [&] {
    auto whole = loaded->ids(text, 512);
    whole.resize(9);
    return whole;
  }());
  CHECK(loaded->ids(text, 2) == std::vector<token_id>{begin, end});
  CHECK(loaded->ids("", 2) == std::vector<token_id>{begin, end});
}

TEST_CASE("the longest piece is taken first") {
  const written_vocabulary vocabulary{
      "[UNK]\n[CLS]\n[SEP]\nun\nunder\n##stand\n##st\n##and\n##s\n"};
  const auto loaded = word_pieces::load(vocabulary.path).value();
  CHECK(loaded->size() == 9);
  CHECK(loaded->ids("understand understands under unst", 64) ==
        std::vector<token_id>{1, 4, 5, 4, 5, 8, 4, 3, 6, 2});
}

TEST_CASE("a file that is no vocabulary is refused") {
  const written_vocabulary vocabulary{"[UNK]\n[CLS]\nword\n"};
  const auto loaded = word_pieces::load(vocabulary.path);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.assume_error().code == errc::failed);
  CHECK(loaded.assume_error().message.find("[SEP]") != std::string::npos);
}

TEST_CASE("word pieces without their file say what to do") {
  const auto loaded = word_pieces::load(folder + "nowhere.txt");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.assume_error().code == errc::not_found);
  CHECK(loaded.assume_error().message.find("./run --setup-only") != std::string::npos);
}
