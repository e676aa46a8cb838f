// How soon does it fall silent when somebody talks over it?
//
// A long answer is being given, by the joe voice and with the face, when a person begins to speak:
// other questions, in several voices, at other moments. The person's sound is streamed at its own
// pace, 20 ms at a time, over a real socket.
//   silence_ms       from the first sample of speech (where the voice itself says that it begins)
//                    to the arrival of the last event with sound, words or frames of the old
//                    answer; 0 if none came after it;
//   acknowledged_ms  from there to the old answer's response.done;
//   after_done       events of the old answer after that, which must never be;
//   missed           answers that were not interrupted.

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <iostream>
#include <random>
#include <span>

#include "benchmarks/support/report.hpp"
#include "benchmarks/support/spoken_questions.hpp"
#include "benchmarks/support/streaming_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;

const std::string script =
    "the market opened a little higher this morning because investors liked the news from several "
    "large companies, and while bond prices hardly moved the price of oil fell, so that airlines "
    "and shipping companies gained more than most";

struct outcome {
  std::vector<double> silence_ms;
  std::vector<double> acknowledged_ms;
  int after_done = 0;
  int missed = 0;
};

class interrupter : public streaming_client {
 public:
  interrupter(asio::io_context& io, std::uint16_t port, std::span<const spoken_question> speech,
              outcome& out, bool tells)
      : streaming_client{io, port}, speech_{speech}, out_{out}, tells_{tells} {}

 private:
  enum class phase : std::uint8_t {
    asking,     // until the answer's first sound
    listening,  // until somebody speaks
    speaking,   // until the answer is done
    following,  // until the answer to what was spoken begins
    clearing,   // until that is done, which nobody wanted
  };

  void begin() override { ask_next(); }

  void ask_next() {
    if (next_ == speech_.size()) return leave();
    phase_ = phase::asking;
    ask("What happened on the market?");
  }

  void speak() {
    phase_ = phase::speaking;
    const auto& speech = speech_[next_++];
    onset_ = mic().time_of(mic().play(speech.samples) + speech.speech_begin);
    last_ = onset_;
    after(10s, [this] {
      ++out_.missed;
      std::cerr << "not interrupted by " << speech_[next_ - 1].text << '\n';
      answer_.clear();
      cancel();
      phase_ = phase::clearing;
    });
  }

  void on_event(std::string_view type, std::string_view event) override {
    const auto now = std::chrono::steady_clock::now();
    if (type == "response.created") {
      on_created(string_field(event, "id"));
    } else if (type == "response.done") {
      on_done(now);
    } else if (type.starts_with("response.") && type.ends_with(".delta")) {
      if (string_field(event, "response_id") == answer_) on_delta(type, now);
    }
  }

  void on_created(std::string_view id) {
    if (phase_ == phase::asking) answer_ = id;
    if (phase_ != phase::following) return;
    phase_ = phase::clearing;
    cancel();
  }

  void on_delta(std::string_view type, time_point now) {
    if (phase_ == phase::asking && type == "response.output_audio.delta") {
      phase_ = phase::listening;
      const auto wait = std::uniform_int_distribution<int>{800, 4'000}(random_);
      after(std::chrono::milliseconds{wait}, [this] { speak(); });
    } else if (phase_ == phase::speaking) {
      last_ = std::max(last_, now);
    } else if (phase_ == phase::following || phase_ == phase::clearing) {
      ++out_.after_done;
    }
  }

  void on_done(time_point now) {
    if (phase_ == phase::speaking) {
      note_silence(now);
      phase_ = phase::following;
      after(15s, [this] { ask_next(); });  // it was not answered
    } else if (phase_ == phase::clearing) {
      after(500ms, [this] { wait_for_silence(); });
    }
  }

  void note_silence(time_point now) {
    out_.silence_ms.push_back(ms_between(onset_, last_));
    out_.acknowledged_ms.push_back(ms_between(onset_, now));
    if (!tells_) return;
    const auto& speech = speech_[next_ - 1];
    std::printf("silent after %4.0f ms, done after %4.0f ms  %s: %s\n", out_.silence_ms.back(),
                out_.acknowledged_ms.back(), speech.voice.c_str(), speech.text.c_str());
    std::fflush(stdout);
  }

  void wait_for_silence() {
    if (!mic().is_playing()) return ask_next();
    after(500ms, [this] { wait_for_silence(); });
  }

  std::span<const spoken_question> speech_;
  outcome& out_;
  bool tells_;
  std::mt19937 random_{1};
  phase phase_ = phase::asking;
  std::size_t next_ = 0;
  std::string answer_;  // that is to be interrupted
  time_point onset_;    // of the person's speech
  time_point last_;     // event of the answer since then
};

result<std::vector<spoken_question>> speak_interruptions(std::size_t count) {
  DHR_TRY(const auto all, load_voices());
  std::vector<spoken_question> spoken;
  const auto& texts = question_texts();
  for (std::size_t i = 0; i < count; ++i) {
    DHR_TRY(auto one, speak(all, texts[i % texts.size()], static_cast<manner>(i % manners)));
    spoken.push_back(trimmed(std::move(one)));
  }
  return spoken;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"From the first sound of a person to the silence of the answer"};
  std::size_t trials = 20;
  bool tells = false;
  std::string json;
  app.add_option("--trials", trials, "how many answers to interrupt")->check(CLI::Range(1, 1'000));
  app.add_flag("--each", tells, "print each trial's times");
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  const auto speech = speak_interruptions(trials);
  if (!speech) throw std::runtime_error{speech.assume_error().message};
  outcome out;
  {
    server_process server{{{"DHR_CONVERSATION_ENGINE", "scripted"},
                           {"DHR_CONVERSATION_SCRIPTED_TEXT", script},
                           {"DHR_CONVERSATION_SCRIPTED_TOKENS", "200"},
                           {"DHR_LOG_LEVEL", "warn"}}};
    asio::io_context io{1};
    interrupter person{io, server.realtime_port(), speech.assume_value(), out, tells};
    io.run();
  }
  report figures{"barge_in"};
  figures.config("trials", static_cast<double>(trials));
  figures.figure("silence_ms_p50", percentile(out.silence_ms, 0.5), "ms");
  figures.figure("silence_ms_p95", percentile(out.silence_ms, 0.95), "ms", "at most 200");
  figures.figure("acknowledged_ms_p50", percentile(out.acknowledged_ms, 0.5), "ms");
  figures.figure("acknowledged_ms_p95", percentile(out.acknowledged_ms, 0.95), "ms");
  figures.figure("after_done", out.after_done, "", "0");
  figures.figure("missed", out.missed, "", "0");
  const int written = figures.finish(json);
  return out.silence_ms.size() == trials ? written : 1;
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
