#include "runtime/base/config_schema.hpp"

#include <algorithm>

#include "runtime/base/config_binding.hpp"

namespace dhr {
namespace {

using namespace binding;

void append(std::vector<config_key>& all, std::vector<config_key> part) {
  std::move(part.begin(), part.end(), std::back_inserter(all));
}

std::vector<config_key> conversation_keys() {
  return {
      choice(DHR_KEY(conversation.engine), {"embedded", "sglang", "scripted"},
             "What writes the replies. embedded: llama.cpp in this process, needs neither a GPU "
             "nor a network. sglang: an SGLang or other OpenAI-compatible server; set model and "
             "sglang.base_url too. scripted: recites a fixed text, for measurements."),
      text(DHR_KEY(conversation.model), file_path,
           "embedded: a .gguf file, looked up in the models folder of the set-up unless the path "
           "is absolute. sglang: the name under which the server serves the model, such as "
           "llama3:70b. The variable MODEL sets it too."),
      choice(DHR_KEY(conversation.fallback), {"embedded", "none"},
             "Only with engine sglang: what answers when the server does not. The client is told "
             "of it. none: the turn fails."),
      text(DHR_KEY(conversation.fallback_model), gguf_file,
           "The model of the fallback; looked up as model is for embedded."),
      real(DHR_KEY(conversation.temperature), 0.0, 2.0, "",
           "How freely words are chosen; 0 always takes the likeliest."),
      real(DHR_KEY(conversation.top_p), 0.01, 1.0, "",
           "Words are chosen among the likeliest that together have this probability."),
      number(DHR_KEY(conversation.max_tokens), 1, 65'536, "tokens",
             "Longest reply; at most half of context_tokens."),
      text(DHR_KEY(conversation.instructions), any_text,
           "The persona. A session may add to it or put its own in its place. Long personas delay "
           "the first answer of the embedded engine."),
      number(DHR_KEY(conversation.context_tokens), 256, 1'048'576, "tokens",
             "Prompt and reply together; the oldest turns that don't fit are left out."),
      number(DHR_KEY(conversation.threads), 0, 256, "threads",
             "Threads of the embedded engine; 0: all cores but one, which the voice needs."),
      number(DHR_KEY(conversation.sequences_max), 1, 64, "conversations",
             "For how many conversations the embedded engine writes at once; others wait."),

      text(DHR_KEY(conversation.sglang.base_url), http_url,
           "Address of the server, without /v1 (http or https)."),
      hidden(DHR_KEY(conversation.sglang.api_key),
             "Sent as bearer token, never logged or listed. Better given by its variable "
             "DHR_CONVERSATION_SGLANG_API_KEY than written here."),
      number(DHR_KEY(conversation.sglang.connect_timeout_ms), 10, 60'000, "ms",
             "Longest wait until the connection stands."),
      number(DHR_KEY(conversation.sglang.first_token_timeout_ms), 10, 600'000, "ms",
             "Longest wait from the request to the first token."),
      number(DHR_KEY(conversation.sglang.idle_timeout_ms), 10, 600'000, "ms",
             "Longest wait between two tokens."),
      number(DHR_KEY(conversation.sglang.retries), 0, 10, "",
             "Further tries before the first token, with growing pauses."),
      number(DHR_KEY(conversation.sglang.breaker_failures), 1, 1'000, "",
             "After this many failures in a row the server is left alone for a while."),
      number(DHR_KEY(conversation.sglang.breaker_cooldown_s), 1, 3'600, "s",
             "How long the server is then left alone."),

      number(DHR_KEY(conversation.scripted.tokens), 1, 10'000, "tokens",
             "Length of the recital; the words of text are repeated to fill it."),
      number(DHR_KEY(conversation.scripted.token_interval_ms), 0, 10'000, "ms",
             "Pause before each token."),
      number(DHR_KEY(conversation.scripted.first_sentence_tokens), 1, 10'000, "tokens",
             "The first sentence ends with this token, the second with the last."),
      text(DHR_KEY(conversation.scripted.text), some_text, "The words, without full stops."),
  };
}

std::vector<config_key> voice_keys() {
  return {
      choice(DHR_KEY(voice.name), {"joe", "slt", "tone"},
             "The voice of sessions that ask for none. joe: Piper, natural. slt: Flite, plain and "
             "very fast. tone: a hum without words, for measurements."),
      choice(DHR_KEY(voice.fallback), {"slt", "none"},
             "What speaks when the voice cannot be loaded or fails. none: the turn fails."),
      real(DHR_KEY(voice.rate), 0.5, 2.0, "", "Speed of speech; 2.0 is twice as fast."),
      number(DHR_KEY(voice.threads), 1, 64, "threads", "Threads of the synthesis."),
      number(DHR_KEY(voice.queue_max), 1, 100'000, "clauses",
             "How many clauses of all conversations may wait for the synthesis; further ones are "
             "refused as overload."),
      text(DHR_KEY(voice.piper_model), file_path,
           "Piper's model, prepared by the set-up; looked up in its models folder unless the path "
           "is absolute."),
      text(DHR_KEY(voice.piper_tokens), file_path, "The model's phonemes."),
      text(DHR_KEY(voice.espeak_program), file_path,
           "The program that turns words into phonemes for Piper; a name is looked up in PATH."),
  };
}

std::vector<config_key> face_keys() {
  std::vector<config_key> keys{
      text(DHR_KEY(avatar.model), one_name, "Which head the page shows.").without_effect(),
      pixels(DHR_KEY(avatar.resolution), 16, 16'384, "Size of the picture.").without_effect(),
      number(DHR_KEY(avatar.fps), 10, 120, "frames/s",
             "Frames of the face; must divide 24000 (the samples of a second), and chunk_ms must "
             "hold a whole number of them: 20, 25, 30, 40, 50 or 60 with 200 ms."),
      real(DHR_KEY(avatar.emotion_blend_speed), 0.01, 1.0, "",
           "How far the expression moves to a new emotion per frame; 1.0 is at once.")
          .without_effect(),
      real(DHR_KEY(avatar.lip_strength), 0.0, 2.0, "",
           "How widely the mouth moves; lips that must close close with any value."),
      number(DHR_KEY(avatar.seed), 0, 9'007'199'254'740'991, "",
             "Chance of blinks and small movements, so that they repeat; 0: each conversation its "
             "own."),
      number(DHR_KEY(avatar.chunk_ms), 20, 1'000, "ms", "Sound and frames that are sent together."),
      number(DHR_KEY(avatar.run_ahead_ms), 100, 30'000, "ms",
             "How far the server sends ahead of what is heard; at least twice chunk_ms. Much "
             "wastes work at interruptions, little makes gaps on bad networks."),

      flag(DHR_KEY(audio2face.enabled), "Whether an Audio2Face-3D server animates the face.")
          .without_effect(),
      text(DHR_KEY(audio2face.server), host_and_port,
           "Address of the server. The variable AUDIO2FACE_SERVER sets it too.")
          .without_effect(),
      text(DHR_KEY(audio2face.version), one_name, "Version of its interface.").without_effect(),
      choice(DHR_KEY(audio2face.quality), {"low", "medium", "high"}, "Quality of its animation.")
          .without_effect(),
      flag(DHR_KEY(audio2face.enable_eye_tracking), "Whether it moves the eyes.").without_effect(),
      flag(DHR_KEY(audio2face.enable_wrinkle_maps), "Whether it makes wrinkles.").without_effect(),

      real(DHR_KEY(emotions.joy_threshold), 0.0, 1.0, "", "The weight from which joy counts.")
          .without_effect(),
      real(DHR_KEY(emotions.confidence_threshold), 0.0, 1.0, "",
           "The weight from which confidence counts.")
          .without_effect(),
      real(DHR_KEY(emotions.surprise_threshold), 0.0, 1.0, "",
           "The weight from which surprise counts.")
          .without_effect(),
  };
  return keys;
}

std::vector<config_key> gpu_keys() {
  return {
      text(DHR_KEY(gpu.device), compute_device, "Which device computes.").without_effect(),
      real(DHR_KEY(gpu.memory_fraction), 0.05, 1.0, "", "Share of its memory that may be taken.")
          .without_effect(),
      number(DHR_KEY(gpu.batch_size), 1, 1'024, "requests", "Most requests computed at once.")
          .without_effect(),
  };
}

std::vector<config_key> door_keys() {
  return {
      text(DHR_KEY(doors.http.address), ip_address,
           "Where the door listens. 127.0.0.1: this machine only; 0.0.0.0: everyone who reaches "
           "it."),
      number(DHR_KEY(doors.http.port), 0, 65'535, "", "Where the door listens; 0: any free port."),
      number(DHR_KEY(doors.http.connections_max), 1, 100'000, "connections",
             "Most connections; further ones are closed at once."),
      number(DHR_KEY(doors.http.body_bytes_max), 1'024, 1'073'741'824, "bytes",
             "Largest request body."),
      number(DHR_KEY(doors.http.header_bytes_max), 1'024, 1'048'576, "bytes",
             "Largest request header."),
      number(DHR_KEY(doors.http.read_timeout_s), 1, 3'600, "s",
             "Longest time for a request to arrive whole."),

      text(DHR_KEY(doors.realtime.address), ip_address,
           "Where the door listens, as doors.http.address."),
      number(DHR_KEY(doors.realtime.port), 0, 65'535, "",
             "Where the door listens; 0: any free port."),
      number(DHR_KEY(doors.realtime.connections_max), 1, 100'000, "connections",
             "Most connections; further ones are refused with status 503."),
      number(DHR_KEY(doors.realtime.message_bytes_max), 1'024, 1'073'741'824, "bytes",
             "Largest message of a client."),
      number(DHR_KEY(doors.realtime.outbox_frames_max), 16, 100'000, "messages",
             "How many messages may wait for a client that reads slowly; with more it is "
             "disconnected."),
      number(DHR_KEY(doors.realtime.outbox_bytes_max), 65'536, 1'073'741'824, "bytes",
             "How many bytes may wait for a client that reads slowly."),
      number(DHR_KEY(doors.realtime.handshake_timeout_s), 1, 600, "s",
             "Longest time for the handshake of a new connection."),
      number(DHR_KEY(doors.realtime.ping_interval_s), 1, 3'600, "s",
             "A client that is silent for this long is pinged, and disconnected if it stays "
             "silent as long again."),
  };
}

std::vector<config_key> runtime_keys() {
  return {
      text(DHR_KEY(runtime.deps_dir), folder_or_none,
           "What the set-up made: its models are in the folder models/ of it. Empty: the one that "
           "the program was built with. The variable DHR_DEPS_DIR sets it too."),
      number(DHR_KEY(runtime.sessions_max), 1, 1'000'000, "conversations",
             "Most conversations at once; further ones are refused as overload."),
      number(DHR_KEY(runtime.scheduler_threads), 0, 1'024, "threads",
             "Threads that run the conversations; 0: one per core."),
      number(DHR_KEY(runtime.network_threads), 1, 256, "threads", "Threads that serve the doors."),
      number(DHR_KEY(runtime.turn_timeout_ms), 100, 3'600'000, "ms",
             "A turn that makes no progress for this long fails."),
      number(DHR_KEY(runtime.idle_timeout_s), 1, 604'800, "s",
             "A conversation without a client ends after this."),
      number(DHR_KEY(runtime.restart_max), 0, 100, "",
             "How often a part of a conversation may be restarted within restart_window_s."),
      number(DHR_KEY(runtime.restart_window_s), 1, 86'400, "s",
             "Time over which restarts are counted."),
      number(DHR_KEY(runtime.shutdown_grace_ms), 0, 600'000, "ms",
             "How long turns in progress may go on when the server is stopped."),
      number(
          DHR_KEY(runtime.conversation_queue_max), 1, 100'000, "requests",
          "How many requests of one conversation may wait; further ones are refused as overload."),

      choice(DHR_KEY(log.level), {"trace", "debug", "info", "warn", "error"},
             "The least important lines that are written."),
      choice(DHR_KEY(log.format), {"text", "json"},
             "How lines are written; json: one object per line."),
  };
}

}  // namespace

const std::vector<config_key>& config_schema() {
  static const auto keys = [] {
    std::vector<config_key> all;
    for (auto part :
         {conversation_keys, voice_keys, face_keys, gpu_keys, door_keys, runtime_keys}) {
      append(all, part());
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
      {"avatar", "How the face moves."},
      {"audio2face", "A server that animates the face from the sound."},
      {"emotions", "What the voice and the words express."},
      {"gpu", "Devices that compute."},
      {"doors", "Where clients come in."},
      {"doors.http", "The page, the HTTP interface, health and metrics."},
      {"doors.realtime", "The WebSocket."},
      {"runtime", "The process."},
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
