#pragma once
// Moonshine through sherpa-onnx: English, sound of any length.

#include <functional>
#include <memory>
#include <string>

#include "actors/ears/transcriber.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct moonshine_options {
  std::string encoder;  // the prepared .onnx files
  std::string decoder;
  std::string tokens;              // "base64 id" a line
  int threads = 1;                 // of the model, 1 to 16; more help only on idle cores
  milliseconds margin{200};        // of what is around the words, kept on either side
  milliseconds padding{100};       // of quiet hiss, put before and after
  milliseconds piece_max{28'000};  // longer sound is heard piece by piece
  std::function<void()> loaded;    // called once, before it is warmed up; may be null
};

// Loads the model and warms it up (about a second). errc::not_found for a missing file,
// errc::invalid_argument for an option, errc::failed for a model that does not load.
[[nodiscard]] result<std::unique_ptr<transcriber>> make_moonshine(moonshine_options options);

}  // namespace dhr
