#include "actors/session/event_size.hpp"

#include <optional>
#include <utility>

namespace dhr {
namespace {

// Counts what lies outside of a value's own size. There is an `add` for each kind of payload and
// none for all, so that a new one is not forgotten.
class content_count {
 public:
  std::size_t bytes = 0;

  void add(const std::string& x) { bytes += x.size(); }
  void add(const shared_bytes& x) { bytes += x.size(); }
  void add(const viseme_mark&) {}
  void add(const word_span& x) { add(x.text); }
  void add(const tool_definition& x) { all(x.name, x.description, x.parameters); }
  void add(const error& x) { all(x.message, x.where); }
  void add(const std::pair<std::string, std::string>& x) { all(x.first, x.second); }
  void add(const conversation_item& x) { all(x.id, x.text, x.call_id, x.name); }
  void add(const session_settings& x) {
    const auto& transcription = x.listening.transcription;
    all(x.instructions, x.voice, x.tools, x.choice.function, transcription.model,
        transcription.language, transcription.prompt);
  }
  template <class T>
  void add(const std::vector<T>& list) {
    bytes += list.size() * sizeof(T);
    for (const auto& x : list) add(x);
  }
  template <class T>
  void add(const std::optional<T>& x) {
    if (x) add(*x);
  }

  void add(const session_opened& x) { add(x.settings); }
  void add(const session_resumed&) {}
  void add(const resume_gap& x) { add(x.message); }
  void add(const settings_changed& x) { add(x.settings); }
  void add(const item_added& x) { all(x.item, x.previous_item_id); }
  void add(const item_deleted& x) { add(x.item_id); }
  void add(const item_retrieved& x) { add(x.item); }
  void add(const item_truncated& x) { add(x.item_id); }
  void add(const request_failed& x) { all(x.request, x.reason); }
  void add(const turn_started& x) {
    all(x.response_id, x.item_id, x.previous_item_id, x.settings, x.resumes, x.metadata);
  }
  void add(const text_piece& x) { add(x.text); }
  void add(const media_chunk& x) { all(x.pcm, x.frames, x.visemes, x.words); }
  void add(const call_piece& x) { all(x.item_id, x.call_id, x.name, x.arguments); }
  void add(const call_ready& x) { all(x.item, x.previous_item_id); }
  void add(const turn_finished& x) { all(x.response_id, x.item, x.reason, x.problem, x.calls); }
  void add(const idle_chunk& x) { add(x.frames); }
  void add(const notice& x) { all(x.kind, x.message); }
  void add(const session_taken_over& x) { all(x.settings, x.last_items); }
  void add(const session_closed& x) { all(x.reason, x.message); }
  void add(const listening_began& x) { add(x.item_id); }
  void add(const listening_ended& x) { add(x.item_id); }
  void add(const listening_ignored& x) { all(x.item_id, x.reason); }
  void add(const listening_timed_out& x) { add(x.item_id); }
  void add(const audio_committed& x) { all(x.item_id, x.previous_item_id); }
  void add(const audio_cleared&) {}
  void add(const output_cleared& x) { add(x.response_id); }
  void add(const transcript_piece& x) { all(x.item_id, x.text); }
  void add(const transcript_done& x) { all(x.item_id, x.text); }
  void add(const transcript_failed_for& x) { all(x.item_id, x.reason); }
  void add(const speech_melody& x) { add(x.item_id); }
  void add(const felt& x) { add(x.rules); }

 private:
  template <class... T>
  void all(const T&... x) {
    (add(x), ...);
  }
};

}  // namespace

std::size_t bytes_of(const session_event& event) {
  content_count content;
  content.add(event.turn.conversation.value);
  std::visit([&](const auto& payload) { content.add(payload); }, event.payload);
  return sizeof(session_event) + content.bytes;
}

}  // namespace dhr
