#include "net/realtime/response_writer.hpp"

#include <algorithm>
#include <utility>

#include "net/realtime/event_objects.hpp"
#include "net/realtime/json_text.hpp"
#include "net/realtime/request_problem.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr double ms_per_second = 1'000;

}  // namespace

outgoing error_event(const event_problem& problem, std::string_view event_id) {
  std::string text = R"({"type":"error","event_id":)";
  append_string(text, event_id);
  add(text, "error", error_object(problem));
  text += '}';
  return {std::move(text)};
}

void response_writer::write(const session_event& event, std::vector<outgoing>& out) {
  event_ = &event;
  if (is_first_) begin(event);
  // Only what is repeated for a client that comes back has gaps.
  const bool gap = event.sequence > last_sequence_ + 1;
  last_sequence_ = event.sequence;
  if (gap && sink_.skips_through()) turn_.miss_pieces();
  sink_.follow(event, out);
  std::visit([this](const auto& payload) { on(payload); }, event.payload);
  event_ = nullptr;
}

// What a session repeats for a client that comes back never begins with its opening, unless that is
// the very event that the client saw last. Else it is another session, whose numbers say nothing
// about what was seen of the old one.
void response_writer::begin(const session_event& event) {
  is_first_ = false;
  const auto& seen = sink_.skips_through();
  const bool opening = std::holds_alternative<session_opened>(event.payload);
  if (opening && seen && event.sequence != seen->sequence) sink_.skip_nothing();
}

void response_writer::write_rate_limits(std::span<const door::rate_limit> limits,
                                        std::vector<outgoing>& out) {
  sink_.go_on(out);
  json::array lines;
  json::array own;  // clients know `requests` and `tokens`, and some refuse an event with others
  for (const auto& limit : limits) {
    auto& list = limit.name == "requests" ? lines : own;
    list.push_back(json::object{{"name", limit.name},
                                {"limit", limit.limit},
                                {"remaining", limit.remaining},
                                {"reset_seconds", limit.reset_seconds}});
  }
  put(sink_, "rate_limits.updated",
      {{"rate_limits", std::move(lines)},
       {"digital_human", json::object{{"rate_limits", std::move(own)}}}});
}

// ---- the session

void response_writer::learn(const session_settings& settings) {
  told_settings_ = settings;
  transcripts_ = settings.listening.transcription.wanted;
}

void response_writer::write_session(std::string_view type, const session_settings& settings) {
  learn(settings);
  put(sink_, type,
      {{"session",
        session_object(settings, {event_->turn.conversation.value, options_.model, options_.fps},
                       options_.shape)}});
}

void response_writer::on(const session_opened& payload) {
  turn_.forget();
  write_session("session.created", payload.settings);
  if (options_.shape != event_shape::beta) return;
  put(sink_, "conversation.created",
      {{"conversation", json::object{{"id", event_->turn.conversation.value},
                                     {"object", "realtime.conversation"}}}});
}

void response_writer::on(const settings_changed& payload) {
  write_session("session.updated", payload.settings);
}

void response_writer::on(const session_resumed& payload) {
  put(sink_, "digital_human.resumed",
      {{"conversation_id", json::value(event_->turn.conversation.value)},
       {"events_replayed", payload.events_replayed}});
}

void response_writer::on(const turn_started& payload) {
  out_of_band_ = payload.out_of_band;
  turn_.on(payload, event_->turn);
}

void response_writer::on(const turn_finished& payload) {
  if (!out_of_band_) {
    know(payload.item.id);
    for (const auto& call : payload.calls) know(call.id);
  }
  turn_.on(payload, event_->turn);
}

// The activation that the client talked to is no more; its numbers and its turn say nothing any
// more.
void response_writer::on(const session_taken_over& payload) {
  if (!quiet_) turn_.forget();
  sink_.skip_nothing();
  json::array lost;
  for (const auto& id : known_items_) {
    const auto& kept = payload.last_items;
    if (std::find(kept.begin(), kept.end(), id) == kept.end()) lost.emplace_back(id);
  }
  known_items_.assign(payload.last_items.begin(), payload.last_items.end());
  if (!std::exchange(quiet_, false) || !lost.empty()) {
    put(sink_, "digital_human.resumed",
        {{"conversation_id", json::value(event_->turn.conversation.value)},
         {"events_replayed", 0},
         {"epoch", event_->turn.epoch.value},
         {"lost_items", std::move(lost)}});
  }
  // The last change of them may be among what is lost.
  if (payload.settings != told_settings_) write_session("session.updated", payload.settings);
}

void response_writer::know(const std::string& item_id) {
  if (item_id.empty()) return;
  known_items_.push_back(item_id);
  if (known_items_.size() > taken_over_items) known_items_.pop_front();
}

void response_writer::on(const resume_gap& payload) {
  put(sink_, "digital_human.resume_gap", {{"message", json::value(payload.message)}});
}

void response_writer::on(const request_failed& payload) {
  put(sink_, "error", {{"error", error_object(problem_of(payload, options_.shape))}});
}

// ---- items

