// Abbreviations, acronyms, tickers, addresses and single symbols.
#include <algorithm>
#include <array>

#include "actors/speech/reading_amounts.hpp"
#include "actors/speech/reading_rules.hpp"

namespace dhr::reading {
namespace {

struct said {
  std::string_view written;
  std::string_view words;
};

// Lower-case, without the last full stop; read so only where a full stop stood.
constexpr std::array<said, 24> dotted = {
    {{"mr", "mister"},        {"mrs", "missus"},     {"ms", "miz"},
     {"dr", "doctor"},        {"prof", "professor"}, {"inc", "incorporated"},
     {"corp", "corporation"}, {"ltd", "limited"},    {"co", "company"},
     {"vs", "versus"},        {"etc", "et cetera"},  {"approx", "approximately"},
     {"no", "number"},        {"st", "saint"},       {"jr", "junior"},
     {"sr", "senior"},        {"est", "estimated"},  {"dept", "department"},
     {"fig", "figure"},       {"avg", "average"},    {"incl", "including"},
     {"excl", "excluding"},   {"cf", "compare"},     {"gov", "governor"}}};

// As written, with or without a full stop behind it.
constexpr std::array<said, 66> spoken_as = {{
    {"e.g", "for example"},
    {"i.e", "that is"},
    {"a.m", "A M"},
    {"p.m", "P M"},
    {"p.a", "per year"},
    {"vs", "versus"},
    {"etc", "et cetera"},
    {"w/", "with"},
    {"w/o", "without"},
    {"YoY", "year over year"},
    {"yoy", "year over year"},
    {"y/y", "year over year"},
    {"QoQ", "quarter over quarter"},
    {"qoq", "quarter over quarter"},
    {"q/q", "quarter over quarter"},
    {"MoM", "month over month"},
    {"m/m", "month over month"},
    {"YTD", "year to date"},
    {"MTD", "month to date"},
    {"QTD", "quarter to date"},
    {"TTM", "trailing twelve months"},
    {"AT&T", "A T and T"},
    {"OK", "okay"},
    {"PhD", "P H D"},
    {"NASDAQ", "nazdak"},
    {"Nasdaq", "nazdak"},
    {"NYSE", "N Y S E"},
    {"GAAP", "gap"},
    {"EBITDA", "ee bit dah"},
    {"EBIT", "ee bit"},
    {"LIBOR", "lie bore"},
    {"SOFR", "so fur"},
    {"REIT", "reet"},
    {"REITs", "reets"},
    {"WACC", "wack"},
    {"NATO", "nay toe"},
    {"OPEC", "oh peck"},
    {"FIFO", "fie foe"},
    {"LIFO", "lie foe"},
    {"UCITS", "you sits"},
    {"USDA", "U S D A"},
    {"USD", "U S dollars"},
    {"EUR", "euros"},
    {"GBP", "pounds"},
    {"JPY", "yen"},
    {"CHF", "Swiss francs"},
    {"SaaS", "sass"},
    {"PaaS", "pass"},
    {"IaaS", "eye as"},
    {"iOS", "I O S"},
    {"macOS", "mac O S"},
    {"JSON", "jason"},
    {"JPEG", "jay peg"},
    {"SQL", "sequel"},
    {"ECB", "E C B"},
    {"IEEE", "I triple E"},
    {"CAPEX", "cap ex"},
    {"OPEX", "op ex"},
    {"CapEx", "cap ex"},
    {"OpEx", "op ex"},
    {"capex", "cap ex"},
    {"opex", "op ex"},
    {"bps", "basis points"},
    {"FOMO", "foe moe"},
    {"NAV", "N A V"},
    {"LLaMA", "llama"},
}};

// Short words that stay words in capitals; other texts of two or three capitals are spelled.
constexpr std::array<std::string_view, 62> short_words = {
    "AM",  "AN",  "AS",  "AT",  "BE",  "BY",  "DO",  "GO",  "HE",  "IF",  "IN",  "IS",  "ME",
    "MY",  "NO",  "OF",  "OH",  "ON",  "OR",  "SO",  "TO",  "UP",  "WE",  "THE", "AND", "FOR",
    "NOT", "BUT", "YOU", "ALL", "ANY", "BUY", "CAN", "DAY", "DID", "END", "FEW", "GET", "HAS",
    "HAD", "HER", "HIM", "HIS", "HOW", "LET", "LOW", "NEW", "NOW", "OFF", "OLD", "ONE", "OUR",
    "OUT", "PUT", "SEE", "SET", "SHE", "TOP", "TWO", "WAS", "WHO", "YES"};

constexpr std::array<said, 40> symbols = {{
    {"&", "and"},           {"@", "at"},       {"%", "percent"},     {"+", "plus"},
    {"=", "equals"},        {"~", "about"},    {"<", "less than"},   {">", "more than"},
    {"≈", "about"},         {"≤", "at most"},  {"≥", "at least"},    {"≠", "not equal to"},
    {"±", "plus or minus"}, {"×", "times"},    {"÷", "divided by"},  {"→", "to"},
    {"°", "degrees"},       {"µ", "micro"},    {"μ", "mu"},          {"²", "squared"},
    {"³", "cubed"},         {"½", "one half"}, {"¼", "one quarter"}, {"¾", "three quarters"},
    {"√", "root of"},       {"#", "number"},   {"$", "dollars"},     {"€", "euros"},
    {"£", "pounds"},        {"¥", "yen"},      {"₹", "rupees"},      {"₿", "bitcoin"},
    {"α", "alpha"},         {"β", "beta"},     {"γ", "gamma"},       {"δ", "delta"},
    {"Δ", "delta"},         {"σ", "sigma"},    {"π", "pie"},         {"λ", "lambda"},
}};

constexpr std::array<std::string_view, 60> onsets = {
    "B",   "BL",  "BR", "C",  "CH",  "CL", "CR", "D",   "DR",  "DW", "F",  "FL", "FR", "G",  "GH",
    "GL",  "GN",  "GR", "H",  "J",   "K",  "KN", "KR",  "KL",  "L",  "M",  "N",  "P",  "PH", "PL",
    "PR",  "PS",  "Q",  "R",  "RH",  "S",  "SC", "SCH", "SCR", "SH", "SK", "SL", "SM", "SN", "SP",
    "SPL", "SPR", "SQ", "ST", "STR", "SW", "T",  "TH",  "TR",  "TW", "V",  "W",  "WH", "WR", "Z"};
constexpr std::array<std::string_view, 66> codas = {
    "B",  "C",  "CK", "CH",  "CT", "D",  "FF", "F",  "FT", "G",   "GH", "GHT", "H",  "K",
    "L",  "LD", "LF", "LK",  "LL", "LM", "LP", "LT", "M",  "MB",  "MP", "N",   "NC", "NCH",
    "ND", "NG", "NK", "NN",  "NT", "P",  "PH", "PT", "R",  "RB",  "RC", "RCH", "RD", "RF",
    "RG", "RK", "RL", "RM",  "RN", "RP", "RR", "RS", "RT", "RTH", "S",  "SH",  "SK", "SP",
    "SS", "ST", "T",  "TCH", "TH", "TS", "TT", "V",  "X",  "Z"};

constexpr std::array<std::string_view, 19> top_domains = {
    "com", "org", "net", "io", "ai", "gov", "edu", "info", "dev", "app",
    "uk",  "de",  "eu",  "fr", "ch", "tv",  "ca",  "au",   "jp"};

template <class Table>
std::string_view find(const Table& table, std::string_view written) {
  for (const auto& entry : table) {
    if (entry.written == written) return entry.words;
  }
  return {};
}

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_vowel(char c) { return std::string_view{"AEIOUY"}.find(c) != std::string_view::npos; }

bool is_all_capitals(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_capital);
}

// Whether capitals can be said as an English word: "NASA" can, "NVDA" and "AAPL" can't.
bool is_pronounceable(std::string_view capitals) {
  const auto first = std::find_if(capitals.begin(), capitals.end(), is_vowel);
  if (first == capitals.end()) return false;
  const auto last = std::find_if(capitals.rbegin(), capitals.rend(), is_vowel).base();
  const std::string_view onset{capitals.data(), static_cast<std::size_t>(first - capitals.begin())};
  const auto coda = capitals.substr(static_cast<std::size_t>(last - capitals.begin()));
  if (!onset.empty() && !contains(onsets, onset)) return false;
  if (!coda.empty() && !contains(codas, coda)) return false;
  if (capitals.size() > 1 && capitals[0] == capitals[1]) return false;
  std::size_t run = 0;
  for (const char c : capitals) {
    run = is_vowel(c) ? 0 : run + 1;
    if (run > 3) return false;
  }
  return true;
}

void append_spelled(word_list& words, std::string_view letters) {
  for (const char c : letters) words.emplace_back(1, c);
}

// The letters of the text up to the first byte that is none.
std::string_view letter_run(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end;
    const bool inner_apostrophe =
        text[end] == '\'' && end > 0 && end + 1 < text.size() && is_letter_byte(text[end + 1]);
    if (!inner_apostrophe && !is_latin_letter(next_code_point(text, next))) break;
    end = inner_apostrophe ? end + 1 : next;
  }
  return text.substr(0, end);
}

