// Do the lips fit the voice?
//
// 50 varied sentences are spoken by the packaged Piper voice and animated at 30 frames a second,
// and the frames are compared with the voice's own phoneme times:
//   closure_ratio    how many P, B, M have a frame inside the phoneme in which the lips are apart
//                    by less than 10 % of the sentence's widest;
//   contact_ratio    how many F, V have a frame with the lower lip rolled to the teeth;
//   apex_frames_max  the largest distance between the middle of an open vowel and the frame of its
//                    widest jaw (frames; of the vowels that are a local maximum of the jaw, 60 ms
//                    or longer);
//   drift_ms         the largest difference between a chunk's first sample and its first frame over
//                    an hour of speech, put together as a session does it.
// With --feeling all of it is said with that feeling at full strength, which must change nothing.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>

#include "actors/avatar/face_animator.hpp"
#include "actors/avatar/lip_aperture.hpp"
#include "actors/session/media_assembler.hpp"
#include "actors/speech/piper_voice.hpp"
#include "benchmarks/support/report.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

constexpr int fps = 30;

const std::vector<std::string> sentences{"Hello, who are you?",
                                         "My name is Bob.",
                                         "Please give me the map.",
                                         "Peter Piper picked a peck of pickled peppers.",
                                         "Mama bought a big blue balloon.",
                                         "The bank problem became public in September.",
                                         "Five very fine foxes found a farm.",
                                         "The revenue rose by four percent.",
                                         "Maybe we can meet before breakfast?",
                                         "Bombs and bumps make people jump.",
                                         "A simple example may be better.",
                                         "I hope you are happy about that.",
                                         "She sells sea shells by the sea shore.",
                                         "What a wonderful world this might be!",
                                         "The market opened a little higher today.",
                                         "My mother made marmalade for me.",
                                         "Don't be afraid of the dark.",
                                         "Father and mother are far apart.",
                                         "Stop at the top of the shop.",
                                         "Back in March, the price was up.",
                                         "How much wood would a woodchuck chuck?",
                                         "The quick brown fox jumps over the lazy dog.",
                                         "Investors prefer bonds to cash.",
                                         "It may rain in the afternoon.",
                                         "Both of them have moved abroad.",
                                         "Robots improve our jobs.",
                                         "I would like a cup of coffee, please.",
                                         "Numbers must be believed.",
                                         "Can you help me with my homework?",
                                         "We remember the summer by the lamp.",
                                         "Apple and Amazon beat the market.",
                                         "Ambition is a problem for some.",
                                         "The chairman of the board is absent.",
                                         "Vivid voices have value.",
                                         "Far above the valley, a bird flew.",
                                         "Compound interest builds up slowly.",
                                         "Thank you very much for coming.",
                                         "Palm trees grow on the beach.",
                                         "Stamp the paper and sign below.",
                                         "He laughed at the bad joke.",
                                         "Honest people rarely complain.",
                                         "Do you want to know more about it?",
                                         "The oil price dropped to fifty dollars.",
                                         "Goodbye, and have a pleasant evening.",
                                         "Members may submit papers by Monday.",
                                         "I am sorry, I do not know that.",
                                         "Money moves the world.",
                                         "Maps of Europe hang above the lamp.",
                                         "Probably nobody noticed the bump.",
                                         "The first quarter was the best of all."};

struct tally {
  int closures = 0;
  int closed = 0;
  int contacts = 0;
  int touched = 0;
  int vowels = 0;
  std::vector<double> apex_frames;
};

