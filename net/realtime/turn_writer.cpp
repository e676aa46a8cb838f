#include "net/realtime/turn_writer.hpp"

#include <algorithm>

#include "net/realtime/event_objects.hpp"
#include "net/realtime/json_text.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

std::vector<std::pair<std::string, std::string>> metadata_of(const turn_started& start) {
  auto metadata = start.metadata;
  if (!start.resumes.empty()) metadata.emplace_back("resumes", start.resumes);
  return metadata;
}

conversation_item unfinished(conversation_item item) {
  item.status = item_status::incomplete;
  return item;
}

}  // namespace

bool turn_writer::is_current(const turn_id& turn) const noexcept {
  return turn_ && turn_->number == turn.number;
}

std::string turn_writer::begin_delta(std::string_view type) {
  return sink_.begin(type) + turn_->common;
}

// ---- items

void turn_writer::open_item(const conversation_item& item, int output_index,
                            const std::string& previous) {
  const auto object = item_object(item, shape_);
  put(sink_, "response.output_item.added",
      {{"response_id", json::value(turn_->start.response_id)},
       {"output_index", output_index},
       {"item", object}});
  if (turn_->start.out_of_band) return;
  put(sink_, name("conversation.item.added", "conversation.item.created"),
      {{"previous_item_id", text_or_null(previous)}, {"item", object}});
  turn_->last_item = item.id;
}

void turn_writer::close_item(const conversation_item& item, int output_index,
                             const std::string& previous) {
  const auto object = item_object(item, shape_);
  put(sink_, "response.output_item.done",
      {{"response_id", json::value(turn_->start.response_id)},
       {"output_index", output_index},
       {"item", object}});
  if (turn_->start.out_of_band || shape_ != event_shape::ga) return;
  put(sink_, "conversation.item.done",
      {{"previous_item_id", text_or_null(previous)}, {"item", object}});
}

void turn_writer::begin_message() {
  const auto& start = turn_->start;
  turn_->message = turn_->next_output_index++;
  auto& common = turn_->common;
  common = ",\"response_id\":";
  append_string(common, start.response_id);
  common += ",\"item_id\":";
  append_string(common, start.item_id);
  common += ",\"output_index\":";
  append_integer(common, *turn_->message);
  common += ",\"content_index\":0";
}

void turn_writer::open_message() {
  if (turn_->message) return;
  begin_message();
  const auto& start = turn_->start;
  open_item({start.item_id, item_role::assistant, item_status::in_progress, {}, turn_->spoken()},
            *turn_->message, start.previous_item_id);
  auto part = begin_delta("response.content_part.added");
  add(part, "part", part_object(turn_->spoken(), {}));
  sink_.end(std::move(part));
}

void turn_writer::close_message(const conversation_item& item, bool completed) {
  finish_streams(item.text, completed);
  auto part = begin_delta("response.content_part.done");
  add(part, "part", part_object(turn_->spoken(), item.text));
  sink_.end(std::move(part));
  close_item(item, *turn_->message, turn_->start.previous_item_id);
}

void turn_writer::finish_streams(const std::string& said, bool completed) {
  const bool spoken = turn_->spoken();
  if (spoken && completed && turn_->encoder) write_audio(turn_->encoder->flush());
  auto text = begin_delta(
      spoken ? name("response.output_audio_transcript.done", "response.audio_transcript.done")
             : name("response.output_text.done", "response.text.done"));
  text += spoken ? ",\"transcript\":" : ",\"text\":";
  append_string(text, said);
  sink_.end(std::move(text));
  if (!spoken) return;
  const auto& settings = turn_->start.settings;
  sink_.end(begin_delta(name("response.output_audio.done", "response.audio.done")));
  if (settings.blendshapes) sink_.end(begin_delta("response.animation_blendshapes.done"));
  if (settings.visemes) sink_.end(begin_delta("response.animation_viseme.done"));
  if (settings.word_timestamps) sink_.end(begin_delta("response.audio_timestamp.done"));
}

// ---- begin and end

void turn_writer::on(const turn_started& payload, const turn_id& turn) {
  turn_.emplace();
  turn_->number = turn.number;
  turn_->start = payload;
  turn_->start.metadata = metadata_of(payload);
  if (!payload.out_of_band) turn_->conversation = turn.conversation.value;
  turn_->last_item = payload.previous_item_id;
  put(sink_, "response.created",
      {{"response", response_object({payload.response_id, turn_->conversation,
                                     &turn_->start.settings, turn_->start.metadata},
                                    shape_)}});
  const auto& settings = payload.settings;
  if (settings.tools.empty() || settings.choice.kind == tool_choice_kind::none) open_message();
  if (!turn_->spoken()) return;
  auto encoder = audio_encoder::make(payload.settings.output);
  if (!encoder) {
    put(sink_, "error", {{"error", error_object(to_problem(encoder.assume_error(), {}))}});
    return;
  }
  turn_->encoder = std::move(encoder).assume_value();
}

