#include "actors/ears/audio_file_adapter.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "actors/ears/sound_samples.hpp"
#include "actors/ears/stream_resampler_adapter.hpp"
#include "actors/speech/types.hpp"

namespace dhr {
namespace {

constexpr int channels_max = 8;
constexpr int rate_min = 4'000;
constexpr int rate_max = 192'000;
constexpr sf_count_t block_frames = 4'096;

auto refuse(const std::string& why) {
  return fail(errc::invalid_argument, why + "; " + std::string{audio_files_read} + " are read");
}

// libsndfile knows two dozen formats more, and takes what it cannot name for one of them.
bool looks_like_audio(std::string_view bytes) {
  const auto at = [&](std::size_t place, std::string_view mark) {
    return bytes.size() >= place + mark.size() && bytes.substr(place, mark.size()) == mark;
  };
  const auto byte = [&](std::size_t place) {
    return place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0U;
  };
  const bool mpeg_frame = byte(0) == 0xffU && (byte(1) & 0xe0U) == 0xe0U;
  return (at(0, "RIFF") && at(8, "WAVE")) || at(0, "fLaC") || at(0, "OggS") || at(0, "ID3") ||
         mpeg_frame;
}

bool is_read(int format) {
  switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_FLAC:
    case SF_FORMAT_OGG:
    case SF_FORMAT_MPEG:
      return true;
    default:
      return false;
  }
}

// A file that lies in memory, for libsndfile's callbacks.
struct memory_file {
  std::string_view bytes;
  sf_count_t place = 0;

  sf_count_t size() const { return static_cast<sf_count_t>(bytes.size()); }
};

memory_file& file_of(void* user) { return *static_cast<memory_file*>(user); }

sf_count_t length_of(void* user) { return file_of(user).size(); }

sf_count_t tell(void* user) { return file_of(user).place; }

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  auto& file = file_of(user);
  const auto from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.place : file.size();
  // No sum before it is known to fit: a header may hold any number.
  if (offset < -from || offset > file.size() - from) return -1;
  file.place = from + offset;
  return file.place;
}

sf_count_t read(void* to, sf_count_t count, void* user) {
  auto& file = file_of(user);
  const auto there = std::clamp<sf_count_t>(count, 0, file.size() - file.place);
  if (there > 0) {
    std::memcpy(to, file.bytes.data() + file.place, static_cast<std::size_t>(there));
  }
  file.place += there;
  return there;
}

sf_count_t write(const void*, sf_count_t, void*) { return 0; }

struct closer {
  void operator()(SNDFILE* file) const noexcept { sf_close(file); }
};

// Mono sound at its own rate -> int16 at speech_sample_rate.
class intake {
 public:
  static result<intake> make(int rate) {
    if (rate == speech_sample_rate) return intake{std::nullopt};
    DHR_TRY(auto resampler, stream_resampler::make(rate, static_cast<int>(speech_sample_rate)));
    return intake{std::move(resampler)};
  }

  result<void> add(std::span<const float> mono) {
    if (!resampler_) {
      append_int16(mono, samples_);
      return ok();
    }
    resampled_.clear();
    DHR_TRY(resampler_->process(mono, resampled_));
    append_int16(resampled_, samples_);
    return ok();
  }

  result<std::vector<std::int16_t>> finish() {
    if (resampler_) {
      resampled_.clear();
      DHR_TRY(resampler_->flush(resampled_));
      append_int16(resampled_, samples_);
    }
    return std::move(samples_);
  }

 private:
  explicit intake(std::optional<stream_resampler> resampler) : resampler_{std::move(resampler)} {}

  std::optional<stream_resampler> resampler_;
  std::vector<float> resampled_;
  std::vector<std::int16_t> samples_;
};

// The mean of each frame's channels. Files of floats may hold what is no number: silence.
void mix_down(std::span<const float> frames, std::size_t channels, std::vector<float>& mono) {
  mono.resize(frames.size() / channels);
  for (std::size_t i = 0; i < mono.size(); ++i) {
    float sum = 0;
    for (std::size_t channel = 0; channel < channels; ++channel) {
      sum += frames[i * channels + channel];
    }
    const float mean = sum / static_cast<float>(channels);
    mono[i] = std::isfinite(mean) ? mean : 0.0F;
  }
}

}  // namespace

result<std::vector<std::int16_t>> read_audio_file(std::string_view bytes) {
  if (bytes.empty()) return refuse("the audio is empty");
  if (!looks_like_audio(bytes)) return refuse("this is not a file of audio");
  memory_file file{bytes};
  SF_VIRTUAL_IO io{length_of, seek, read, write, tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, closer> sound{sf_open_virtual(&io, SFM_READ, &info, &file)};
  if (!sound || !is_read(info.format)) return refuse("the file of audio cannot be read");
  if (info.channels < 1 || info.channels > channels_max) {
    return refuse("the audio has " + std::to_string(info.channels) + " channels; at most " +
                  std::to_string(channels_max) + " are mixed");
  }
  if (info.samplerate < rate_min || info.samplerate > rate_max) {
    return refuse("the audio has " + std::to_string(info.samplerate) +
                  " samples a second; 4000 to 192000 are read");
  }
  // The frames that the header promises may be none of its own; they are counted as they come.
  const auto frames_max = std::chrono::seconds{audio_file_max}.count() * info.samplerate;
  const auto channels = static_cast<std::size_t>(info.channels);
  DHR_TRY(auto taken, intake::make(info.samplerate));
  std::vector<float> block(static_cast<std::size_t>(block_frames) * channels);
  std::vector<float> mono;
  sf_count_t frames = 0;
  while (true) {
    const auto got = sf_readf_float(sound.get(), block.data(), block_frames);
    if (got <= 0) break;
    frames += got;
    if (frames > frames_max) {
      return refuse("the audio is longer than " + std::to_string(audio_file_max.count()) +
                    " minutes");
    }
    mix_down({block.data(), static_cast<std::size_t>(got) * channels}, channels, mono);
    DHR_TRY(taken.add(mono));
  }
  if (frames == 0) return refuse("the file of audio holds no sound");
  return taken.finish();
}

}  // namespace dhr
