#pragma once
// Who may come in: keys, and the pages from which browsers come. Pure: what a request says in, a
// visitor or a refusal out. A key is kept as its SHA-256 and is in no message, refusal or log.

#include <array>
#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::door {

using key_digest = std::array<unsigned char, 32>;

struct access_key {
  std::string name;  // "shop"; of a key without one "key-1", "key-2", ... by its place
  key_digest digest{};
};

// "NAME:KEY" or "KEY", separated by commas or line ends; what follows # on a line is ignored.
// errc::invalid_argument names the entry's place, never its text.
[[nodiscard]] result<std::vector<access_key>> read_keys(std::string_view list);

// What of a request decides. The views live as long as the request.
struct knock {
  std::string_view target;         // with the query
  std::string_view host;           // Host
  std::string_view origin;         // Origin; empty: no browser
  std::string_view authorization;  // Authorization
  std::string_view api_key;        // api-key
  std::string_view subprotocols;   // Sec-WebSocket-Protocol
  bool from_loopback = false;      // the peer's address
  bool lacks_tls = false;          // came as plain text where TLS is required
};

// Whether a browser asks, which shows its page no HTTP answer to a WebSocket's handshake: it tells
// the page's origin, or brings the key as a subprotocol, for want of a header.
[[nodiscard]] bool is_of_browser(const knock& asked);

// How far a path is open.
enum class openness : std::uint8_t {
  everyone,  // the page's files, health: nothing to protect
  loopback,  // this machine without a key, others with one
  keyed,     // everyone with a key, if there are any
};

struct visitor {
  std::optional<std::size_t> key;  // its place in the policy's list; none: came in without one
};

struct refusal {
  int status = 403;  // HTTP
  std::string code;  // "invalid_api_key", ...
  std::string message;
  std::optional<milliseconds> retry_after;
};

template <class T>
using admitted = boost::outcome_v2::basic_result<T, refusal, boost::outcome_v2::policy::terminate>;

class access_policy {
 public:
  // `origins`: "https://example.org, http://10.0.0.1:81".
  access_policy(std::vector<access_key> keys, std::string_view origins);

  // 403 for plain text where TLS is required and for a browser on a page that may not, 401 without
  // a right key.
  [[nodiscard]] admitted<visitor> judge(const knock& asked, openness path) const;

  // The page's own, of this machine, or of the list; true without one.
  [[nodiscard]] bool allows_origin(const knock& asked) const;

  [[nodiscard]] const std::vector<access_key>& keys() const noexcept { return keys_; }

 private:
  [[nodiscard]] std::optional<std::size_t> find(std::string_view key) const;

  std::vector<access_key> keys_;
  std::vector<std::string> origins_;  // in lower case
};

}  // namespace dhr::door