void turn_writer::miss_pieces() {
  if (turn_ && !turn_->message) begin_message();
}

void turn_writer::on(const turn_finished& payload, const turn_id& turn) {
  if (!is_current(turn)) return;
  const bool completed = payload.status != turn_status::cancelled;
  if (!payload.item.id.empty()) open_message();
  auto message = payload.item;
  if (message.id.empty()) {
    // It was begun, but nothing of it stays in the history.
    message = {
        turn_->start.item_id, item_role::assistant, item_status::incomplete, {}, turn_->spoken()};
  }
  if (turn_->message) close_message(message, completed);
  close_calls(payload);

  std::vector<std::pair<int, json::value>> items;
  if (turn_->message) items.emplace_back(*turn_->message, item_object(message, shape_));
  for (const auto& call : turn_->calls) {
    items.emplace_back(call.output_index, item_object(call.item, shape_));
  }
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  json::array output;
  for (auto& item : items) output.push_back(std::move(item.second));

  if (turn_->sounded && shape_ == event_shape::voice_live) {
    put(sink_, "session.avatar.switch_to_idle",
        {{"turn_id", json::value(turn_->start.response_id)}});
  }
  put(sink_, "response.done",
      {{"response", finished_object({turn_->start.response_id, turn_->conversation,
                                     &turn_->start.settings, turn_->start.metadata},
                                    payload, std::move(output), turn.number, shape_)}});
  turn_.reset();
}

// ---- function calls

turn_writer::open_call& turn_writer::call_of(std::uint32_t index, const conversation_item& item) {
  auto& calls = turn_->calls;
  const auto found = std::find_if(calls.begin(), calls.end(),
                                  [&](const open_call& call) { return call.index == index; });
  if (found != calls.end()) return *found;
  const auto previous = turn_->last_item;
  calls.push_back({index, turn_->next_output_index++, item, false});
  auto& call = calls.back();
  call.item.kind = item_kind::function_call;
  call.item.role = item_role::assistant;
  call.item.status = item_status::in_progress;
  call.item.text.clear();
  open_item(call.item, call.output_index, previous);
  return call;
}

void turn_writer::on(const felt& payload, const turn_id& turn) {
  if (!is_current(turn)) return;
  auto event = sink_.begin("digital_human.emotion");
  add(event, "response_id", json::value(turn_->start.response_id));
  add(event, "item_id", json::value(turn_->start.item_id));
  for (const auto& member : feeling_object(payload)) add(event, member.key(), member.value());
  sink_.end(std::move(event));
}

void turn_writer::on(const call_piece& payload, const turn_id& turn) {
  if (!is_current(turn)) return;
  conversation_item item;
  item.id = payload.item_id;
  item.call_id = payload.call_id;
  item.name = payload.name;
  auto& call = call_of(payload.index, item);
  if (payload.arguments.empty() || call.done) return;
  call.item.text += payload.arguments;
  put(sink_, "response.function_call_arguments.delta",
      {{"response_id", json::value(turn_->start.response_id)},
       {"item_id", json::value(call.item.id)},
       {"output_index", call.output_index},
       {"call_id", json::value(call.item.call_id)},
       {"delta", json::value(payload.arguments)}});
}

void turn_writer::close_call(open_call& call, const conversation_item& item,
                             const std::string& previous) {
  call.item = item;
  call.done = true;
  put(sink_, "response.function_call_arguments.done",
      {{"response_id", json::value(turn_->start.response_id)},
       {"item_id", json::value(item.id)},
       {"output_index", call.output_index},
       {"call_id", json::value(item.call_id)},
       {"name", json::value(item.name)},
       {"arguments", json::value(item.text)}});
  close_item(item, call.output_index, previous);
}

void turn_writer::on(const call_ready& payload, const turn_id& turn) {
  if (!is_current(turn)) return;
  auto& call = call_of(payload.index, payload.item);
  if (!call.done) close_call(call, payload.item, payload.previous_item_id);
}

// Those that were told of and did not become whole.
void turn_writer::close_calls(const turn_finished& payload) {
  for (auto& call : turn_->calls) {
    if (call.done) continue;
    const auto known =
        std::find_if(payload.calls.begin(), payload.calls.end(),
                     [&](const conversation_item& item) { return item.id == call.item.id; });
    call.item = known != payload.calls.end() ? *known : unfinished(call.item);
    close_item(call.item, call.output_index, turn_->start.previous_item_id);
  }
}

}  // namespace dhr::realtime
