#include "actors/speech/text_normalizer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

using dhr::normalize;

namespace {

struct row {
  const char* written;
  const char* spoken;
};

void check(const std::vector<row>& rows) {
  for (const auto& [written, spoken] : rows) {
    INFO(written);
    CHECK(to_string(normalize(written)) == spoken);
  }
}

bool is_plain(const std::string& word) {
  return !word.empty() && word.front() != '\'' && word.back() != '\'' &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) {
           return std::isalpha(c) != 0 || c == '\'' || c >= 0x80;
         });
}

}  // namespace

TEST_CASE("money is read with its currency behind the number") {
  check({{"$1.2bn", "one point two billion dollars"},
         {"$1.2 billion", "one point two billion dollars"},
         {"$1.2 bn", "one point two billion dollars"},
         {"€45k", "forty five thousand euros"},
         {"$0.05", "five cents"},
         {"$0.01", "one cent"},
         {"$1", "one dollar"},
         {"$1.00", "one dollar"},
         {"$182.50", "one hundred eighty two dollars and fifty cents"},
         {"£2.99", "two pounds and ninety nine pence"},
         {"$1.5", "one point five dollars"},
         {"$3.125", "three point one two five dollars"},
         {"¥500", "five hundred yen"},
         {"1.5 million dollars", "one point five million dollars"},
         {"-$5", "minus five dollars"},
         {"$-5", "minus five dollars"},
         {"+$2m", "plus two million dollars"},
         {"$1,234,567",
          "one million two hundred thirty four thousand five hundred sixty seven dollars"},
         {"5 USD", "five U S dollars"},
         {"100 EUR", "one hundred euros"},
         {"1 EUR", "one euro"},
         {"US$5", "five U S dollars"},
         {"45€", "forty five euros"},
         {"$5-10 million", "five to ten million dollars"},
         {"$1.2bn–$1.5bn", "one point two billion to one point five billion dollars"},
         {"$1.50-$2.25", "one dollar and fifty cents to two dollars and twenty five cents"}});
}

TEST_CASE("percent, basis points and units are named") {
  check({{"4.5%", "four point five percent"},
         {"3 %", "three percent"},
         {"3-5 %", "three to five percent"},
         {"3 - 5 %", "three to five percent"},
         {"25 bps", "twenty five basis points"},
         {"25bps", "twenty five basis points"},
         {"1 bp", "one basis point"},
         {"0.5pp", "zero point five percentage points"},
         {"120 km", "one hundred twenty kilometers"},
         {"1 km", "one kilometer"},
         {"90 km/h", "ninety kilometers per hour"},
         {"16 GB", "sixteen gigabytes"},
         {"16GB", "sixteen gigabytes"},
         {"21 °C", "twenty one degrees Celsius"},
         {"-3°C", "minus three degrees Celsius"},
         {"5kWh", "five kilowatt hours"},
         {"5 million km", "five million kilometers"},
         {"3.5 m²", "three point five square meters"},
         {"30 s", "thirty seconds"},
         {"2000 km", "two thousand kilometers"},
         {"10x", "ten times"}});
}

TEST_CASE("numbers are read by their form") {
  check({{"0", "zero"},
         {"0.5", "zero point five"},
         {".5", "zero point five"},
         {"3.14", "three point one four"},
         {"1,234.5", "one thousand two hundred thirty four point five"},
         {"1500", "one thousand five hundred"},
         {"007", "zero zero seven"},
         {"1st", "first"},
         {"2nd", "second"},
         {"23rd", "twenty third"},
         {"100th", "one hundredth"},
         {"3/4", "three quarters"},
         {"1/2 cup", "one half cup"},
         {"½", "one half"},
         {"24/7", "twenty four seven"},
         {"50/50", "fifty over fifty"},
         {"3:1", "three to one"},
         {"3-5", "three to five"},
         {"555-1234", "five hundred fifty five one thousand two hundred thirty four"},
         {"3.2.1", "three point two point one"},
         {"5M", "five million"},
         {"10k", "ten thousand"}});
}