double shown_at(std::size_t frame) { return (static_cast<double>(frame) + 0.5) * 24'000 / fps; }

void judge(const utterance& spoken, const std::vector<face_frame>& frames, tally& all) {
  double widest = 0;
  for (const auto& frame : frames) widest = std::max(widest, lip_aperture_mm(frame));
  for (const auto& phoneme : spoken.phonemes) {
    const auto v = viseme_of(phoneme.ipa).first;
    const auto first = static_cast<std::size_t>(phoneme.first_sample * fps / 24'000);
    const auto last = std::min(
        static_cast<std::size_t>((phoneme.last_sample * fps + 23'999) / 24'000), frames.size());
    if (first >= last) continue;
    if (v == viseme::PP) {
      double least = widest;
      for (auto i = first; i < last; ++i) least = std::min(least, lip_aperture_mm(frames[i]));
      ++all.closures;
      if (least < 0.1 * widest) ++all.closed;
    } else if (v == viseme::FF) {
      float rolled = 0;
      for (auto i = first; i < last; ++i) {
        rolled = std::max(rolled, frames[i][blendshape::mouthRollLower]);
      }
      ++all.contacts;
      if (rolled > 0.45f) ++all.touched;
    } else if (v == viseme::aa && !viseme_of(phoneme.ipa).is_glide() &&
               phoneme.last_sample - phoneme.first_sample >= 60 * 24) {
      auto apex = first;
      for (auto i = first; i < last; ++i) {
        if (frames[i][blendshape::jawOpen] > frames[apex][blendshape::jawOpen]) apex = i;
      }
      // Between two wider vowels the jaw only passes through this one.
      const auto jaw = frames[apex][blendshape::jawOpen];
      if ((apex > 0 && frames[apex - 1][blendshape::jawOpen] > jaw) ||
          (apex + 1 < frames.size() && frames[apex + 1][blendshape::jawOpen] > jaw)) {
        continue;
      }
      const auto middle = static_cast<double>(phoneme.first_sample + phoneme.last_sample) / 2;
      all.apex_frames.push_back(std::abs(shown_at(apex) - middle) * fps / 24'000);
      ++all.vowels;
    }
  }
}

// An hour of these utterances as one turn, in a session's own chunks.
double drift_over_an_hour(const std::vector<utterance>& spoken, const feelings& felt) {
  face_animator animator{{fps, 1.0, 1}};
  animator.begin_turn();
  media_assembler media{{fps, 6, true}};
  double worst = 0;
  std::int64_t samples = 0;
  for (std::size_t i = 0; samples < 3'600LL * speech_sample_rate; ++i) {
    const auto& clause = spoken[i % spoken.size()];
    const auto count = static_cast<std::int64_t>(clause.samples.size());
    media.add_clause("", shared_bytes::of(std::span<const std::int16_t>{clause.samples}), {});
    auto made = animator.append(samples, count, clause.phonemes, felt);
    samples += count;
    media.add_frames(made.first_frame, shared_bytes::of(std::span<const face_frame>{made.frames}),
                     {});
    while (const auto chunk = media.next()) {
      const auto frame_time = static_cast<double>(chunk->media.first_frame) / fps;
      const auto sample_time =
          static_cast<double>(chunk->media.first_sample) / static_cast<double>(speech_sample_rate);
      worst = std::max(worst, std::abs(frame_time - sample_time) * 1'000);
    }
  }
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Lip-sync against the synthesiser's own phoneme times"};
  std::string json;
  app.add_option("--json", json, "also write the figures to this file");
  std::string name;
  app.add_option("--feeling", name, "a feeling to say it with, at full strength")
      ->check(CLI::IsMember(std::vector<std::string>{feeling_names.begin(), feeling_names.end()}));
  CLI11_PARSE(app, argc, argv);
  feelings felt;
  for (std::size_t i = 0; i < feeling_count; ++i) felt.weights[i] = name == feeling_names[i];

  piper_options options;
  options.model = DHR_DEPS_DIR "/models/voice/piper-joe.onnx";
  options.tokens = DHR_DEPS_DIR "/models/voice/piper-joe.tokens.txt";
  auto voice = make_piper_voice(std::move(options), system_clock());
  if (!voice) {
    std::cerr << voice.assume_error().message << '\n';
    return 1;
  }
  tally all;
  std::vector<utterance> spoken;
  double animation_us = 0;
  std::size_t frame_count = 0;
  for (const auto& sentence : sentences) {
    auto made = voice.assume_value()->synthesize(sentence, {});
    if (!made) {
      std::cerr << sentence << ": " << made.assume_error().message << '\n';
      return 1;
    }
    spoken.push_back(std::move(made).assume_value());
    face_animator animator{{fps, 1.0, 1}};
    const auto begun = system_clock().now();
    animator.begin_turn();
    auto frames = animator
                      .append(0, static_cast<std::int64_t>(spoken.back().samples.size()),
                              spoken.back().phonemes, felt)
                      .frames;
    const auto rest = animator.finish().frames;
    animation_us += to_ms(system_clock().now() - begun) * 1'000;
    frames.insert(frames.end(), rest.begin(), rest.end());
    frame_count += frames.size();
    judge(spoken.back(), frames, all);
  }
  report figures{"lips"};
  const auto ratio = [](int part, int whole) { return whole == 0 ? 0.0 : double(part) / whole; };
  figures.figure("sentences", static_cast<double>(sentences.size()), "");
  figures.figure("closures", all.closures, "P B M");
  figures.figure("closure_ratio", ratio(all.closed, all.closures), "", "1.0");
  figures.figure("contact_ratio", ratio(all.touched, all.contacts), "", "1.0");
  figures.figure("open_vowels", all.vowels, "");
  figures.figure("apex_frames_p95", percentile(all.apex_frames, 0.95), "frames");
  figures.figure("apex_frames_max", percentile(all.apex_frames, 1.0), "frames", "at most 1");
  figures.figure("drift_ms", drift_over_an_hour(spoken, felt), "ms", "0");
  figures.figure("frame_us", animation_us / static_cast<double>(frame_count), "us");
  return figures.finish(json);
}
