// How long from the end of a spoken question to the first sound of its answer?
//
// Questions spoken by several voices, and a recording, are streamed at the pace of speech over a
// real socket, 20 ms at a time, with a faint noise that goes on after them. The turn's end is found
// by semantic_vad, everything is the embedded default, and the face is on. A conversation has a few
// questions; each answer is cancelled when its first sound has come.
//   first_audio_ms    from the last sample of speech (where the voice itself says that it ends) to
//                     the arrival of the first sound;
//   its parts         heard_late: by how much the server took the speech to end later than it did,
//                     as speech_stopped tells; then, as response.done tells, until the turn's end
//                     was decided (endpointing), its words were known (transcription), the first
//                     clause was written (first_clause), it was spoken (synthesis), its face was
//                     made and it was sent (face). rest is what they leave of first_audio_ms:
//                     sockets, queues, the wait for a piece of 20 ms and a block of 32 ms to fill;
//   cut_short         questions into whose midst an answer began.

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <iostream>
#include <optional>
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

struct answer_times {
  double first_audio = 0;
  double heard_late = 0;
  double endpointing = 0;
  double transcription = 0;
  double first_clause = 0;
  double synthesis = 0;
  double face = 0;
  [[nodiscard]] double rest() const {
    return first_audio - heard_late - endpointing - transcription - first_clause - synthesis - face;
  }
};

boost::json::value parsed(std::string_view event) {
  return boost::json::parse({event.data(), event.size()});
}

answer_times times_of(std::string_view done, double first_audio, double heard_late) {
  const auto event = parsed(done);
  const auto& timings = event.at("response").at("digital_human").at("timings");
  const auto ms = [](const boost::json::value& object, const char* name) {
    return object.at(name).to_number<double>();
  };
  answer_times times;
  times.first_audio = first_audio;
  times.heard_late = heard_late;
  times.endpointing = ms(timings.at("hearing"), "endpointing_ms");
  times.transcription = ms(timings.at("hearing"), "transcription_ms");
  times.first_clause = ms(timings, "first_clause_ms");
  times.synthesis = ms(timings, "first_speech_ms") - times.first_clause;
  times.face = ms(timings, "first_audio_ms") - ms(timings, "first_speech_ms");
  return times;
}

struct outcome {
  std::vector<answer_times> answers;
  int cut_short = 0;
  int missed = 0;  // questions without an answer
};

// One conversation: asks the questions one after the other.
class caller : public streaming_client {
 public:
  caller(asio::io_context& io, std::uint16_t port, std::span<const spoken_question> questions,
         outcome& out, bool tells)
      : streaming_client{io, port}, questions_{questions}, out_{out}, tells_{tells} {}

 private:
  void begin() override { ask_next(); }

  void ask_next() {
    if (next_ == questions_.size()) return leave();
    const auto& question = questions_[next_++];
    const auto first = mic().play(question.samples);
    ends_ = mic().time_of(first + question.speech_end);
    end_ms_ = static_cast<double>(first + question.speech_end) * 1'000 / microphone_rate;
    response_.clear();
    is_early_ = false;
    first_audio_ms_.reset();
    at(ends_ + 20s, [this] {
      ++out_.missed;
      std::cerr << "no answer to: " << questions_[next_ - 1].text << '\n';
      ask_next();
    });
  }

  void on_event(std::string_view type, std::string_view event) override {
    const auto now = std::chrono::steady_clock::now();
    if (tells_ && (type.starts_with("input_audio_buffer") || type == "response.created" ||
                   type == "digital_human.speech_ignored")) {
      std::cout << "  " << std::lround(ms_between(ends_, now)) << " ms: " << type << std::endl;
    }
    if (type == "response.created") {
      if (now < ends_) {
        is_early_ = true;
      } else {
        response_ = string_field(event, "id");
      }
    } else if (type == "response.output_audio.delta") {
      if (first_audio_ms_ || string_field(event, "response_id") != response_) return;
      first_audio_ms_ = ms_between(ends_, now);
      cancel();
    } else if (type == "response.done") {
      if (first_audio_ms_) note_answer(event);
    } else if (type == "input_audio_buffer.speech_stopped") {
      heard_late_ms_ = parsed(event).at("audio_end_ms").to_number<double>() - end_ms_;
    }
  }