void response_writer::on(const item_added& payload) {
  know(payload.item.id);
  const auto item = item_object(payload.item, options_.shape);
  const auto previous = text_or_null(payload.previous_item_id);
  if (options_.shape != event_shape::ga) {
    return put(sink_, "conversation.item.created",
               {{"previous_item_id", previous}, {"item", item}});
  }
  put(sink_, "conversation.item.added", {{"previous_item_id", previous}, {"item", item}});
  put(sink_, "conversation.item.done", {{"previous_item_id", previous}, {"item", item}});
}

void response_writer::on(const item_deleted& payload) {
  std::erase(known_items_, payload.item_id);
  put(sink_, "conversation.item.deleted", {{"item_id", json::value(payload.item_id)}});
}

void response_writer::on(const item_retrieved& payload) {
  put(sink_, "conversation.item.retrieved", {{"item", item_object(payload.item, options_.shape)}});
}

void response_writer::on(const item_truncated& payload) {
  put(sink_, "conversation.item.truncated",
      {{"item_id", json::value(payload.item_id)},
       {"content_index", 0},
       {"audio_end_ms", payload.audio_end_ms}});
}

// ---- listening

void response_writer::on(const listening_began& payload) {
  put(sink_, "input_audio_buffer.speech_started",
      {{"audio_start_ms", payload.audio_start_ms}, {"item_id", json::value(payload.item_id)}});
}

void response_writer::on(const listening_ended& payload) {
  put(sink_, "input_audio_buffer.speech_stopped",
      {{"audio_end_ms", payload.audio_end_ms}, {"item_id", json::value(payload.item_id)}});
}

void response_writer::on(const listening_ignored& payload) {
  put(sink_, "digital_human.speech_ignored",
      {{"item_id", json::value(payload.item_id)}, {"reason", json::value(payload.reason)}});
}

void response_writer::on(const listening_timed_out& payload) {
  put(sink_, "input_audio_buffer.timeout_triggered",
      {{"audio_start_ms", payload.audio_start_ms},
       {"audio_end_ms", payload.audio_end_ms},
       {"item_id", json::value(payload.item_id)}});
}

void response_writer::on(const audio_committed& payload) {
  put(sink_, "input_audio_buffer.committed",
      {{"previous_item_id", text_or_null(payload.previous_item_id)},
       {"item_id", json::value(payload.item_id)}});
}

void response_writer::on(const audio_cleared&) { put(sink_, "input_audio_buffer.cleared", {}); }

void response_writer::on(const output_cleared& payload) {
  put(sink_, "output_audio_buffer.cleared", {{"response_id", json::value(payload.response_id)}});
}

void response_writer::on(const transcript_piece& payload) {
  if (!transcripts_) return;
  put(sink_, "conversation.item.input_audio_transcription.delta",
      {{"item_id", json::value(payload.item_id)},
       {"content_index", 0},
       {"delta", json::value(payload.text)}});
}

void response_writer::on(const transcript_done& payload) {
  if (!transcripts_) return;
  const auto seconds = static_cast<double>(payload.audio_ms) / ms_per_second;
  put(sink_, "conversation.item.input_audio_transcription.completed",
      {{"item_id", json::value(payload.item_id)},
       {"content_index", 0},
       {"transcript", json::value(payload.text)},
       {"usage", json::object{{"type", "duration"}, {"seconds", seconds}}}});
}

void response_writer::on(const transcript_failed_for& payload) {
  if (!transcripts_) return;
  const auto problem = to_problem(payload.reason, {});
  put(sink_, "conversation.item.input_audio_transcription.failed",
      {{"item_id", json::value(payload.item_id)},
       {"content_index", 0},
       {"error", json::object{{"type", "transcription_error"},
                              {"code", problem.code},
                              {"message", problem.message}}}});
}

// ---- what the protocol has no event for

void response_writer::on(const speech_melody& payload) {
  const auto& melody = payload.melody;
  put(sink_, "digital_human.prosody",
      {{"item_id", json::value(payload.item_id)},
       {"prosody", json::object{{"pitch_hz_median", melody.pitch_hz_median},
                                {"pitch_range_semitones", melody.pitch_range_semitones},
                                {"energy_db", melody.energy_db},
                                {"rate_syllables_per_s", melody.rate_syllables_per_s},
                                {"voiced_share", melody.voiced_share},
                                {"pauses", melody.pauses},
                                {"pause_share", melody.pause_share},
                                {"speech_ms", melody.speech_ms}}}});
}

void response_writer::on(const idle_chunk& payload) {
  auto text = sink_.begin("digital_human.idle.delta");
  text += ",\"frame_index\":";
  append_integer(text, payload.first_frame);
  text += ",\"frames\":";
  append_weights(text, payload.frames.view());
  text += ",\"head\":";
  append_heads(text, payload.frames.view());
  sink_.end(std::move(text));
}

void response_writer::on(const notice& payload) {
  put(sink_, "digital_human.notice",
      {{"kind", json::value(payload.kind)}, {"message", json::value(payload.message)}});
}

void response_writer::on(const session_closed& payload) {
  put(sink_, "digital_human.session_closed",
      {{"reason", json::value(payload.reason)}, {"message", json::value(payload.message)}});
}

}  // namespace dhr::realtime