void append_label(word_list& words, std::string_view label) {
  reading_context context;
  const written_token token{std::string{label}, std::string{label}, 0};
  context.rest = {&token, 1};
  std::string capitals;
  for (const char c : label)
    capitals += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const bool has_vowel = std::any_of(capitals.begin(), capitals.end(), is_vowel);
  if (is_all_capitals(capitals) && capitals.size() <= 4 && !has_vowel) {
    append_spelled(words, capitals);
  } else if (auto read = read_pieces(context)) {
    words.insert(words.end(), read->words[0].begin(), read->words[0].end());
  }
}

void append_host(word_list& words, std::string_view host) {
  for (bool first = true; !host.empty(); first = false) {
    const auto end = std::min(host.find('.'), host.size());
    if (!first) words.emplace_back("dot");
    append_label(words, host.substr(0, end));
    host.remove_prefix(std::min(end + 1, host.size()));
  }
}

bool is_host(std::string_view text, bool known_domain_needed) {
  const auto dot = text.rfind('.');
  if (dot == text.npos || dot < 1 || text.find("..") != text.npos) return false;
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (is_letter_byte(c) && static_cast<unsigned char>(c) < 0x80) || c == '.' ||
           c == '-';
  });
  return plain &&
         (!known_domain_needed || (dot >= 2 && contains(top_domains, text.substr(dot + 1))));
}

}  // namespace

