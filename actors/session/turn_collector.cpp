#include "actors/session/turn_collector.hpp"

#include <utility>

namespace dhr {

std::optional<result<collected_turn>> turn_collector::add(const session_event& event) {
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  if (const auto* text = std::get_if<text_piece>(&event.payload)) {
    turn_.text += text->text;
  } else if (const auto* media = std::get_if<media_chunk>(&event.payload)) {
    append(turn_.samples, media->pcm.as<std::int16_t>());
    append(turn_.frames, media->frames.as<face_frame>());
    append(turn_.visemes, media->visemes);
    append(turn_.words, media->words);
  } else if (const auto* feeling = std::get_if<felt>(&event.payload)) {
    turn_.feelings.push_back(*feeling);
  } else if (const auto* news = std::get_if<notice>(&event.payload)) {
    turn_.notices.push_back(*news);
  } else if (const auto* finished = std::get_if<turn_finished>(&event.payload)) {
    turn_.finished = *finished;
    return result<collected_turn>{std::move(turn_)};
  } else if (const auto* refused = std::get_if<request_failed>(&event.payload)) {
    return result<collected_turn>{boost::outcome_v2::failure(refused->reason)};
  } else if (const auto* closed = std::get_if<session_closed>(&event.payload)) {
    return result<collected_turn>{fail(errc::unavailable, closed->message)};
  }
  return std::nullopt;
}

}  // namespace dhr
