#include "net/realtime/voice_live_input.hpp"

#include <utility>

#include "net/realtime/item_codec.hpp"

namespace dhr::realtime {
namespace {

constexpr std::size_t texts_max = 16;  // under way at once

voice_live_input::outcome to_session(client_event event) { return std::optional{std::move(event)}; }

refusal no_avatar() {
  return unsupported("type",
                     "there is no video of an avatar over WebRTC here; ask for the modality "
                     "'animation' with animation.outputs ['blendshapes', 'viseme_id'] and draw the "
                     "face from response.animation_blendshapes.delta");
}

// The text has one part.
checked<void> check_part(const event_context& context) {
  DHR_TRY(context.event.integer("content_index", 0, 0));
  return boost::outcome_v2::success();
}

}  // namespace

std::optional<voice_live_input::outcome> voice_live_input::take(std::string_view type,
                                                                const event_context& context) {
  if (type == "input_audio.turn.append") return append_to_turn(context);
  if (type == "input_audio.turn.start") return start_turn(context);
  if (type == "input_audio.turn.end") return end_turn(context, false);
  if (type == "input_audio.turn.cancel") return end_turn(context, true);
  if (type == "input_audio.clear") {
    turn_.clear();
    return to_session(clear_audio{context.request(request_kind::clear_audio)});
  }
  if (type == "input_text.delta") return append_text(context);
  if (type == "input_text.done") return end_text(context);
  if (type == "session.avatar.connect") return no_avatar();
  if (type == "mcp_approval_response") return no_approval("type");
  return std::nullopt;
}

// ---- sound

voice_live_input::outcome voice_live_input::start_turn(const event_context& context) {
  DHR_TRY(auto turn, required_id(context.event, "turn_id"));
  if (!turn_.empty()) {
    return refuse(
        "invalid_value",
        "Invalid 'turn_id': the turn '" + turn_ + "' has neither ended nor been cancelled.",
        "turn_id");
  }
  turn_ = std::move(turn);
  return std::optional<client_event>{};
}

checked<void> voice_live_input::check_turn(const event_context& context) const {
  DHR_TRY(const auto turn, required_id(context.event, "turn_id"));
  if (turn == turn_) return boost::outcome_v2::success();
  return refuse(
      "invalid_value",
      "Invalid 'turn_id': the turn '" + turn + "' was not begun by input_audio.turn.start.",
      "turn_id");
}

voice_live_input::outcome voice_live_input::append_to_turn(const event_context& context) {
  DHR_TRY(check_turn(context));
  DHR_TRY(auto sound, decode_append(context));
  return to_session(std::move(sound));
}

voice_live_input::outcome voice_live_input::end_turn(const event_context& context, bool cancelled) {
  DHR_TRY(check_turn(context));
  turn_.clear();
  if (cancelled) return to_session(clear_audio{context.request(request_kind::clear_audio)});
  return to_session(commit_audio{context.request(request_kind::commit_audio)});
}

// ---- text

voice_live_input::outcome voice_live_input::append_text(const event_context& context) {
  DHR_TRY(auto id, required_id(context.event, "id"));
  DHR_TRY(check_part(context));
  DHR_TRY(const auto delta, context.event.required_text("delta", context.limits.text_bytes_max));
  const auto known = texts_.find(id);
  if (known == texts_.end() && texts_.size() >= texts_max) {
    return refuse("invalid_value",
                  "Invalid 'id': " + std::to_string(texts_max) +
                      " texts wait for their input_text.done already.",
                  "id");
  }
  auto& text = known == texts_.end() ? texts_[std::move(id)] : known->second;
  if (text.size() + delta.size() > context.limits.text_bytes_max) {
    return refuse("string_above_max_length",
                  "Invalid 'delta': the text would be longer than " +
                      std::to_string(context.limits.text_bytes_max) + " bytes.",
                  "delta");
  }
  text += delta;
  return std::optional<client_event>{};
}

voice_live_input::outcome voice_live_input::end_text(const event_context& context) {
  DHR_TRY(auto id, required_id(context.event, "id"));
  DHR_TRY(check_part(context));
  auto text = texts_.extract(id);
  if (text.empty() || text.mapped().empty()) {
    return refuse("invalid_value", "Invalid 'id': no text came for '" + id + "'.", "id");
  }
  create_item message;
  message.request = context.request(request_kind::create_item);
  message.item.id = std::move(id);
  message.item.text = std::move(text.mapped());
  return to_session(std::move(message));
}

}  // namespace dhr::realtime
