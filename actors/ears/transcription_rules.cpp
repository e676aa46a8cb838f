#include "actors/ears/transcription_rules.hpp"

#include <algorithm>
#include <cctype>

namespace dhr {
namespace {

constexpr nanoseconds typical_sound = std::chrono::seconds{4};  // of an utterance

// "de" of "de-DE", in lower case.
std::string primary_of(std::string_view language) {
  std::string primary;
  for (const char c : language.substr(0, language.find_first_of("-_"))) {
    primary += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return primary;
}

}  // namespace

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
  const auto primary = primary_of(language);
  return primary.empty() || primary == "en" || primary == "english";
}

bool understands(const std::vector<std::string>& known, std::string_view language) {
  if (known.empty() || language.empty()) return true;
  const auto primary = primary_of(language);
  return std::any_of(known.begin(), known.end(), [&](const std::string& one) {
    return one == "en" ? is_english(language) : one == primary;
  });
}

turn_id attempt_key(const turn_id& utterance, std::uint32_t attempt) {
  // '#' is in no conversation's id.
  return {{utterance.conversation.value + '#' + std::to_string(utterance.number)},
          utterance.epoch,
          attempt};
}

work_terms terms_of(const transcribe& request, mono_time now) {
  const auto cost = typical_cost * sound_of(request) / typical_sound;
  return {.turn = attempt_key(request.utterance, request.attempt),
          .kind = request.is_final ? work_class::first : work_class::later,
          .deadline = now + request.budget,
          .cost = static_cast<std::uint32_t>(std::clamp<std::int64_t>(cost, 1, 1'000'000)),
          .owner = request.utterance.conversation};
}

}  // namespace dhr
