#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "actors/ears/audio_file_adapter.hpp"
#include "runtime/cli/answer_files.hpp"
#include "runtime/cli/caller.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/local_conversation.hpp"
#include "runtime/hearing.hpp"

namespace dhr::cli {
namespace {

// What the settings give a turn before they call it stalled, and a little for the way.
constexpr milliseconds patience_beyond_turn{1'000};
constexpr std::size_t file_bytes_max = 512UL * 1'024 * 1'024;

int complain(const std::string& what, int status) {
  std::cerr << "dhr talk: " << what << '\n';
  return status;
}

result<std::vector<std::int16_t>> read_recording(const std::filesystem::path& path) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  if (!problem && size > file_bytes_max) {
    return fail(errc::invalid_argument, "the file is too large", path.string());
  }
  std::ostringstream bytes;
  std::ifstream file{path, std::ios::binary};
  if (file) bytes << file.rdbuf();
  if (!file) return fail(errc::not_found, "the file cannot be read", path.string());
  return read_audio_file(bytes.view());
}

bool can_be_written(const std::filesystem::path& file) {
  return file.empty() || !file.has_parent_path() ||
         std::filesystem::is_directory(file.parent_path());
}

settings_patch patch_for(const talk_options& options, const config& settings) {
  settings_patch patch;
  if (!options.instructions.empty()) patch.instructions = options.instructions;
  if (!options.voice.empty()) patch.voice = options.voice;
  if (!options.frames.empty()) patch.blendshapes = true;
  patch.input = audio_format{};  // the recording's
  auto detection = default_listening(settings.ears).detection;
  if (!options.turn_detection.empty()) {
    detection.kind = options.turn_detection == "server_vad" ? turn_detection_kind::server_vad
                                                            : turn_detection_kind::semantic_vad;
  }
  patch.detection = detection;
  return patch;
}

// Waits until the session took the settings. The call's clock starts after it.
result<void> apply_settings(caf::scoped_actor& self, const session_actor& session,
                            settings_patch patch, milliseconds patience) {
  self->send(session, client_request{update_session{"talk", std::move(patch)}});
  std::optional<result<void>> outcome;
  while (!outcome) {
    self->receive(
        [&](const session_event& event) {
          if (std::holds_alternative<settings_changed>(event.payload)) outcome = ok();
          if (const auto* refused = std::get_if<request_failed>(&event.payload)) {
            outcome = boost::outcome_v2::failure(refused->reason);
          }
          if (const auto* closed = std::get_if<session_closed>(&event.payload)) {
            outcome = fail(errc::unavailable, closed->message);
          }
        },
        caf::after(patience) >> [&] { outcome = fail(errc::deadline, "the session is silent"); });
  }
  return std::move(*outcome);
}

// Speaks by the clock and waits for events between two pieces, all on this thread.
result<playback> hold_call(host& node, std::vector<std::int16_t> recording,
                           const talk_options& options, const config& settings) {
  const auto& time = system_clock();
  caller_config manner;
  manner.fps = settings.avatar.fps;
  manner.interrupts = settings.ears.interrupt_response;
  manner.patience = settings.runtime.turn_timeout_ms + patience_beyond_turn;
  caf::scoped_actor self{node.system()};
  DHR_TRY(const auto session, open_here(node, self, true));
  DHR_TRY(apply_settings(self, session, patch_for(options, settings), manner.patience));
  caller call{std::move(recording), manner, time.now()};
  while (true) {
    while (auto piece = call.next_piece(time.now())) {
      self->send(session, client_request{append_audio{"talk", std::move(*piece)}});
    }
    if (auto end = call.ended(time.now())) {
      DHR_TRY(std::move(*end));
      return call.heard();
    }
    const auto wait = std::max(call.next_due() - time.now(), nanoseconds{0});
    self->receive(
        [&](const session_event& event) {
          if (const auto line = call.on(event, time.now())) std::cout << *line << std::endl;
        },
        caf::after(wait) >> [] {});
  }
}

result<void> write_heard(const playback& heard, const talk_options& options) {
  DHR_TRY(write_sound(heard.samples(), options.out));
  std::cout << "wrote " << options.out.string() << " ("
            << static_cast<double>(heard.end()) / static_cast<double>(speech_sample_rate) << " s)";
  if (!options.frames.empty()) {
    std::vector<timed_frame> frames;
    for (const auto& shown : heard.frames()) {
      frames.push_back({static_cast<double>(shown.place) / static_cast<double>(speech_sample_rate),
                        shown.frame});
    }
    DHR_TRY(write_frames(frames, options.frames));
    std::cout << ", " << options.frames.string() << " (" << frames.size() << " frames)";
  }
  std::cout << '\n';
  return ok();
}

}  // namespace

int talk(const talk_options& options, const surroundings& around) {
  const auto settings = load_or_complain(around);
  if (!settings) return 2;
  if (settings->ears.transcription == settings::transcription_kind::none) {
    return complain("ears.transcription is none: nothing would be heard", 2);
  }
  if (options.turn_detection.empty() &&
      settings->ears.turn_detection == settings::turn_detection_kind::none) {
    return complain("ears.turn_detection is none; say --turn-detection server_vad or semantic_vad",
                    2);
  }
  for (const auto& file : {options.out, options.frames}) {
    if (!can_be_written(file)) {
      return complain("there is no folder " + file.parent_path().string(), 2);
    }
  }
  auto recording = read_recording(options.file);
  if (!recording) {
    return complain(options.file.string() + ": " + recording.assume_error().message, 1);
  }
  auto node = start_quietly(*settings, {});
  if (!node) return complain(node.assume_error().message, 1);
  const auto heard =
      hold_call(*node.assume_value(), std::move(recording).assume_value(), options, *settings);
  node.assume_value()->stop();
  if (!heard) return complain(options.file.string() + ": " + heard.assume_error().message, 1);
  const auto written = write_heard(heard.assume_value(), options);
  return written ? 0 : complain(written.assume_error().message, 1);
}

}  // namespace dhr::cli
