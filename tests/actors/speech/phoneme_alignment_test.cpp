#include "actors/speech/phoneme_alignment.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "actors/speech/phonemizer.hpp"

using namespace dhr;

namespace {

using strings = std::vector<std::u32string>;

// The symbols of each word, as aligned.
strings split(const strings& groups, const strings& isolated) {
  const auto words = align_to_words(groups, isolated);
  strings out(isolated.size());
  std::size_t i = 0;
  for (const auto& group : groups) {
    for (const char32_t symbol : group) out[static_cast<std::size_t>(words[i++])] += symbol;
  }
  return out;
}

// Answers from a table; what is missing there is an empty pronunciation.
class table_source final : public ipa_source {
 public:
  explicit table_source(std::map<std::string, std::string> table) : table_{std::move(table)} {}
  result<std::vector<std::string>> pronounce(const std::vector<std::string>& lines) override {
    std::vector<std::string> answers;
    for (const auto& line : lines) answers.push_back(table_[line]);
    asked.insert(asked.end(), lines.begin(), lines.end());
    return answers;
  }
  static inline std::vector<std::string> asked;

 private:
  std::map<std::string, std::string> table_;
};

class broken_source final : public ipa_source {
 public:
  result<std::vector<std::string>> pronounce(const std::vector<std::string>&) override {
    return fail(errc::unavailable, "gone");
  }
};

}  // namespace

TEST_CASE("words that were said as one group are parted again") {
  CHECK(split({U"wˈʌn", U"ʌvðə", U"bˈɛst"}, {U"wˈʌn", U"ˈʌv", U"ðˈə", U"bˈɛst"}) ==
        strings{U"wˈʌn", U"ʌv", U"ðə", U"bˈɛst"});
  CHECK(split({U"aɪɐm", U"fˈaɪn"}, {U"ˈaɪ", U"ˈæm", U"fˈaɪn"}) == strings{U"aɪ", U"ɐm", U"fˈaɪn"});
  CHECK(split({U"təbi", U"hæd"}, {U"tˈuː", U"bˈiː", U"hˈæd"}) == strings{U"tə", U"bi", U"hæd"});
  CHECK(split({U"kˈæntɐv"}, {U"kˈænt", U"hˈæv"}) == strings{U"kˈænt", U"ɐv"});
}

TEST_CASE("a word that was said as two groups stays one word") {
  CHECK(split({U"twˈɛnti", U"fˈoːɹ", U"ʌvðə"}, {U"twˈɛntifˈoːɹ", U"ˈʌv", U"ðˈə"}) ==
        strings{U"twˈɛntifˈoːɹ", U"ʌv", U"ðə"});
}

TEST_CASE("a split and a merge that leave the count of groups as it was are both found") {
  CHECK(split({U"twˈɛnti", U"fˈoːɹ", U"ɪnðə"}, {U"twˈɛntifˈoːɹ", U"ˈɪn", U"ðˈə"})[1] == U"ɪn");
}

TEST_CASE("reduced and linked words keep their sounds") {
  CHECK(split({U"ðɪ", U"ˈɛnd"}, {U"ðˈə", U"ˈɛnd"}) == strings{U"ðɪ", U"ˈɛnd"});
  CHECK(split({U"ɪɾ", U"ɪz", U"wʌt"}, {U"ˈɪt", U"ˈɪz", U"wˈʌt"}) == strings{U"ɪɾ", U"ɪz", U"wʌt"});
}

TEST_CASE("stress goes with the sound behind it and length with the one before") {
  CHECK(split({U"juːˈɛs"}, {U"jˈuː", U"ˈɛs"}) == strings{U"juː", U"ˈɛs"});
}

TEST_CASE("each word gets a sound where there are enough of them") {
  for (const auto& words :
       {strings{U"xyz", U"b", U"c"}, strings{U"a", U"", U""}, strings{U"", U"", U"abc"}}) {
    const auto parts = split({U"abc"}, words);
    CHECK(std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); }));
  }
  CHECK(align_to_words(strings{}, strings{U"a"}).empty());
}

TEST_CASE("clauses are pronounced one by one and their punctuation is put back") {
  phonemizer phonemes{std::make_unique<table_source>(std::map<std::string, std::string>{
      {"hello", "həlˈoʊ"}, {"I am", "aɪɐm"}, {"I", "ˈaɪ"}, {"am", "ˈæm"}})};
  const auto spoken = normalize("hello, I am.");
  const auto text = phonemes.phonemize(spoken);
  REQUIRE(text);
  CHECK(text.value().symbols == U"həlˈoʊ, aɪɐm.");
  CHECK(text.value().words == std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, -1, -1, 1, 1, 2, 2, -1});
}

TEST_CASE("a word's own pronunciation is asked for once") {
  table_source::asked.clear();
  phonemizer phonemes{
      std::make_unique<table_source>(std::map<std::string, std::string>{{"so am I", "sˌoʊ æm ˈaɪ"},
                                                                        {"am I", "æm ˈaɪ"},
                                                                        {"so", "sˈoʊ"},
                                                                        {"I", "ˈaɪ"},
                                                                        {"am", "ˈæm"}})};
  REQUIRE(phonemes.phonemize(normalize("so am I")));
  REQUIRE(phonemes.phonemize(normalize("am I")));
  CHECK(table_source::asked == std::vector<std::string>{"so am I", "so", "am", "I", "am I"});
}

TEST_CASE("names of languages in the answer are no phonemes") {
  phonemizer phonemes{std::make_unique<table_source>(
      std::map<std::string, std::string>{{"voila", "(fr)vwalˈa(en)"}})};
  CHECK(phonemes.phonemize(normalize("voila")).value().symbols == U"vwalˈa");
}

TEST_CASE("a source that is gone is the phonemizer's error") {
  phonemizer phonemes{std::make_unique<broken_source>()};
  const auto text = phonemes.phonemize(normalize("hello"));
  REQUIRE_FALSE(text);
  CHECK(text.error().code == errc::unavailable);
}
