#pragma once
// Where clients come in, and who may.

#include <cstdint>
#include <string>

#include "runtime/base/settings_values.hpp"

namespace dhr::settings {

enum class tls_mode : std::uint8_t { off, optional, required };

// Port 0: any free one.
struct http_door {
  std::string address = "127.0.0.1";
  int port = 8000;
  int connections_max = 1'024;
  std::int64_t body_bytes_max = 1'048'576;
  int header_bytes_max = 16'384;
  seconds read_timeout_s{30};  // for one whole request
};

struct realtime_door {
  std::string address = "127.0.0.1";
  int port = 8080;
  int connections_max = 1'024;
  std::int64_t message_bytes_max = 1'048'576;
  int outbox_frames_max = 256;  // events that wait for a slow client before it is disconnected
  std::int64_t outbox_bytes_max = 8'388'608;
  seconds handshake_timeout_s{10};
  seconds ping_interval_s{20};
};

// Of both doors. Optional: one port speaks TLS and plain text, told apart by the first byte.
struct tls {
  tls_mode mode = tls_mode::optional;
  std::string certificate;  // PEM files, both or none; none: a self-signed one is made and kept in
  std::string key;          // runtime.state_dir
  std::string names;        // further host names and addresses of the self-signed one, by commas
};

// Without keys only loopback addresses may be listened on, and nobody needs one. Limits hold for
// each key by itself; 0: none.
struct access {
  secret keys;            // "name:key" or "key", separated by commas
  std::string keys_file;  // the same, one per line
  std::string origins;    // of browsers, separated by commas, besides the page's own and loopback
  int connections_max = 64;
  int turns_per_minute = 600;
  std::int64_t audio_bytes_per_minute = 268'435'456;
};

struct doors {
  http_door http;
  realtime_door realtime;
  settings::tls tls;
  settings::access access;
};

}  // namespace dhr::settings
