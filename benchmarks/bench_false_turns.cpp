// What does it take for a turn that nobody meant?
//
// noise: eight kinds of sound that is no speech, one after the other. The clocks of hearing count
// samples, so noise is sent four times as fast as it sounds, but at its own pace while the server
// takes it for speech, since it then waits for models. Counted are turns: audio that was committed,
// and answers.
// echo: long answers are played by a loudspeaker whose sound comes back to the microphone 120 ms
// later and 12 dB fainter, at its own pace. Counted is what of it was taken for speech while an
// answer was heard, which interrupts it, or became a turn.
// cough: somebody coughs into an answer. An answer that falls silent at it has to go on and come to
// its end (cough_resumed, of cough_stopped); one that does not has been lost (cough_lost).

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <iostream>
#include <set>

#include "benchmarks/support/loudspeaker.hpp"
#include "benchmarks/support/noises.hpp"
#include "benchmarks/support/report.hpp"
#include "benchmarks/support/streaming_client.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using time_point = streaming_client::time_point;
using float_seconds = std::chrono::duration<double>;

const std::string script =
    "the market opened a little higher this morning because investors liked the news from several "
    "large companies, and while bond prices hardly moved the price of oil fell, so that airlines "
    "and shipping companies gained more than most";

std::map<std::string, std::string> scripted(int words) {
  return {{"DHR_CONVERSATION_ENGINE", "scripted"},
          {"DHR_CONVERSATION_SCRIPTED_TEXT", script},
          {"DHR_CONVERSATION_SCRIPTED_TOKENS", std::to_string(words)},
          {"DHR_LOG_LEVEL", "warn"}};
}

struct response_end {
  std::string id;
  bool completed = false;
};

response_end end_of(std::string_view done) {
  const auto event = boost::json::parse({done.data(), done.size()});
  const auto& response = event.at("response");
  return {response.at("id").as_string().c_str(), response.at("status").as_string() == "completed"};
}

// Runs the client until it leaves, for `limit` at most. What it waited for is said before the
// server is ended, which may take its time.
template <class Client>
void run(asio::io_context& io, const Client& client, std::chrono::seconds limit) {
  io.run_for(limit);
  if (io.stopped()) return;
  std::cerr << "not over after " << limit.count() << " s; awaited: " << client.awaited()
            << std::endl;
  throw std::runtime_error{"what was awaited did not come"};
}

std::string names_of(const std::set<std::string>& items) {
  std::string names;
  for (const auto& item : items) names += ' ' + item;
  return names;
}

// ---- noise

struct noise_outcome {
  int turns = 0;
  int taken_for_speech = 0;
};

class noisy_room : public streaming_client {
 public:
  noisy_room(asio::io_context& io, std::uint16_t port, const std::vector<noise_scene>& scenes,
             noise_outcome& out)
      : streaming_client{io, port, {20ms, -80, 1}}, scenes_{scenes}, out_{out} {}

  [[nodiscard]] std::string awaited() const {
    return listening_to_.empty()
               ? "the end of a noise"
               : "what becomes of what was taken for speech," + names_of(listening_to_);
  }

 private:
  static constexpr double fast = 4;

  void begin() override { next_scene(); }

  void next_scene() {
    if (next_ == scenes_.size()) return leave();
    before_ = out_;
    mic().play(scenes_[next_].samples);
    mic().set_pace(fast);
    watch();
  }

  // A scene is over when it was sent and nothing in it waits to be understood.
  void watch() {
    if (mic().is_playing() || !listening_to_.empty()) return after(100ms, [this] { watch(); });
    mic().set_pace(1);
    after(1s, [this] {
      if (!listening_to_.empty()) return watch();
      std::printf("  %-10s taken for speech %d times, turns %d\n", scenes_[next_].name.c_str(),
                  out_.taken_for_speech - before_.taken_for_speech, out_.turns - before_.turns);
      std::fflush(stdout);
      ++next_;
      next_scene();
    });
  }

  void on_event(std::string_view type, std::string_view event) override {
    if (type == "input_audio_buffer.speech_started") {
      ++out_.taken_for_speech;
      listening_to_.emplace(string_field(event, "item_id"));
      mic().set_pace(1);
    } else if (type == "digital_human.speech_ignored") {
      settle(event);
    } else if (type == "input_audio_buffer.committed") {
      ++out_.turns;
      settle(event);
    } else if (type == "conversation.item.input_audio_transcription.failed") {
      settle(event);
    } else if (type == "response.created") {
      ++out_.turns;
      cancel();
    }
  }

