#pragma once
// The net that reads emotion, from its files, and its readers for each device.

#include <filesystem>
#include <memory>

#include "actors/emotion/emotion_model.hpp"
#include "runtime/base/config.hpp"

namespace dhr {

// The cards that this process can use. Asks the driver.
[[nodiscard]] device_stock devices_in_stock();

struct emotion_model_files {
  std::filesystem::path folder;       // with emotion.weights and vocab.txt
  std::filesystem::path calibration;  // a file of dhr calibrate emotion; empty: the net's own
};

struct emotion_reader_limits {
  std::size_t threads = 2;       // that share a large batch on the CPU
  double memory_fraction = 0.8;  // of a card's memory
  std::size_t batch_size = 64;   // of a card
};

// What is in the files now: each is read once, and the hash is of the bytes that were taken. Blocks
// for a fifth of a second. An error says which file is missing or damaged, and what to do. A card's
// reader takes the weights from the folder again; an error says if they are others by then.
[[nodiscard]] result<std::shared_ptr<const emotion_model>> open_emotion_model(
    const emotion_model_files& files, const emotion_reader_limits& limits);

// The same for a model that is in force and was opened by one of the two functions: null if nothing
// of its files has changed. An error if they change meanwhile.
[[nodiscard]] result<std::shared_ptr<const emotion_model>> reopen_emotion_model(
    const emotion_model_files& files, const emotion_reader_limits& limits,
    const emotion_model& running);

}  // namespace dhr
