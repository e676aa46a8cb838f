#include "net/door/access.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <set>

namespace dhr::door {
namespace {

constexpr std::string_view subprotocol_prefix = "openai-insecure-api-key.";
constexpr std::size_t key_length_min = 16;  // shorter ones can be guessed

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string copy{text};
  std::transform(copy.begin(), copy.end(), copy.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return copy;
}

// Calls `use` for each part, without the blanks around it; empty parts are left out.
template <class Use>
void for_each_part(std::string_view list, char separator, Use use) {
  while (true) {
    const auto end = list.find(separator);
    if (const auto part = trimmed(list.substr(0, end)); !part.empty()) use(part);
    if (end == list.npos) return;
    list.remove_prefix(end + 1);
  }
}

key_digest digest_of(std::string_view key) {
  key_digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return digest;
}

bool is_key(std::string_view text) {
  return text.size() >= key_length_min &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (lower(authorization.substr(0, scheme.size())) != scheme) return {};
  return trimmed(authorization.substr(scheme.size()));
}

std::string query_key_of(std::string_view target) {
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return {};
  for (const auto& parameter : url->params()) {
    if (parameter.key != "api-key" && parameter.key != "api_key" && parameter.key != "key")
      continue;
    if (!parameter.value.empty()) return parameter.value;
  }
  return {};
}

std::string_view subprotocol_key_of(std::string_view offered) {
  std::string_view key;
  for_each_part(offered, ',', [&](std::string_view part) {
    if (part.starts_with(subprotocol_prefix)) key = part.substr(subprotocol_prefix.size());
  });
  return key;
}

// The first place that holds one counts.
std::string key_of(const knock& asked) {
  if (const auto key = bearer_of(asked.authorization); !key.empty()) return std::string{key};
  if (const auto key = trimmed(asked.api_key); !key.empty()) return std::string{key};
  if (const auto key = subprotocol_key_of(asked.subprotocols); !key.empty()) {
    return std::string{key};
  }
  return query_key_of(asked.target);
}

// "https://example.org:8443" -> "example.org", "http://[::1]" -> "[::1]", "[::1]:8000" -> "[::1]"
std::string host_of(std::string_view authority) {
  if (const auto scheme = authority.find("://"); scheme != authority.npos) {
    authority.remove_prefix(scheme + 3);
  }
  const auto close = authority.starts_with('[') ? authority.find(']') : authority.npos;
  if (close != authority.npos) return lower(authority.substr(0, close + 1));
  return lower(authority.substr(0, authority.find(':')));
}

// 127.0.0.0/8 as browsers write it: four numbers. A name may begin with "127." as well.
bool is_loopback_v4(std::string_view host) {
  if (!host.starts_with("127.") || std::count(host.begin(), host.end(), '.') != 3) return false;
  return host.find_first_not_of("0123456789.") == host.npos;
}

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         is_loopback_v4(host);
}

boost::outcome_v2::failure_type<refusal> refuse(int status, std::string code, std::string message) {
  return boost::outcome_v2::failure(refusal{status, std::move(code), std::move(message), {}});
}

}  // namespace

bool is_of_browser(const knock& asked) {
  return !asked.origin.empty() || !subprotocol_key_of(asked.subprotocols).empty();
}

result<std::vector<access_key>> read_keys(std::string_view list) {
  std::vector<access_key> keys;
  std::set<std::string, std::less<>> names;
  std::size_t place = 0;
  bool right = true;
  for_each_part(list, '\n', [&](std::string_view line) {
    for_each_part(line.substr(0, line.find('#')), ',', [&](std::string_view entry) {
      if (!right) return;
      ++place;
      const auto colon = entry.find(':');
      const auto key = colon == entry.npos ? entry : entry.substr(colon + 1);
      auto name = colon == entry.npos ? "key-" + std::to_string(place)
                                      : std::string{entry.substr(0, colon)};
      right = is_key(key) && !name.empty() && names.insert(name).second;
      keys.push_back({std::move(name), digest_of(key)});
    });
  });
  if (right) return keys;
  return fail(errc::invalid_argument,
              "key " + std::to_string(place) +
                  " is not NAME:KEY or KEY with a name of its own and 16 characters at least");
}

access_policy::access_policy(std::vector<access_key> keys, std::string_view origins)
    : keys_{std::move(keys)} {
  for_each_part(origins, ',', [this](std::string_view part) { origins_.push_back(lower(part)); });
}

// A browser sends the page's origin with every WebSocket, whatever site the page is of. Without
// keys a page that merely has the server's name in its address is not enough: names can be made to
// point at this machine (DNS rebinding).
bool access_policy::allows_origin(const knock& asked) const {
  if (asked.origin.empty()) return true;
  const auto origin = lower(trimmed(asked.origin));
  if (std::find(origins_.begin(), origins_.end(), origin) != origins_.end()) return true;
  if (!origin.starts_with("http://") && !origin.starts_with("https://")) return false;
  const auto host = host_of(origin);
  return is_loopback_host(host) ||
         (!keys_.empty() && !host.empty() && host == host_of(trimmed(asked.host)));
}

// Compares with every key, and each in constant time, so that nothing is learned from how long it
// took.
std::optional<std::size_t> access_policy::find(std::string_view key) const {
  const auto digest = digest_of(key);
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (CRYPTO_memcmp(digest.data(), keys_[i].digest.data(), digest.size()) == 0) found = i;
  }
  return found;
}

admitted<visitor> access_policy::judge(const knock& asked, openness path) const {
  if (asked.lacks_tls) {
    return refuse(403, "tls_required", "this port speaks TLS only; use https: or wss:");
  }
  if (!allows_origin(asked)) {
    return refuse(
        403, "origin_not_allowed",
        "pages of this origin may not connect; doors.access.origins names those that may");
  }
  if (keys_.empty()) return visitor{};
  const auto key = key_of(asked);
  if (!key.empty()) {
    if (const auto found = find(key)) return visitor{found};
  }
  if (path == openness::everyone || (path == openness::loopback && asked.from_loopback)) {
    return visitor{};
  }
  if (key.empty()) {
    return refuse(401, "invalid_api_key",
                  "You didn't provide an API key. Provide it in an Authorization header using "
                  "Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
  }
  return refuse(401, "invalid_api_key",
                "Incorrect API key provided. The operator of this server gives out its keys.");
}

}  // namespace dhr::door
