#include "net/realtime/response_writer.hpp"

#include <utility>

#include "net/realtime/event_objects.hpp"
#include "net/realtime/json_text.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::int64_t ms_per_second = 1'000;

std::int64_t to_ms_offset(std::int64_t sample) noexcept {
  return sample * ms_per_second / speech_sample_rate;
}

void add(std::string& out, std::string_view member, const json::value& value) {
  out += ",\"";
  out += member;
  out += "\":";
  out += json::serialize(value);
}

}  // namespace

void response_writer::write(const session_event& event, std::vector<outgoing>& out) {
  event_ = &event;
  out_ = &out;
  index_ = 0;
  std::visit([this](const auto& payload) { on(payload); }, event.payload);
  event_ = nullptr;
  out_ = nullptr;
}

outgoing error_event(const event_problem& problem, std::string_view event_id) {
  std::string text = R"({"type":"error","event_id":)";
  append_string(text, event_id);
  add(text, "error", error_object(problem));
  text += '}';
  return {std::move(text)};
}

// ---- the frame of an event

std::string response_writer::next_event_id() {
  std::string id = "event_";
  append_integer(id, static_cast<std::int64_t>(event_->turn.epoch.value));
  id += '_';
  append_integer(id, static_cast<std::int64_t>(event_->sequence));
  id += '_';
  append_integer(id, index_++);
  return id;
}

std::string response_writer::begin(std::string_view type) {
  std::string text = R"({"type":")";
  text += type;
  text += R"(","event_id":")";
  text += next_event_id();
  text += '"';
  return text;
}

std::string response_writer::begin_delta(std::string_view type) {
  return begin(type) + turn_->common;
}

void response_writer::end(std::string text, bool media, std::size_t delta_at) {
  text += '}';
  out_->push_back({std::move(text), event_->turn.number, media, delta_at});
}

bool response_writer::of_current_turn() const noexcept {
  return turn_ && turn_->number == event_->turn.number;
}

// ---- session and items

void response_writer::on(const session_opened& payload) {
  turn_.reset();
  auto text = begin("session.created");
  add(text, "session", session_object(payload.settings, event_->turn.conversation, options_));
  end(std::move(text));
}

void response_writer::on(const settings_changed& payload) {
  auto text = begin("session.updated");
  add(text, "session", session_object(payload.settings, event_->turn.conversation, options_));
  end(std::move(text));
}

void response_writer::on(const item_added& payload) {
  const auto item = item_object(payload.item);
  for (const auto* type : {"conversation.item.added", "conversation.item.done"}) {
    auto text = begin(type);
    add(text, "previous_item_id", text_or_null(payload.previous_item_id));
    add(text, "item", item);
    end(std::move(text));
  }
}

void response_writer::on(const item_deleted& payload) {
  auto text = begin("conversation.item.deleted");
  add(text, "item_id", json::value(payload.item_id));
  end(std::move(text));
}

void response_writer::on(const item_retrieved& payload) {
  auto text = begin("conversation.item.retrieved");
  add(text, "item", item_object(payload.item));
  end(std::move(text));
}

void response_writer::on(const request_failed& payload) {
  auto text = begin("error");
  add(text, "error", error_object(problem_of(payload)));
  end(std::move(text));
}

// ---- a turn

void response_writer::on(const turn_started& payload) {
  turn_ = open_turn{
      event_->turn.number, payload.response_id, payload.item_id, payload.previous_item_id, {},
      payload.settings};
  turn_->common = ",\"response_id\":";
  append_string(turn_->common, payload.response_id);
  turn_->common += ",\"item_id\":";
  append_string(turn_->common, payload.item_id);
  turn_->common += ",\"output_index\":0,\"content_index\":0";

  const bool spoken = turn_->spoken();
  const auto item =
      item_object({payload.item_id, item_role::assistant, item_status::in_progress, {}, spoken});
  auto created = begin("response.created");
  add(created, "response",
      response_object({payload.response_id, event_->turn.conversation.value, &payload.settings}));
  end(std::move(created));

  auto output = begin("response.output_item.added");
  add(output, "response_id", json::value(payload.response_id));
  add(output, "output_index", 0);
  add(output, "item", item);
  end(std::move(output));

  auto added = begin("conversation.item.added");
  add(added, "previous_item_id", text_or_null(payload.previous_item_id));
  add(added, "item", item);
  end(std::move(added));

  auto part = begin_delta("response.content_part.added");
  add(part, "part", part_object(spoken, {}));
  end(std::move(part));
}