TEST_CASE("signs are said where they mean something") {
  check({{"+5%", "plus five percent"},
         {"-3.2%", "minus three point two percent"},
         {"−3.2%", "minus three point two percent"},
         {"±2", "plus or minus two"},
         {"~10", "about ten"},
         {"≥3", "at least three"},
         {"<5%", "less than five percent"},
         {"#1", "number one"},
         {"No. 5", "number five"},
         {"#growth", "hashtag growth"},
         {"@john", "at john"},
         {"a & b", "a and b"},
         {"2 + 2 = 4", "two plus two equals four"},
         {"C++", "C plus plus"},
         {"and/or", "and or"}});
}

TEST_CASE("years, dates and times are read as such") {
  check({{"in 1999", "in nineteen ninety nine"},
         {"2000", "two thousand"},
         {"2005", "two thousand five"},
         {"2026", "twenty twenty six"},
         {"1905", "nineteen oh five"},
         {"in 1850", "in eighteen fifty"},
         {"1990s", "nineteen nineties"},
         {"'90s", "nineties"},
         {"2019–2021", "twenty nineteen to twenty twenty one"},
         {"2026-11-24", "November twenty fourth twenty twenty six"},
         {"11/24/2026", "November twenty fourth twenty twenty six"},
         {"24.11.2026", "November twenty fourth twenty twenty six"},
         {"Nov 24, 2026", "November twenty fourth, twenty twenty six"},
         {"Nov. 24-26", "November twenty fourth to twenty sixth"},
         {"24 Nov 2026", "the twenty fourth of November twenty twenty six"},
         {"May 5", "May fifth"},
         {"I may", "I may"},
         {"due on 3/4", "due on March fourth"},
         {"9:30 am", "nine thirty A M"},
         {"9:05", "nine oh five"},
         {"14:00", "fourteen hundred"},
         {"9:00", "nine o'clock"},
         {"3pm", "three P M"},
         {"10 p.m. sharp", "ten P M sharp"}});
}

TEST_CASE("quarters, halves and fiscal years are read with their year") {
  check({{"Q3 2025", "Q three twenty twenty five"},
         {"Q3", "Q three"},
         {"Q3'25", "Q three twenty twenty five"},
         {"Q4 FY24", "Q four fiscal year twenty twenty four"},
         {"2Q25E", "second quarter twenty twenty five estimated"},
         {"FY24", "fiscal year twenty twenty four"},
         {"FY 2025", "fiscal year twenty twenty five"},
         {"FY2024/25", "fiscal year twenty twenty four twenty five"},
         {"1H25", "first half twenty twenty five"},
         {"H2 2025", "second half twenty twenty five"}});
}

TEST_CASE("tickers and acronyms are spelled unless they can be said") {
  check({{"$AAPL", "A A P L"},
         {"NVDA", "N V D A"},
         {"NVDA's", "N V D A's"},
         {"BRK.B", "B R K B"},
         {"$META", "meta"},
         {"TSLA", "T S L A"},
         {"ETF", "E T F"},
         {"ETFs", "E T F's"},
         {"the CEO's", "the C E O's"},
         {"NASA", "nasa"},
         {"NATO", "nay toe"},
         {"EBITDA", "ee bit dah"},
         {"S&P 500", "S and P five hundred"},
         {"AT&T", "A T and T"},
         {"R&D", "R and D"},
         {"P/E", "P E"},
         {"U.S. GDP", "U S G D P"},
         {"COVID-19", "covid nineteen"},
         {"GPT-4", "G P T four"},
         {"THE MARKET IS UP", "the market is up"}});
}

