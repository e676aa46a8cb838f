#pragma once
// Client events that Azure Voice Live alone knows, as what the session understands:
//
//   input_audio.turn.start, .append, .end, .cancel   sound of one turn: append, commit, clear
//   input_audio.clear                                clear
//   input_text.delta, .done                          an item of the user's, once it is whole
//   session.avatar.connect, mcp_approval_response    refused, with what there is instead
//
// A turn of sound is no more than its events say: whether speech is detected in it is the session's
// turn_detection. Pure; it has state, since texts and turns come in pieces.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/realtime/event_context.hpp"

namespace dhr::realtime {

class voice_live_input {
 public:
  // What becomes of the event: a message to the session, nothing yet, or what is wrong with it.
  using outcome = checked<std::optional<client_event>>;

  // Nothing: `type` is none of them.
  [[nodiscard]] std::optional<outcome> take(std::string_view type, const event_context& context);

 private:
  [[nodiscard]] outcome start_turn(const event_context& context);
  [[nodiscard]] outcome append_to_turn(const event_context& context);
  [[nodiscard]] outcome end_turn(const event_context& context, bool cancelled);
  [[nodiscard]] checked<void> check_turn(const event_context& context) const;
  [[nodiscard]] outcome append_text(const event_context& context);
  [[nodiscard]] outcome end_text(const event_context& context);

  std::string turn_;                          // of the turn of sound under way; empty: none
  std::map<std::string, std::string> texts_;  // by the item's id, not yet whole
};

}  // namespace dhr::realtime
