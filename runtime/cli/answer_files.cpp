#include "runtime/cli/answer_files.hpp"

#include <fstream>
#include <functional>
#include <iomanip>

#include "actors/speech/wav.hpp"

namespace dhr::cli {
namespace {

result<void> write_file(const std::filesystem::path& path,
                        const std::function<void(std::ostream&)>& write) {
  std::ofstream out{path, std::ios::binary};
  if (out) write(out);
  if (!out.flush()) return fail(errc::failed, "cannot write " + path.string(), path.string());
  return ok();
}

double seconds(std::int64_t samples) {
  return static_cast<double>(samples) / static_cast<double>(speech_sample_rate);
}

void write_transcript(std::ostream& out, const collected_turn& turn) {
  out << turn.text << "\n\n" << std::fixed << std::setprecision(3);
  for (const auto& word : turn.words) {
    out << seconds(word.first_sample) << '\t' << seconds(word.last_sample) << '\t' << word.text
        << '\n';
  }
}

}  // namespace

result<void> write_sound(std::span<const std::int16_t> samples, const std::filesystem::path& file) {
  return write_file(file, [&](std::ostream& out) {
    out << wav_file(samples, static_cast<std::uint32_t>(speech_sample_rate));
  });
}

result<void> write_frames(std::span<const timed_frame> frames, const std::filesystem::path& file) {
  return write_file(file, [&](std::ostream& out) {
    out << "frame,seconds";
    for (const auto name : blendshape_names) out << ',' << name;
    out << ",headYaw,headPitch,headRoll\n" << std::fixed << std::setprecision(4);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      out << i << ',' << frames[i].seconds;
      for (const auto weight : frames[i].frame.weights) out << ',' << weight;
      const auto& head = frames[i].frame.head;
      out << ',' << head.yaw << ',' << head.pitch << ',' << head.roll << '\n';
    }
  });
}

result<void> write_answer(const collected_turn& turn, int fps,
                          const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    return fail(errc::failed,
                "cannot make the folder " + folder.string() + ": " + problem.message(),
                folder.string());
  }
  std::vector<timed_frame> frames;
  for (const auto& frame : turn.frames) {
    frames.push_back({static_cast<double>(frames.size()) / fps, frame});
  }
  DHR_TRY(write_sound(turn.samples, folder / "answer.wav"));
  DHR_TRY(write_frames(frames, folder / "frames.csv"));
  return write_file(folder / "transcript.txt",
                    [&](std::ostream& out) { write_transcript(out, turn); });
}

}  // namespace dhr::cli