  void note_answer(std::string_view done) {
    const auto times = times_of(done, *first_audio_ms_, heard_late_ms_);
    first_audio_ms_.reset();
    response_.clear();
    out_.answers.push_back(times);
    if (is_early_) ++out_.cut_short;
    if (tells_) {
      const auto& asked = questions_[next_ - 1];
      std::printf("%5.0f = %4.0f + %4.0f + %4.0f + %4.0f + %4.0f + %3.0f + rest %4.0f  %s%s: %s\n",
                  times.first_audio, times.heard_late, times.endpointing, times.transcription,
                  times.first_clause, times.synthesis, times.face, times.rest(),
                  asked.voice.c_str(), is_early_ ? ", cut short" : "", asked.text.c_str());
      std::fflush(stdout);
    }
    after(1s, [this] { ask_next(); });
  }

  std::span<const spoken_question> questions_;
  outcome& out_;
  bool tells_;
  std::size_t next_ = 0;
  time_point ends_;           // of the question's speech
  double end_ms_ = 0;         // the same in the microphone's time
  double heard_late_ms_ = 0;  // where the server last heard an end, from there
  std::string response_;      // the answer to all of the question
  bool is_early_ = false;     // there was one before the question's end
  std::optional<double> first_audio_ms_;
};

// The recording comes last: its long pauses invite answers into its midst.
result<std::vector<spoken_question>> speak_questions(std::size_t count,
                                                     const std::vector<std::string>& texts) {
  DHR_TRY(const auto all, load_voices());
  std::vector<spoken_question> spoken;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    DHR_TRY(auto one, speak(all, texts[i % texts.size()], static_cast<manner>(i % manners)));
    spoken.push_back(trimmed(std::move(one)));
  }
  DHR_TRY(auto recorded, recorded_speech());
  spoken.push_back(trimmed(std::move(recorded)));
  return spoken;
}

void run(std::span<const spoken_question> questions, std::size_t in_conversation, outcome& out,
         bool tells) {
  server_process server{{{"DHR_LOG_LEVEL", "warn"}}};
  for (std::size_t at = 0; at < questions.size(); at += in_conversation) {
    const auto count = std::min(in_conversation, questions.size() - at);
    asio::io_context io{1};
    caller one{io, server.realtime_port(), questions.subspan(at, count), out, tells};
    io.run();
  }
}

void add_times(report& figures, const outcome& out) {
  const auto part = [&](auto of) {
    std::vector<double> values;
    for (const auto& answer : out.answers) values.push_back(of(answer));
    return values;
  };
  const auto total = part([](const answer_times& x) { return x.first_audio; });
  figures.figure("first_audio_ms_p50", percentile(total, 0.5), "ms", "at most 700");
  figures.figure("first_audio_ms_p95", percentile(total, 0.95), "ms", "at most 1200");
  const auto add = [&](const std::string& name, auto of) {
    const auto values = part(of);
    figures.figure(name + "_ms_p50", percentile(values, 0.5), "ms");
    figures.figure(name + "_ms_p95", percentile(values, 0.95), "ms");
  };
  add("heard_late", [](const answer_times& x) { return x.heard_late; });
  add("endpointing", [](const answer_times& x) { return x.endpointing; });
  add("transcription", [](const answer_times& x) { return x.transcription; });
  add("first_clause", [](const answer_times& x) { return x.first_clause; });
  add("synthesis", [](const answer_times& x) { return x.synthesis; });
  add("face", [](const answer_times& x) { return x.face; });
  add("rest", [](const answer_times& x) { return x.rest(); });
  const auto off = part([](const answer_times& x) { return std::abs(x.rest()); });
  figures.figure("rest_ms_abs_max", percentile(off, 1), "ms");
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"The end of a spoken question to the first sound of its answer"};
  std::size_t turns = 30;
  std::size_t in_conversation = 6;
  bool held_out = false;
  bool tells = false;
  std::string json;
  app.add_option("--turns", turns, "how many questions")->check(CLI::Range(1, 1'000));
  app.add_option("--in-conversation", in_conversation, "how many of them one conversation has")
      ->check(CLI::Range(1, 1'000));
  app.add_flag("--held-out", held_out, "ask questions on which nothing was tuned");
  app.add_flag("--each", tells, "print each question's times and what happened when");
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  const auto questions =
      speak_questions(turns, held_out ? held_out_question_texts() : question_texts());
  if (!questions) throw std::runtime_error{questions.assume_error().message};
  outcome out;
  run(questions.assume_value(), in_conversation, out, tells);
  report figures{"voice_turn"};
  figures.config("turns", static_cast<double>(turns));
  figures.config("held_out", held_out ? 1 : 0);
  figures.config("in_conversation", static_cast<double>(in_conversation));
  figures.figure("answers", static_cast<double>(out.answers.size()), "", "all turns");
  figures.figure("missed", out.missed, "", "0");
  figures.figure("cut_short", out.cut_short, "");
  add_times(figures, out);
  const int written = figures.finish(json);
  return out.answers.size() == turns ? written : 1;
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
