// What the texts of the configuration may be.

#include <algorithm>
#include <charconv>

#include "runtime/base/config_binding.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/pairs.hpp"

namespace dhr::binding {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_line(std::string_view text, std::size_t size_max) {
  return text.size() <= size_max && std::none_of(text.begin(), text.end(), is_control);
}

bool is_name(std::string_view text, std::size_t size_max) {
  return !text.empty() && is_line(text, size_max) && text.find(' ') == text.npos;
}

bool is_paragraphs(std::string_view text) {
  return text.size() <= 8'000 && std::all_of(text.begin(), text.end(), [](char c) {
           return !is_control(c) || c == '\n' || c == '\t';
         });
}

// A number without sign or leading zero.
bool is_number(std::string_view text, int min, int max) {
  int value = 0;
  const auto last = text.data() + text.size();
  const auto [end, code] = std::from_chars(text.data(), last, value);
  const bool plain =
      !text.empty() && is_digit(text.front()) && (text.front() != '0' || text == "0");
  return plain && code == std::errc{} && end == last && value >= min && value <= max;
}

bool is_host(std::string_view text) {
  return is_name(text, 253) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                  c == '-' || c == '_';
         });
}

// Eight groups of up to four hexadecimal digits, of which one run may be left out as "::".
bool is_ipv6(std::string_view text) {
  std::size_t groups = 0;
  bool shortened = false;
  if (text.starts_with("::")) {
    shortened = true;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const auto end = std::min(text.find(':'), text.size());
    const auto group = text.substr(0, end);
    const bool digits = std::all_of(group.begin(), group.end(), [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    if (group.empty() || group.size() > 4 || !digits) return false;
    ++groups;
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty()) return false;
    if (text.front() != ':') continue;
    if (shortened) return false;
    shortened = true;
    text.remove_prefix(1);
  }
  return shortened ? groups < 8 : groups == 8;
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    const auto end = part == 3 ? text.size() : text.find('.');
    if (end == text.npos || !is_number(text.substr(0, end), 0, 255)) return false;
    text.remove_prefix(part == 3 ? end : end + 1);
  }
  return true;
}

// "name", "name:port", "[v6]:port"
bool is_authority(std::string_view text, bool port_needed) {
  const auto close = text.starts_with('[') ? text.find(']') : text.npos;
  const auto colon = text.find(':', close == text.npos ? 0 : close);
  const auto host = text.substr(0, colon);
  const bool named = close == text.npos
                         ? is_host(host)
                         : close + 1 == host.size() && is_ipv6(text.substr(1, close - 1));
  if (colon == text.npos) return named && !port_needed;
  return named && is_number(text.substr(colon + 1), 1, 65'535);
}

bool is_http_url(std::string_view text) {
  if (!is_name(text, 1'000) || text.find_first_of("?#@") != text.npos) return false;
  const std::string_view scheme = text.starts_with("https://") ? "https://" : "http://";
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());
  return is_authority(text.substr(0, text.find('/')), false);
}

bool all_parts(std::string_view list, bool (*accepts)(std::string_view part)) {
  if (!list.empty() && !is_line(list, 16'000)) return false;
  const auto parts = parse_list(list);
  return std::all_of(parts.begin(), parts.end(), accepts);
}

// Short keys can be guessed.
bool is_access_key(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != text.npos) {
    const auto name = text.substr(0, colon);
    if (!is_host(name) || name.size() > 64) return false;
    text.remove_prefix(colon + 1);
  }
  return text.size() >= 16 && text.size() <= 200 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

bool is_origin(std::string_view text) {
  return is_http_url(text) && text.find('/', text.find("//") + 2) == text.npos;
}

bool is_pair(std::string_view text) {
  const auto cut = text.find('=');
  return cut != text.npos && is_host(text.substr(0, cut)) && is_name(text.substr(cut + 1), 200);
}

bool is_device(std::string_view text) {
  return text == "cpu" || (text.starts_with("cuda:") && is_number(text.substr(5), 0, 63));
}

}  // namespace

const text_rule any_text{"up to 8000 characters",
                         [](std::string_view text) { return is_paragraphs(text); }};
const text_rule some_text{"1 to 8000 characters", [](std::string_view text) {
                            return text.find_first_not_of(" \n\t") != text.npos &&
                                   is_paragraphs(text);
                          }};
const text_rule one_name{"a name without spaces",
                         [](std::string_view text) { return is_name(text, 200); }};
const text_rule file_path{
    "a file or name", [](std::string_view text) { return !text.empty() && is_line(text, 1'000); }};
const text_rule folder_or_none{"a folder, or empty",
                               [](std::string_view text) { return is_line(text, 1'000); }};
const text_rule file_or_none{"a file, or empty",
                             [](std::string_view text) { return is_line(text, 1'000); }};
const text_rule gguf_file{"a .gguf file", [](std::string_view text) {
                            return is_line(text, 1'000) && text.ends_with(".gguf");
                          }};
const text_rule host_and_port{"HOST:PORT",
                              [](std::string_view text) { return is_authority(text, true); }};
const text_rule authority_or_none{"HOST:PORT, or empty", [](std::string_view text) {
                                    return text.empty() || is_authority(text, true);
                                  }};
const text_rule ip_address{"an IP address",
                           [](std::string_view text) { return is_ipv4(text) || is_ipv6(text); }};
const text_rule http_url{"http(s)://HOST[:PORT][/PATH], without user, query or fragment",
                         [](std::string_view text) { return is_http_url(text); }};
const text_rule compute_devices{
    "auto, or cpu and cuda:NUMBER, several separated by commas", [](std::string_view text) {
      return text == "auto" || (!parse_list(text).empty() && all_parts(text, is_device));
    }};
const text_rule id_or_none{"1 to 64 letters, digits, '_' and '-', or empty",
                           [](std::string_view text) { return text.empty() || is_valid_id(text); }};
const text_rule secret_value{"up to 1000 characters without spaces", [](std::string_view text) {
                               return text.empty() || is_name(text, 1'000);
                             }};
const text_rule host_list{"names and IP addresses, separated by commas", [](std::string_view text) {
                            return all_parts(text, [](std::string_view part) {
                              return is_host(part) || is_ipv4(part) || is_ipv6(part);
                            });
                          }};
const text_rule authority_list{
    "HOST:PORT, separated by commas", [](std::string_view text) {
      return all_parts(text, [](std::string_view part) { return is_authority(part, true); });
    }};
const text_rule origin_list{"http(s)://HOST[:PORT], separated by commas",
                            [](std::string_view text) { return all_parts(text, is_origin); }};
const text_rule key_list{"KEY or NAME:KEY, separated by commas, each key 16 to 200 characters",
                         [](std::string_view text) { return all_parts(text, is_access_key); }};
const text_rule pair_list{"KEY=VALUE, separated by commas, each key once",
                          [](std::string_view text) {
                            return all_parts(text, is_pair) && parse_pairs(text).has_value();
                          }};

}  // namespace dhr::binding
