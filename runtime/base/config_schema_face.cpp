// The keys of the face and of the devices.

#include "runtime/base/config_binding.hpp"
#include "runtime/base/config_schema_parts.hpp"

namespace dhr {

using namespace binding;

std::vector<config_key> face_keys() {
  std::vector<config_key> keys{
      text(DHR_KEY(avatar.model), one_name, "Which head the page shows.").without_effect(),
      pixels(DHR_KEY(avatar.resolution), 16, 16'384, "Size of the picture.").without_effect(),
      number(DHR_KEY(avatar.fps), 10, 120, "frames/s",
             "Frames of the face; must divide 24000 (the samples of a second), and chunk_ms must "
             "hold a whole number of them: 20, 25, 30, 40, 50 or 60 with 200 ms."),
      text(DHR_KEY(avatar.expressions), file_or_none,
           "What each feeling looks like: a file such as config/expressions.yml, whose head tells "
           "how to change it; what it leaves out stays as it is there. Read again at SIGHUP. "
           "Empty: as shipped."),
      real(DHR_KEY(avatar.emotion_blend_speed), 0.01, 1.0, "",
           "How far the face goes towards what an expression asks for per frame, at 30 frames a "
           "second and in that time at any other rate; 1.0 is at once."),
      real(DHR_KEY(avatar.lip_strength), 0.0, 2.0, "",
           "How widely the mouth moves; lips that must close close with any value."),
      number(DHR_KEY(avatar.seed), 0, 9'007'199'254'740'991, "",
             "Chance of blinks and small movements, so that they repeat; 0: each conversation its "
             "own."),
      number(DHR_KEY(avatar.chunk_ms), 20, 1'000, "ms", "Sound and frames that are sent together."),
      number(DHR_KEY(avatar.run_ahead_ms), 100, 30'000, "ms",
             "How far the server sends ahead of what is heard; at least twice chunk_ms. Much "
             "wastes work at interruptions, little makes gaps on bad networks."),

      flag(DHR_KEY(audio2face.enabled), "Whether an Audio2Face-3D server animates the face.")
          .without_effect(),
      text(DHR_KEY(audio2face.server), host_and_port,
           "Address of the server. The variable AUDIO2FACE_SERVER sets it too.")
          .without_effect(),
      text(DHR_KEY(audio2face.version), one_name, "Version of its interface.").without_effect(),
      choice(DHR_KEY(audio2face.quality), {"low", "medium", "high"}, "Quality of its animation.")
          .without_effect(),
      flag(DHR_KEY(audio2face.enable_eye_tracking), "Whether it moves the eyes.").without_effect(),
      flag(DHR_KEY(audio2face.enable_wrinkle_maps), "Whether it makes wrinkles.").without_effect(),

      flag(DHR_KEY(emotions.enabled),
           "Whether what is said, and what the user says, is read for what it expresses."),
      text(DHR_KEY(emotions.model), file_path,
           "The folder of the net that reads it. A relative path is below deps_dir/models."),
      text(DHR_KEY(emotions.calibration), file_or_none,
           "A file that dhr calibrate emotion wrote. Empty: the net's own calibration."),
      number(DHR_KEY(emotions.queue_max), 1, 10'000, "",
             "Clauses of all conversations that may wait to be read."),
      number(DHR_KEY(emotions.batch_max), 1, 256, "", "Most clauses that are read at once."),
      number(DHR_KEY(emotions.threads), 1, 64, "", "Threads that share a large batch."),
      number(DHR_KEY(emotions.wait_max_ms), 0, 50, "ms",
             "How long a clause waits for others that can be read with it."),
      real(DHR_KEY(emotions.joy_threshold), 0.0, 1.0, "", "The weight from which joy counts."),
      real(DHR_KEY(emotions.confidence_threshold), 0.0, 1.0, "",
           "The weight from which confidence counts."),
      real(DHR_KEY(emotions.surprise_threshold), 0.0, 1.0, "",
           "The weight from which surprise counts."),
      real(DHR_KEY(emotions.thoughtfulness_threshold), 0.0, 1.0, "",
           "The weight from which thoughtfulness counts."),
      real(DHR_KEY(emotions.concern_threshold), 0.0, 1.0, "",
           "The weight from which concern counts."),
      real(DHR_KEY(emotions.joy_max), 0.0, 1.0, "", "The most joy that is shown."),
      real(DHR_KEY(emotions.confidence_max), 0.0, 1.0, "", "The most confidence that is shown."),
      real(DHR_KEY(emotions.surprise_max), 0.0, 1.0, "", "The most surprise that is shown."),
      real(DHR_KEY(emotions.thoughtfulness_max), 0.0, 1.0, "",
           "The most thoughtfulness that is shown."),
      real(DHR_KEY(emotions.concern_max), 0.0, 1.0, "", "The most concern that is shown."),
  };
  return keys;
}

std::vector<config_key> gpu_keys() {
  return {
      text(DHR_KEY(gpu.device), compute_devices,
           "Which devices compute the nets that can be computed on a card, so far the one that "
           "reads emotion. auto: all cards of a program that was built with CUDA, else the CPU. A "
           "card that is named and not there stops the start. One that fails later is taken out, "
           "and the CPU stands in where no card is left."),
      real(DHR_KEY(gpu.memory_fraction), 0.05, 1.0, "",
           "Share of a card's memory that may be taken. Nothing for the CPU."),
      number(DHR_KEY(gpu.batch_size), 1, 1'024, "requests",
             "Most requests that a card computes at once; for the CPU see emotions.batch_max."),
  };
}

}  // namespace dhr
