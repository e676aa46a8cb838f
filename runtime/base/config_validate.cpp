#include "runtime/base/config_validate.hpp"

#include "runtime/base/config_schema.hpp"

namespace dhr {
namespace {

using settings::engine_kind;
using problems = std::vector<relation_problem>;

// Samples in a second of speech. Frames are cut from samples, so that their rate must divide it.
constexpr int speech_rate_hz = 24'000;

std::string with_value(const config& values, const std::string& path) {
  return path + " (" + find_config_key(path)->get(values) + ")";
}

// "must <relation> <other> (its value)"
void require(bool holds, problems& found, const config& values, const std::string& key,
             const std::string& relation, const std::string& other) {
  if (!holds) found.push_back({{key, other}, "must " + relation + " " + with_value(values, other)});
}

void check_models(const config& values, problems& found) {
  const auto& conversation = values.conversation;
  if (conversation.engine == engine_kind::embedded && !conversation.model.ends_with(".gguf")) {
    found.push_back({{"conversation.model", "conversation.engine"},
                     "must be a .gguf file with conversation.engine embedded; for a model that a "
                     "server serves set conversation.engine to sglang"});
  }
  if (conversation.engine == engine_kind::sglang &&
      conversation.model == config{}.conversation.model) {
    found.push_back({{"conversation.model", "conversation.engine"},
                     "must be the name under which the server serves the model, with "
                     "conversation.engine sglang"});
  }
}

void check_conversation(const config& values, problems& found) {
  const auto& conversation = values.conversation;
  require(2 * conversation.max_tokens <= conversation.context_tokens, found, values,
          "conversation.max_tokens", "be at most half of", "conversation.context_tokens");
  require(conversation.scripted.first_sentence_tokens <= conversation.scripted.tokens, found,
          values, "conversation.scripted.first_sentence_tokens", "be at most",
          "conversation.scripted.tokens");
  // What waits longer than a turn may take never ends by its own limit.
  require(conversation.sglang.first_token_timeout_ms < values.runtime.turn_timeout_ms, found,
          values, "conversation.sglang.first_token_timeout_ms", "be less than",
          "runtime.turn_timeout_ms");
  require(conversation.sglang.idle_timeout_ms < values.runtime.turn_timeout_ms, found, values,
          "conversation.sglang.idle_timeout_ms", "be less than", "runtime.turn_timeout_ms");
  require(conversation.sglang.connect_timeout_ms <= conversation.sglang.first_token_timeout_ms,
          found, values, "conversation.sglang.connect_timeout_ms", "be at most",
          "conversation.sglang.first_token_timeout_ms");
}

void check_face(const config& values, problems& found) {
  const auto& avatar = values.avatar;
  if (speech_rate_hz % avatar.fps != 0) {
    found.push_back(
        {{"avatar.fps"},
         "must divide " + std::to_string(speech_rate_hz) + ", the samples in a second of speech"});
  } else {
    require(avatar.chunk_ms.count() * avatar.fps % 1'000 == 0, found, values, "avatar.chunk_ms",
            "hold a whole number of frames at", "avatar.fps");
  }
  require(avatar.run_ahead_ms >= 2 * avatar.chunk_ms, found, values, "avatar.run_ahead_ms",
          "be at least twice", "avatar.chunk_ms");
}

void check_doors(const config& values, problems& found) {
  const auto& doors = values.doors;
  const bool open = doors.access.keys.value.empty() && doors.access.keys_file.empty();
  const auto check_address = [&](const char* key, const std::string& address) {
    if (!open || is_loopback_address(address)) return;
    found.push_back({{key, "doors.access.keys"},
                     "reaches beyond this machine, so that clients must bring keys: set "
                     "doors.access.keys (or DHR_DOORS_ACCESS_KEYS, or doors.access.keys_file) to a "
                     "key that dhr key prints"});
  };
  check_address("doors.http.address", doors.http.address);
  check_address("doors.realtime.address", doors.realtime.address);
  if (doors.tls.certificate.empty() != doors.tls.key.empty()) {
    const bool first = doors.tls.certificate.empty();
    found.push_back({{first ? "doors.tls.certificate" : "doors.tls.key",
                      first ? "doors.tls.key" : "doors.tls.certificate"},
                     std::string{"must be set together with "} +
                         (first ? "doors.tls.key" : "doors.tls.certificate")});
  }
  require(doors.http.port != doors.realtime.port || doors.http.port == 0, found, values,
          "doors.realtime.port", "differ from", "doors.http.port");
}

void check_ears(const config& values, problems& found) {
  require(values.ears.server.connect_timeout_ms <= values.ears.server.timeout_ms, found, values,
          "ears.server.connect_timeout_ms", "be at most", "ears.server.timeout_ms");
}

void check_store(const config& values, problems& found) {
  const auto kind = values.store.kind;
  if (kind == settings::store_kind::postgres && values.store.postgres_url.value.empty()) {
    found.push_back({{"store.postgres_url", "store.kind"},
                     "must be the address of a database with store.kind postgres: "
                     "postgresql://USER@HOST:5432/DATABASE"});
  }
  if (values.cluster.enabled && kind == settings::store_kind::none) {
    found.push_back(
        {{"store.kind", "cluster.enabled"},
         "must be postgres, or sqlite on one machine, for a cluster: its nodes find each "
         "other and their conversations there"});
  }
  const auto& cluster = values.cluster;
  const bool has_tls = !cluster.tls.certificate.empty();
  if (has_tls != !cluster.tls.key.empty() || has_tls != !cluster.tls.authority.empty()) {
    found.push_back({{"cluster.tls.certificate", "cluster.tls.key", "cluster.tls.authority"},
                     "must be set together, or none of them"});
  }
  if (cluster.enabled && !has_tls && !is_loopback_address(cluster.link_address)) {
    found.push_back({{"cluster.link_address", "cluster.tls.certificate"},
                     "reaches beyond this machine, so that nodes must show certificates: set "
                     "cluster.tls.certificate, cluster.tls.key and cluster.tls.authority"});
  }
}

}  // namespace

bool is_loopback_address(std::string_view address) noexcept {
  return address == "::1" || address.starts_with("127.");
}

std::vector<relation_problem> check_relations(const config& values) {
  problems found;
  check_models(values, found);
  check_conversation(values, found);
  check_face(values, found);
  check_ears(values, found);
  check_doors(values, found);
  check_store(values, found);
  return found;
}

}  // namespace dhr