TEST_CASE("abbreviations are said in full and end no sentence") {
  check({{"Mr. Smith", "mister Smith"},
         {"Apple Inc. rose", "Apple incorporated rose"},
         {"this vs. that", "this versus that"},
         {"e.g. this", "for example this"},
         {"approx. 5", "approximately five"},
         {"No.", "No."},
         {"5% YoY", "five percent year over year"},
         {"gold, etc.", "gold, et cetera."}});
}

TEST_CASE("addresses are read aloud") {
  check({{"www.example.com", "example dot com"},
         {"https://example.com/docs?x=1", "example dot com slash docs"},
         {"info@example.com", "info at example dot com"},
         {"amazon.com", "amazon dot com"}});
}

TEST_CASE("mark-up, emoji and unknown scripts are dropped, the punctuation stays") {
  check({{"**Bold** and *it*", "Bold and it"},
         {"`code`", "code"},
         {"[the link](http://x.y)", "the link"},
         {"<b>b</b>", "b"},
         {"- first\n- second", "first. second"},
         {"# Heading", "Heading"},
         {"snake_case", "snake case"},
         {"year-over-year", "year over year"},
         {"good 👍", "good"},
         {"ok🎉!", "ok!"},
         {"日本語", ""},
         {"naïve café", "naïve café"},
         {"“quoted” ‘single’ it’s", "quoted single it's"},
         {"said (quietly) that", "said, quietly, that"},
         {"that — well — works", "that, well, works"},
         {"really?!", "really?"},
         {"\xff\xfe", ""},
         {"", ""},
         {"*** --- ***", ""}});
}

TEST_CASE("the letter A is told from the article") {
  check({{"A rise", "a rise"}, {"vitamin A", "vitamin A"}, {"It fell. A rise", "It fell. a rise"}});
  CHECK(dhr::engine_spelling("A") == "eigh");
  CHECK(dhr::engine_spelling("a") == "a");
  CHECK(dhr::engine_spelling("A's") == "eigh's");
  CHECK(dhr::engine_spelling("Apple") == "Apple");
}

TEST_CASE("each spoken word remembers the written word that it comes from") {
  const auto text = normalize("Q3 revenue (net) rose 4.5% to **$1.2 billion**, twice.");
  const std::vector<std::string> written = {"Q3", "revenue", "net",     "rose", "4.5%",
                                            "to", "$1.2",    "billion", "twice"};
  REQUIRE(text.written == written);
  std::vector<std::string> spoken(written.size());
  for (const auto& word : text.words) {
    auto& said = spoken[word.written];
    said += (said.empty() ? "" : " ") + word.text;
  }
  CHECK(spoken == std::vector<std::string>{"Q three", "revenue", "net", "rose",
                                           "four point five percent", "to", "one point two",
                                           "billion dollars", "twice"});
}

TEST_CASE("spoken words are letters and apostrophes only, in the order of the written ones") {
  for (const char* text :
       {"Q3 revenue rose 4.5% to $1.2bn, vs. €45k (est.) — see https://a.io/b_c?d=e#f or x@y.z!",
        "@#$%^&*()_+-=[]{}|;':\",./<>?~` \\ ¿¡ §¶ ©®™ 5'10\" 1e10 0x1F ½¼ α→β ∑∫ "
        "👩‍👩‍👧",
        "''' 'a' -- - – 1- -1 1-- $ $$ % 5%% 1.2.3.4 1,2,3 ,5 .. ... 12:60 25:00 13/13/2026 "
        "99999999999999999999999",
        "FY Q5 Q0 3Q 3H H3 1st2nd 0th $k €€5 a@b@c.d http:// www. A. A I'm o'clock rock 'n' "
        "roll"}) {
    INFO(text);
    const auto spoken = normalize(text);
    std::size_t before = 0;
    for (const auto& word : spoken.words) {
      INFO(word.text);
      CHECK(is_plain(word.text));
      CHECK(word.written >= before);
      CHECK(word.written < spoken.written.size());
      before = word.written;
      const std::string marks{"\0.,;:!?", 7};
      CHECK(marks.find(word.mark) != std::string::npos);
    }
  }
}
