#include "actors/ears/transcription_rules.hpp"

#include <cctype>
#include <string>

namespace dhr {

nanoseconds sound_of(const transcribe& request) noexcept {
  const auto samples = static_cast<std::int64_t>(request.pcm.size() / sizeof(std::int16_t));
  return nanoseconds{samples * 1'000'000'000 / hearing_sample_rate};
}

std::optional<error> complaint_about_sound(const transcribe& request,
                                           std::chrono::seconds sound_max) {
  if (request.pcm.size() % sizeof(std::int16_t) != 0) {
    return error{errc::invalid_argument, "the sound ends inside a sample", "pcm", {}};
  }
  if (sound_of(request) > sound_max) {
    return error{
        errc::invalid_argument,
        "an utterance may last " + std::to_string(sound_max.count()) + " seconds; send it in parts",
        "pcm",
        {}};
  }
  return std::nullopt;
}

bool is_english(std::string_view language) noexcept {
  std::string primary;
  for (const char c : language.substr(0, language.find_first_of("-_"))) {
    primary += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return primary.empty() || primary == "en" || primary == "english";
}

turn_id attempt_key(const turn_id& utterance, std::uint32_t attempt) {
  // '#' is in no conversation's id.
  return {{utterance.conversation.value + '#' + std::to_string(utterance.number)},
          utterance.epoch,
          attempt};
}

}  // namespace dhr
