#include <iostream>
#include <utility>

#include "actors/session/turn_collector.hpp"
#include "runtime/cli/answer_files.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/local_conversation.hpp"

namespace dhr::cli {
namespace {

settings_patch whole_face() {
  settings_patch patch;
  patch.blendshapes = true;
  patch.visemes = true;
  patch.word_timestamps = true;
  return patch;
}

// Holds one conversation of one turn and waits for its end on this thread.
result<collected_turn> ask(host& node, const std::string& text, milliseconds deadline) {
  caf::scoped_actor self{node.system()};
  DHR_TRY(const auto session, open_here(node, self, false));
  const auto send = [&](client_request_payload what) {
    self->send(session, client_request{std::move(what)});
  };
  conversation_item item;
  item.text = text;
  send(update_session{"say", whole_face()});
  send(create_item{"say", {}, std::move(item), {}});
  send(create_response{"say", {}});
  turn_collector collector;
  std::optional<result<collected_turn>> turn;
  bool late = false;
  while (!turn && !late) {
    self->receive([&](const session_event& event) { turn = collector.add(event); },
                  caf::after(deadline) >> [&] { late = true; });
  }
  if (!turn) return fail(errc::deadline, "nothing came for too long");
  return std::move(*turn);
}

}  // namespace

int say(const say_options& options, const surroundings& around) {
  const auto settings = load_or_complain(around);
  if (!settings) return 2;
  if (options.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    std::cerr << "dhr say: there is nothing to say; give it a text\n";
    return 2;
  }
  auto node = start_quietly(
      *settings, options.verbatim ? std::optional{options.text} : std::optional<std::string>{});
  if (!node) {
    std::cerr << "dhr: " << node.assume_error().message << '\n';
    return 1;
  }
  auto turn = ask(*node.assume_value(), options.text,
                  settings->runtime.turn_timeout_ms + milliseconds{1'000});
  node.assume_value()->stop();
  if (!turn) {
    std::cerr << "dhr say: " << turn.assume_error().message << '\n';
    return 1;
  }
  const auto& answer = turn.assume_value();
  for (const auto& news : answer.notices) std::cerr << "note: " << news.message << '\n';
  if (answer.finished.status == turn_status::failed) {
    std::cerr << "dhr say: the answer failed: "
              << (answer.finished.problem ? answer.finished.problem->message : "no reason given")
              << '\n';
    return 1;
  }
  const auto written = write_answer(answer, settings->avatar.fps, options.out);
  if (!written) {
    std::cerr << "dhr say: " << written.assume_error().message << '\n';
    return 1;
  }
  const auto seconds =
      static_cast<double>(answer.samples.size()) / static_cast<double>(speech_sample_rate);
  std::cout << answer.text << '\n'
            << "wrote " << (options.out / "answer.wav").string() << " (" << seconds << " s), "
            << (options.out / "frames.csv").string() << " (" << answer.frames.size() << " frames), "
            << (options.out / "transcript.txt").string() << '\n';
  return 0;
}

}  // namespace dhr::cli
