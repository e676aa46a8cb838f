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

void write_frames(std::ostream& out, const std::vector<face_frame>& frames, int fps) {
  out << "frame,seconds";
  for (const auto name : blendshape_names) out << ',' << name;
  out << ",headYaw,headPitch,headRoll\n" << std::fixed << std::setprecision(4);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    out << i << ',' << static_cast<double>(i) / fps;
    for (const auto weight : frames[i].weights) out << ',' << weight;
    const auto& head = frames[i].head;
    out << ',' << head.yaw << ',' << head.pitch << ',' << head.roll << '\n';
  }
}

void write_transcript(std::ostream& out, const collected_turn& turn) {
  out << turn.text << "\n\n" << std::fixed << std::setprecision(3);
  for (const auto& word : turn.words) {
    out << seconds(word.first_sample) << '\t' << seconds(word.last_sample) << '\t' << word.text
        << '\n';
  }
}

}  // namespace

result<void> write_answer(const collected_turn& turn, int fps,
                          const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    return fail(errc::failed,
                "cannot make the folder " + folder.string() + ": " + problem.message(),
                folder.string());
  }
  DHR_TRY(write_file(folder / "answer.wav", [&](std::ostream& out) {
    out << wav_file(turn.samples, static_cast<std::uint32_t>(speech_sample_rate));
  }));
  DHR_TRY(write_file(folder / "frames.csv",
                     [&](std::ostream& out) { write_frames(out, turn.frames, fps); }));
  return write_file(folder / "transcript.txt",
                    [&](std::ostream& out) { write_transcript(out, turn); });
}

}  // namespace dhr::cli