void response_writer::on(const text_piece& payload) {
  if (!of_current_turn()) return;
  auto text = begin_delta(turn_->spoken() ? "response.output_audio_transcript.delta"
                                          : "response.output_text.delta");
  text += ",\"delta\":";
  const auto delta_at = text.size() + 1;
  append_string(text, payload.text);
  end(std::move(text), false, delta_at);
}

void response_writer::on(const media_chunk& payload) {
  if (!of_current_turn()) return;
  if (!payload.pcm.empty()) {
    auto text = begin_delta("response.output_audio.delta");
    text.reserve(text.size() + payload.pcm.size() * 4 / 3 + 32);
    text += ",\"delta\":";
    append_base64(text, payload.pcm.view());
    end(std::move(text), true);
  }
  if (turn_->settings.blendshapes && !payload.frames.empty()) {
    auto text = begin_delta("response.animation_blendshapes.delta");
    text += ",\"frame_index\":";
    append_integer(text, payload.first_frame);
    text += ",\"frames\":";
    append_weights(text, payload.frames.view());
    text += ",\"digital_human\":{\"head\":";
    append_heads(text, payload.frames.view());
    text += '}';
    end(std::move(text), true);
  }
  if (turn_->settings.visemes) {
    for (const auto& mark : payload.visemes) {
      auto text = begin_delta("response.animation_viseme.delta");
      text += ",\"audio_offset_ms\":";
      append_integer(text, to_ms_offset(mark.sample));
      text += ",\"viseme_id\":";
      append_integer(text, mark.id);
      end(std::move(text), true);
    }
  }
  if (turn_->settings.word_timestamps) {
    for (const auto& word : payload.words) {
      auto text = begin_delta("response.audio_timestamp.delta");
      text += ",\"audio_offset_ms\":";
      append_integer(text, to_ms_offset(word.first_sample));
      text += ",\"audio_duration_ms\":";
      append_integer(text, to_ms_offset(word.last_sample - word.first_sample));
      text += ",\"text\":";
      append_string(text, word.text);
      text += ",\"timestamp_type\":\"word\"";
      end(std::move(text), true);
    }
  }
}

void response_writer::finish_streams(const std::string& said) {
  auto text = begin_delta(turn_->spoken() ? "response.output_audio_transcript.done"
                                          : "response.output_text.done");
  text += turn_->spoken() ? ",\"transcript\":" : ",\"text\":";
  append_string(text, said);
  end(std::move(text));
  if (!turn_->spoken()) return;
  end(begin_delta("response.output_audio.done"));
  if (turn_->settings.blendshapes) end(begin_delta("response.animation_blendshapes.done"));
  if (turn_->settings.visemes) end(begin_delta("response.animation_viseme.done"));
  if (turn_->settings.word_timestamps) end(begin_delta("response.audio_timestamp.done"));
}

void response_writer::on(const turn_finished& payload) {
  if (!of_current_turn()) return;
  const auto& text_said = payload.item.text;
  finish_streams(text_said);

  auto part = begin_delta("response.content_part.done");
  add(part, "part", part_object(turn_->spoken(), text_said));
  end(std::move(part));

  const auto item = item_object(payload.item);
  auto output = begin("response.output_item.done");
  add(output, "response_id", json::value(turn_->response_id));
  add(output, "output_index", 0);
  add(output, "item", item);
  end(std::move(output));

  auto done = begin("conversation.item.done");
  add(done, "previous_item_id", text_or_null(turn_->previous_item_id));
  add(done, "item", item);
  end(std::move(done));

  auto response = begin("response.done");
  add(response, "response",
      finished_object({turn_->response_id, event_->turn.conversation.value, &turn_->settings},
                      payload, event_->turn.number));
  end(std::move(response));
  turn_.reset();
}

// ---- what the protocol has no event for

void response_writer::on(const idle_chunk& payload) {
  auto text = begin("digital_human.idle.delta");
  text += ",\"frame_index\":";
  append_integer(text, payload.first_frame);
  text += ",\"frames\":";
  append_weights(text, payload.frames.view());
  text += ",\"head\":";
  append_heads(text, payload.frames.view());
  end(std::move(text));
}

void response_writer::on(const notice& payload) {
  auto text = begin("digital_human.notice");
  add(text, "kind", json::value(payload.kind));
  add(text, "message", json::value(payload.message));
  end(std::move(text));
}

void response_writer::on(const session_closed& payload) {
  auto text = begin("digital_human.session_closed");
  add(text, "reason", json::value(payload.reason));
  add(text, "message", json::value(payload.message));
  end(std::move(text));
}

}  // namespace dhr::realtime
