#pragma once
// How the face moves, what it expresses, and the devices that compute it.

#include <cstdint>
#include <string>

#include "runtime/base/settings_values.hpp"

namespace dhr::settings {

enum class face_quality : std::uint8_t { low, medium, high };

struct avatar {
  std::string model = "realistic_human_v2";
  image_size resolution;
  int fps = 30;
  std::string expressions;           // a file; empty: the shipped ones
  double emotion_blend_speed = 0.3;  // share of the way per frame at 30 frames/s
  double lip_strength = 1.0;
  std::uint64_t seed = 0;            // of blinks and small motion; 0: one per conversation
  milliseconds chunk_ms{200};        // sound and frames that go out together
  milliseconds run_ahead_ms{2'000};  // how far the server runs ahead of the sound
};

struct audio2face {
  bool enabled = false;
  std::string server = "localhost:50051";  // host:port
  std::string version = "3.0";
  face_quality quality = face_quality::high;
  bool enable_eye_tracking = true;
  bool enable_wrinkle_maps = true;
};

// What is felt. A threshold is the weight from which a feeling counts, a maximum the most of it
// that the persona shows.
struct emotions {
  bool enabled = true;
  std::string model = "emotion";  // a folder, see model_path
  std::string calibration;        // a file of dhr calibrate emotion; empty: the net's own
  int queue_max = 256;
  int batch_max = 64;
  int threads = 2;
  milliseconds wait_max_ms{4};  // for others to share a batch with
  double joy_threshold = 0.7;
  double confidence_threshold = 0.8;
  double surprise_threshold = 0.6;
  double thoughtfulness_threshold = 0.5;
  double concern_threshold = 0.5;
  double joy_max = 1.0;
  double confidence_max = 1.0;
  double surprise_max = 1.0;
  double thoughtfulness_max = 1.0;
  double concern_max = 1.0;
};

struct gpu {
  std::string device = "auto";  // or "cpu", "cuda:0", several separated by commas
  double memory_fraction = 0.8;
  int batch_size = 64;
};

}  // namespace dhr::settings
