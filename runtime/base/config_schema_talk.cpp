// The keys of what is said, how it sounds and how it hears.

#include "runtime/base/config_binding.hpp"
#include "runtime/base/config_schema_parts.hpp"

namespace dhr {

using namespace binding;

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
             "Threads of the embedded engine; 0: all cores but one, which the voice needs, and all "
             "of them until the first clause of a reply that is alone."),
      number(DHR_KEY(conversation.sequences_max), 1, 64, "conversations",
             "For how many conversations the embedded engine writes at once; others wait."),

      text(DHR_KEY(conversation.sglang.base_url), http_url,
           "Address of the server, without /v1 (http or https)."),
      hidden(DHR_KEY(conversation.sglang.api_key), secret_value,
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
      real(DHR_KEY(voice.rate), 0.25, 2.0, "", "Speed of speech; 2.0 is twice as fast."),
      number(DHR_KEY(voice.threads), 1, 64, "threads", "Threads of the synthesis."),
      number(DHR_KEY(voice.queue_max), 1, 100'000, "clauses",
             "How many clauses of all conversations may wait for the synthesis, half of them of "
             "one conversation; further ones are refused as overload."),
      text(DHR_KEY(voice.piper_model), file_path,
           "Piper's model, prepared by the set-up; looked up in its models folder unless the path "
           "is absolute."),
      text(DHR_KEY(voice.piper_tokens), file_path, "The model's phonemes."),
      text(DHR_KEY(voice.espeak_program), file_path,
           "The program that turns words into phonemes for Piper; a name is looked up in PATH."),
  };
}

std::vector<config_key> ears_keys() {
  return {
      choice(
          DHR_KEY(ears.transcription), {"moonshine", "server", "none"},
          "What turns speech into text. moonshine: in this process. server: an OpenAI-compatible "
          "server; set ears.server. none: the digital human hears nothing, text only."),
      text(DHR_KEY(ears.encoder), file_path,
           "Moonshine's encoder, prepared by the set-up; looked up in its models folder unless the "
           "path is absolute, as all files here."),
      text(DHR_KEY(ears.decoder), file_path, "Moonshine's decoder."),
      text(DHR_KEY(ears.tokens), file_path, "Moonshine's tokens."),
      number(DHR_KEY(ears.threads), 1, 64, "threads", "Threads of the transcription."),
      number(DHR_KEY(ears.queue_max), 1, 100'000, "utterances",
             "How many utterances of all conversations may wait for the transcription, half of "
             "them of one conversation; further ones are refused as overload."),
      text(DHR_KEY(ears.voice_activity_model), file_path,
           "The net that tells speech from other sound."),
      text(DHR_KEY(ears.turn_end_model), file_path,
           "The net that hears whether somebody has finished."),
      choice(DHR_KEY(ears.turn_detection), {"server_vad", "semantic_vad", "none"},
             "How the end of a user's turn is found, for sessions that set nothing. server_vad: by "
             "silence. semantic_vad: by silence and by how it sounds. none: the client says so."),
      real(DHR_KEY(ears.threshold), 0.0, 1.0, "",
           "From which probability a sound is speech; higher for loud places."),
      number(DHR_KEY(ears.prefix_padding_ms), 0, 5'000, "ms",
             "How much sound before the noticed begin of speech belongs to it."),
      number(DHR_KEY(ears.silence_duration_ms), 50, 10'000, "ms",
             "With server_vad: silence of this length ends the turn."),
      choice(DHR_KEY(ears.eagerness), {"low", "medium", "high", "auto"},
             "With semantic_vad: how soon it answers somebody who may go on. auto is medium."),
      flag(DHR_KEY(ears.interrupt_response), "Whether it stops speaking when the user begins to."),
      flag(DHR_KEY(ears.preemptive_generation),
           "Whether it thinks of its answer, in silence, once the user may have finished. Answers "
           "begin sooner; what was thought is dropped when the user goes on, so that engines write "
           "more than is heard."),
      number(DHR_KEY(ears.utterance_max_s), 1, 600, "s",
             "Longest speech without an end; what is longer is transcribed in parts."),
      flag(DHR_KEY(ears.echo_guard),
           "Whether its own voice, coming back from a loudspeaker, is kept from interrupting it."),

      text(DHR_KEY(ears.server.base_url), http_url,
           "Address of the server, without /v1 (http or https)."),
      text(DHR_KEY(ears.server.model), one_name, "The name of the model there."),
      hidden(DHR_KEY(ears.server.api_key), secret_value,
             "Sent as bearer token, never logged or listed. Better given by its variable "
             "DHR_EARS_SERVER_API_KEY than written here."),
      number(DHR_KEY(ears.server.connect_timeout_ms), 10, 60'000, "ms",
             "Longest wait until the connection stands."),
      number(DHR_KEY(ears.server.timeout_ms), 10, 600'000, "ms",
             "Longest wait from the request to the text of one utterance."),
      number(DHR_KEY(ears.server.retries), 0, 10, "", "Further tries, with growing pauses."),
      choice(DHR_KEY(ears.server.fallback), {"moonshine", "none"},
             "What hears when the server does not answer. none: the transcription fails."),
  };
}

}  // namespace dhr
