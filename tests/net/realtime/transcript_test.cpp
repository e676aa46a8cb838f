// One conversation with everything in it, in each shape: every event that the protocol lists comes,
// and none that a shape does not know.

#include <algorithm>
#include <set>

#include "tests/net/realtime/writing.hpp"

using namespace dhr;
using namespace dhr::realtime;

namespace {

std::set<std::string> names_in(event_shape shape) {
  writer_bench b{shape};
  std::set<std::string> names;
  const auto write = [&](session_payload payload, std::uint64_t turn = 0) {
    for (auto& type : b.write(std::move(payload), turn)) names.insert(std::move(type));
  };
  auto settings = all_outputs();
  settings.listening.transcription.wanted = true;
  const conversation_item heard{"item_1", item_role::user, item_status::completed, "Hi", true};

  write(session_opened{settings});
  write(settings_changed{settings});
  write(session_resumed{});
  write(resume_gap{});
  write(listening_began{"item_1", 1});
  write(transcript_piece{"item_1", "H"});
  write(listening_ended{"item_1", 2});
  write(speech_melody{"item_1", {}});
  write(audio_committed{"item_1", ""});
  write(item_added{heard, ""});
  write(transcript_done{"item_1", "Hi", 1});
  write(transcript_failed_for{"item_1", {}});
  write(start(settings), 1);
  write(text_piece{"Hi."}, 1);
  write(chunk(), 1);
  write(call_piece{0, "item_3", "call_1", "f", "{}"}, 1);
  write(call_ready{0, call_item("item_3", "call_1", "{}"), "item_2"}, 1);
  write(finish(turn_status::completed, true), 1);
  b.out.clear();
  b.writer.write_rate_limits(std::vector<door::rate_limit>{{"requests", 1, 1, 0}}, b.out);
  for (auto& type : b.parse()) names.insert(std::move(type));
  auto written = settings;
  written.modality = output_modality::text;
  write(start(written), 2);
  write(text_piece{"Hi."}, 2);
  write(finish(turn_status::completed, false), 2);
  write(item_retrieved{heard});
  write(item_truncated{"item_2", 5});
  write(item_deleted{"item_1"});
  write(listening_ignored{"item_4", "echo"});
  write(listening_timed_out{"item_5", 1, 2});
  write(audio_cleared{});
  write(output_cleared{""});
  write(request_failed{});
  write(idle_chunk{});
  write(notice{});
  write(session_closed{});
  return names;
}

const std::set<std::string> common{"session.created",
                                   "session.updated",
                                   "error",
                                   "rate_limits.updated",
                                   "conversation.item.retrieved",
                                   "conversation.item.truncated",
                                   "conversation.item.deleted",
                                   "conversation.item.input_audio_transcription.delta",
                                   "conversation.item.input_audio_transcription.completed",
                                   "conversation.item.input_audio_transcription.failed",
                                   "input_audio_buffer.committed",
                                   "input_audio_buffer.cleared",
                                   "input_audio_buffer.speech_started",
                                   "input_audio_buffer.speech_stopped",
                                   "input_audio_buffer.timeout_triggered",
                                   "output_audio_buffer.cleared",
                                   "response.created",
                                   "response.done",
                                   "response.output_item.added",
                                   "response.output_item.done",
                                   "response.content_part.added",
                                   "response.content_part.done",
                                   "response.function_call_arguments.delta",
                                   "response.function_call_arguments.done",
                                   "response.animation_blendshapes.delta",
                                   "response.animation_blendshapes.done",
                                   "response.animation_viseme.delta",
                                   "response.animation_viseme.done",
                                   "response.audio_timestamp.delta",
                                   "response.audio_timestamp.done",
                                   "digital_human.resumed",
                                   "digital_human.resume_gap",
                                   "digital_human.speech_ignored",
                                   "digital_human.prosody",
                                   "digital_human.idle.delta",
                                   "digital_human.notice",
                                   "digital_human.session_closed"};

std::set<std::string> with(std::set<std::string> names, const strings& more) {
  names.insert(more.begin(), more.end());
  return names;
}

const strings beta_names{
    "conversation.item.created",     "response.text.delta", "response.text.done",
    "response.audio.delta",          "response.audio.done", "response.audio_transcript.delta",
    "response.audio_transcript.done"};

}  // namespace

TEST_CASE("every event of the GA protocol is written, and none of the beta's names") {
  CHECK(names_in(event_shape::ga) ==
        with(common,
             {"conversation.item.added", "conversation.item.done", "response.output_text.delta",
              "response.output_text.done", "response.output_audio.delta",
              "response.output_audio.done", "response.output_audio_transcript.delta",
              "response.output_audio_transcript.done"}));
}

TEST_CASE("every event of the beta is written, and none of GA's names") {
  CHECK(names_in(event_shape::beta) == with(with(common, beta_names), {"conversation.created"}));
}

TEST_CASE("Voice Live is written in the beta's names with its avatar's events") {
  CHECK(names_in(event_shape::voice_live) ==
        with(with(common, beta_names),
             {"session.avatar.switch_to_speaking", "session.avatar.switch_to_idle"}));
}
