#include <iostream>

#include "actors/session/directory_actor.hpp"
#include "actors/session/turn_collector.hpp"
#include "runtime/base/log.hpp"
#include "runtime/cli/answer_files.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/host.hpp"

namespace dhr::cli {
namespace {

constexpr milliseconds open_timeout{5'000};

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
  session_actor session;
  error refusal;
  self->request(node.directory(), open_timeout, open_conversation{})
      .receive([&](const session_actor& opened) { session = opened; },
               [&](const caf::error& problem) { refusal = from_caf_error(problem); });
  if (!session) return boost::outcome_v2::failure(std::move(refusal));
  // The client's events come to this thread's own mailbox.
  const auto client = caf::actor_cast<client_actor>(caf::actor{self.ptr()});
  self->send(session, attach_client{false}, client);
  self->send(session, update_session{"say", whole_face()});
  self->send(session,
             create_item{"say", "", {"", item_role::user, item_status::completed, text, false}});
  self->send(session, create_response{"say", {}});
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
  auto logging = settings->log;
  logging.level = std::max(logging.level, settings::log_level::warn);
  start_logging(logging);
  host_options host_wishes;
  host_wishes.doors = false;
  if (options.verbatim) host_wishes.recite = options.text;
  auto node = host::start(*settings, std::move(host_wishes));
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
