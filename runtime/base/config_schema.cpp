#include "runtime/base/config_schema.hpp"

#include <algorithm>
#include <iterator>

#include "runtime/base/config_schema_parts.hpp"

namespace dhr {

const std::vector<config_key>& config_schema() {
  static const auto keys = [] {
    std::vector<config_key> all;
    for (auto part : {conversation_keys, voice_keys, ears_keys, face_keys, gpu_keys, door_keys,
                      access_keys, runtime_keys}) {
      auto keys_of_part = part();
      std::move(keys_of_part.begin(), keys_of_part.end(), std::back_inserter(all));
    }
    return all;
  }();
  return keys;
}

const std::vector<config_part>& config_parts() {
  static const std::vector<config_part> parts{
      {"conversation", "What is said."},
      {"conversation.sglang", "Only with engine sglang."},
      {"conversation.scripted", "Only with engine scripted."},
      {"voice", "How it sounds."},
      {"ears", "How it hears. A session may set turn_detection and what belongs to it for itself."},
      {"ears.server", "Only with transcription server."},
      {"avatar", "How the face moves."},
      {"audio2face", "A server that animates the face from the sound."},
      {"emotions", "What the voice and the words express."},
      {"gpu", "Devices that compute."},
      {"doors", "Where clients come in."},
      {"doors.http", "The page, the HTTP interface, health and metrics."},
      {"doors.realtime", "The WebSocket."},
      {"doors.tls", "Encryption, of both doors."},
      {"doors.access",
       "Who may come in, at both doors. With keys everybody needs one; the page, health and "
       "metrics "
       "stay open to this machine."},
      {"runtime", "The process."},
      {"store", "Conversations that outlive the process."},
      {"cluster",
       "Nodes that share a store: a conversation belongs to one of them at a time, and to another "
       "when that one dies."},
      {"cluster.tls", "Between the nodes. Without it they listen on this machine alone."},
      {"log", "Lines on standard error."},
  };
  return parts;
}

const std::vector<environment_alias>& environment_aliases() {
  static const std::vector<environment_alias> aliases{
      {"MODEL", "conversation.model"},
      {"AUDIO2FACE_SERVER", "audio2face.server"},
      {"DHR_DEPS_DIR", "runtime.deps_dir"},
  };
  return aliases;
}

const config_key* find_config_key(std::string_view path) {
  const auto& keys = config_schema();
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const config_key& key) { return key.path == path; });
  return found == keys.end() ? nullptr : &*found;
}

std::string environment_name(std::string_view path) {
  std::string name = "DHR_";
  for (const char c : path) {
    name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

}  // namespace dhr