std::string lower(std::string_view text) {
  std::string low{text};
  for (char& c : low) {
    if (is_capital(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

bool is_shouted(std::span<const written_token> tokens) {
  std::size_t capitals = 0;
  for (const auto& token : tokens) {
    if (std::any_of(token.body.begin(), token.body.end(),
                    [](char c) { return c >= 'a' && c <= 'z'; }))
      return false;
    if (is_all_capitals(token.body) && (contains(short_words, token.body) ||
                                        (token.body.size() > 3 && is_pronounceable(token.body)))) {
      ++capitals;
    }
  }
  return capitals >= 2;
}

void append_letters(word_list& words, std::string_view letters) {
  std::string_view base = letters;
  std::string_view ending;
  for (const std::string_view possible : {"'s", "s'"}) {
    if (base.size() > possible.size() && base.ends_with(possible)) {
      ending = "'s";
      base.remove_suffix(possible.size());
      break;
    }
  }
  const auto before = words.size();
  if (const auto phrase = find(spoken_as, base); !phrase.empty()) {
    append_phrase(words, phrase);
  } else if (base.size() > 2 && base.back() == 's' &&
             is_all_capitals(base.substr(0, base.size() - 1)) && ending.empty()) {
    append_letters(words, base.substr(0, base.size() - 1));
    ending = words.back().size() == 1 ? "'s" : "s";
  } else if (base.size() > 1 && is_all_capitals(base)) {
    const bool word = contains(short_words, base) || (base.size() > 3 && is_pronounceable(base));
    word ? words.push_back(lower(base)) : append_spelled(words, base);
  } else {
    words.emplace_back(letters);
    return;
  }
  if (words.size() > before) words.back() += ending;
}

std::optional<reading> read_address(const reading_context& context) {
  std::string_view body = context.rest[0].body;
  reading read{{{}}};
  if (const auto at = body.find('@'); at != body.npos && at > 0) {
    if (!is_host(body.substr(at + 1), false)) return std::nullopt;
    append_host(read.words[0], body.substr(0, at));
    read.words[0].emplace_back("at");
    append_host(read.words[0], body.substr(at + 1));
    return read;
  }
  bool certain = false;
  for (const std::string_view scheme : {"https://", "http://", "www."}) {
    if (!body.starts_with(scheme)) continue;
    body.remove_prefix(scheme.size());
    certain = true;
  }
  body = body.substr(0, body.find_first_of("?#"));
  const auto slash = std::min(body.find('/'), body.size());
  if (!is_host(body.substr(0, slash), !certain)) return std::nullopt;
  append_host(read.words[0], body.substr(0, slash));
  for (auto path = body.substr(slash); path.size() > 1;) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0) read.words[0].emplace_back("slash");
    append_label(read.words[0], path.substr(0, end));
    path.remove_prefix(end);
  }
  return read;
}

std::optional<reading> read_word(const reading_context& context) {
  const auto& token = context.rest[0];
  const std::string_view body = token.body;
  reading read{{{}}};
  auto& words = read.words[0];
  if (body == "-") {
    const bool range = !context.before.empty() &&
                       (is_digit(context.before.back()) || context.before.back() == '%') &&
                       context.rest.size() > 1 && parse_amount(context.rest[1].body);
    if (range) words.emplace_back("to");
    return read;
  }
  // The article, where a sentence begins.
  if (body == "A" && context.before.empty() && context.rest.size() > 1) {
    words.emplace_back("a");
    return read;
  }
  const auto low = lower(body);
  const bool number_follows = context.rest.size() > 1 && is_digit(context.rest[1].body[0]);
  if (token.mark == '.' && (low != "no" || number_follows) &&
      (low != "st" || context.rest.size() > 1)) {
    if (const auto phrase = find(dotted, low); !phrase.empty()) {
      append_phrase(words, phrase);
      read.keep_full_stop = false;
      return read;
    }
  }
  if (const auto phrase = find(spoken_as, body); !phrase.empty()) {
    append_phrase(words, phrase);
    read.keep_full_stop = body.find('.') == body.npos;
    return read;
  }
  // "U.S", "J.P": letters parted by points.
  bool initials = body.size() >= 3 && body.size() % 2 == 1;
  for (std::size_t i = 0; initials && i < body.size(); ++i) {
    initials = i % 2 == 0 ? is_capital(body[i]) : body[i] == '.';
  }
  if (initials) {
    for (std::size_t i = 0; i < body.size(); i += 2) words.emplace_back(1, body[i]);
    read.keep_full_stop = false;
    return read;
  }
  if (letter_run(body).size() != body.size()) return std::nullopt;
  append_letters(words, body);
  return read;
}

std::optional<reading> read_pieces(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  reading read{{{}}};
  auto& words = read.words[0];
  for (std::size_t i = 0; i < body.size();) {
    const auto tail = body.substr(i);
    if (const auto run = letter_run(tail); !run.empty()) {
      append_letters(words, run);
      i += run.size();
      continue;
    }
    // A ticker or a topic: "$AAPL", "#growth".
    if ((tail[0] == '$' || tail[0] == '#') && tail.size() > 1 &&
        !letter_run(tail.substr(1)).empty()) {
      if (tail[0] == '#') words.emplace_back("hashtag");
      ++i;
      continue;
    }
    if (const auto amount = parse_amount(tail, i == 0)) {
      if (tail[0] == '.' && i > 0) {
        words.emplace_back("point");
        append_digits(words, leading_digits(tail.substr(1)));
        i += 1 + leading_digits(tail.substr(1)).size();
        continue;
      }
      append_value(words, *amount);
      append_measure(words, *amount);
      i += amount->length;
      continue;
    }
    std::size_t next = i;
    next_code_point(body, next);
    append_phrase(words, find(symbols, body.substr(i, next - i)));
    i = next;
  }
  return read;
}

}  // namespace dhr::reading