  void settle(std::string_view event) {
    listening_to_.erase(std::string{string_field(event, "item_id")});
    if (listening_to_.empty() && mic().is_playing()) mic().set_pace(fast);
  }

  const std::vector<noise_scene>& scenes_;
  noise_outcome& out_;
  noise_outcome before_;  // the scene
  std::size_t next_ = 0;
  std::set<std::string> listening_to_;
};

noise_outcome hear_noise(double minutes) {
  constexpr int scenes = 8;
  const auto noises = noise_scenes(minutes * 60 / scenes, 1);
  server_process server{scripted(10)};
  asio::io_context io{1};
  noise_outcome out;
  noisy_room room{io, server.realtime_port(), noises, out};
  run(io, room, std::chrono::seconds{std::llround(minutes * 60) + 120});
  return out;
}

// ---- echo

struct echo_outcome {
  int answers = 0;
  int cut = 0;  // answers that did not come to their end
  std::set<std::string> false_speech;
  double spoken_s = 0;
};

class echoing_room : public streaming_client {
 public:
  echoing_room(asio::io_context& io, std::uint16_t port, double minutes, echo_outcome& out)
      : streaming_client{io, port},
        out_{out},
        until_{std::chrono::steady_clock::now() +
               std::chrono::milliseconds{std::llround(minutes * 60'000)}} {
    mic().set_overlay([this](time_point begins, std::span<std::int16_t> piece) {
      speaker_.add_to(begins - delay, piece, gain);
    });
  }

  [[nodiscard]] std::string awaited() const {
    if (answering_ > 0) return "the end of " + std::to_string(answering_) + " answers";
    if (listening_to_.empty()) return "an answer";
    return "what becomes of what was taken for speech," + names_of(listening_to_);
  }

 private:
  static constexpr auto delay = 120ms;
  static constexpr double gain = 0.251;  // -12 dB

  void begin() override { ask_next(); }

  void ask_next() {
    if (std::chrono::steady_clock::now() >= until_) return leave();
    ask("What happened on the market?");
  }

  void on_event(std::string_view type, std::string_view event) override {
    const auto now = std::chrono::steady_clock::now();
    if (type == "response.created") {
      ++answering_;
    } else if (type == "response.output_audio.delta") {
      const auto samples = sound_in_delta(event);
      out_.spoken_s += static_cast<double>(samples.size()) / microphone_rate;
      speaker_.hear(now, samples);
    } else if (type == "response.done") {
      --answering_;
      ++out_.answers;
      if (!end_of(event).completed) {
        ++out_.cut;
        speaker_.stop(now);
      }
      // A face that answers its own echo would go on for ever.
      if (now >= until_) return leave();
      ask_after_silence();
    } else if (type == "input_audio_buffer.committed") {
      out_.false_speech.emplace(string_field(event, "item_id"));
      listening_to_.erase(std::string{string_field(event, "item_id")});
      std::cout << "  and became a turn" << std::endl;
    } else if (type == "digital_human.speech_ignored" ||
               type == "conversation.item.input_audio_transcription.failed") {
      listening_to_.erase(std::string{string_field(event, "item_id")});
    } else if (type == "input_audio_buffer.speech_started") {
      listening_to_.emplace(string_field(event, "item_id"));
      on_speech(string_field(event, "item_id"), now);
    }
  }

  void on_speech(std::string_view item, time_point now) {
    const bool is_heard = answering_ > 0 || now < speaker_.ends();
    std::printf("  echo taken for speech %.1f s into an answer%s\n",
                float_seconds{now - speaker_.answer_begins()}.count(),
                is_heard ? "" : ", after its end");
    std::fflush(stdout);
    if (is_heard) out_.false_speech.emplace(item);
    if (answering_ == 0) speaker_.stop(now);  // all was sent: it falls silent here
  }

  // Not into the echo of the last answer, nor into what follows from false speech.
  void ask_after_silence() {
    at(std::max(speaker_.ends(), std::chrono::steady_clock::now()) + 2s, [this] {
      if (answering_ > 0 || !listening_to_.empty()) return ask_after_silence();
      ask_next();
    });
  }

  echo_outcome& out_;
  time_point until_;
  loudspeaker speaker_;
  int answering_ = 0;
  std::set<std::string> listening_to_;
};

echo_outcome hear_echo(double minutes) {
  server_process server{scripted(150)};
  asio::io_context io{1};
  echo_outcome out;
  echoing_room room{io, server.realtime_port(), minutes, out};
  run(io, room, std::chrono::seconds{std::llround(minutes * 60) + 180});
  return out;
}

// ---- coughs

struct cough_outcome {
  int stopped = 0;  // answers that fell silent
  int resumed = 0;  // and came to their end
  int lost = 0;
};

class coughing_person : public streaming_client {
 public:
  coughing_person(asio::io_context& io, std::uint16_t port, int coughs, cough_outcome& out)
      : streaming_client{io, port}, coughs_{coughs}, out_{out} {}

  [[nodiscard]] std::string awaited() const {
    return (is_waiting_ ? "the first sound" : "the end") + std::string{" of answer "} +
           std::to_string(coughed_);
  }

 private:
  void begin() override {
    send(R"({"type":"session.update","session":{"type":"realtime",)"
         R"("audio":{"input":{"transcription":{"model":"default"}}}}})");
    ask_next();
  }

  void ask_next() {
    if (++coughed_ > coughs_) return leave();
    answers_.clear();
    stopped_ = false;
    is_waiting_ = true;
    ask("What happened on the market?");
  }

  void on_event(std::string_view type, std::string_view event) override {
    if (type == "response.created") {
      const bool is_ours = answers_.empty() || event.find("\"resumes\":") != event.npos;
      if (is_ours) answers_.emplace(string_field(event, "id"));
    } else if (type == "response.output_audio.delta" && is_waiting_) {
      is_waiting_ = false;
      after(std::chrono::milliseconds{1'500 + 370 * coughed_}, [this] {
        mic().play(cough(static_cast<unsigned>(coughed_)));
        after(60s, [this] { finish(false); });
      });
    } else if (type == "response.done") {
      const auto end = end_of(event);
      if (!end.completed) {
        stopped_ = true;
      } else {
        finish(answers_.contains(end.id));
      }
    } else if (type == "conversation.item.input_audio_transcription.completed") {
      std::cout << "  cough understood as: " << string_field(event, "transcript") << std::endl;
    }
  }

  void finish(bool whole) {
    if (stopped_) ++out_.stopped;
    if (stopped_ && whole) ++out_.resumed;
    if (!whole) ++out_.lost;
    after(3s, [this] { ask_next(); });  // what was sent ahead is heard
  }

  int coughs_;
  cough_outcome& out_;
  int coughed_ = 0;
  std::set<std::string> answers_;  // the one that was asked for, and what goes on with it
  bool is_waiting_ = false;        // for its first sound
  bool stopped_ = false;
};

cough_outcome hear_coughs(int coughs) {
  server_process server{scripted(40)};
  asio::io_context io{1};
  cough_outcome out;
  coughing_person person{io, server.realtime_port(), coughs, out};
  run(io, person, std::chrono::seconds{60 + 100 * coughs});
  return out;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Turns that nobody meant: noise, the face's own echo, coughs"};
  double minutes = 10;
  double echo_minutes = 5;
  int coughs = 8;
  std::string json;
  app.add_option("--minutes", minutes, "of noise; none leaves it out")->check(CLI::Range(0, 600));
  app.add_option("--echo-minutes", echo_minutes, "of answers")->check(CLI::Range(0, 600));
  app.add_option("--coughs", coughs, "how often somebody coughs")->check(CLI::Range(0, 1'000));
  app.add_flag_callback(
      "--short",
      [&] {
        minutes = 2;
        echo_minutes = 1;
        coughs = 3;
      },
      "2 minutes of noise, 1 of answers, 3 coughs");
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  report figures{"false_turns"};
  figures.config("noise_minutes", minutes);
  figures.config("echo_minutes", echo_minutes);
  figures.config("coughs", coughs);
  if (minutes > 0) {
    const auto noise = hear_noise(minutes);
    figures.figure("noise", noise.turns, "", "0");
    figures.figure("noise_taken_for_speech", noise.taken_for_speech, "");
  }
  if (echo_minutes > 0) {
    const auto echo = hear_echo(echo_minutes);
    figures.figure("echo", static_cast<double>(echo.false_speech.size()), "", "0");
    figures.figure("echo_answers", echo.answers, "");
    figures.figure("echo_answers_cut", echo.cut, "", "0");
    figures.figure("echo_spoken_s", echo.spoken_s, "s");
  }
  if (coughs > 0) {
    const auto cough = hear_coughs(coughs);
    figures.figure("cough_stopped", cough.stopped, "");
    figures.figure("cough_resumed", cough.resumed, "", "all of cough_stopped");
    figures.figure("cough_lost", cough.lost, "", "0");
  }
  return figures.finish(json);
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
