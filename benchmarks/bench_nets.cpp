// The small nets of the ears, on one thread: what does one run cost, and how many conversations
// could a core listen to?
//
//   voice_run_us        the voice activity net, one chunk of 32 ms (median over the reference)
//   voice_cores_of_200  what 200 conversations that listen all the time take of one core
//   features_ms         the log-mel features of 8 s of sound (median)
//   turn_end_ms         the turn end net, features included (median)

#include <CLI/CLI.hpp>
#include <iostream>

#include "benchmarks/support/report.hpp"
#include "gpu/nets/turn_end_net.hpp"
#include "gpu/nets/voice_activity_net.hpp"
#include "gpu/nets/weights_file.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

const std::string folder = DHR_DEPS_DIR "/models/nets/";

template <class T>
T value_or_exit(result<T> given) {
  if (given) return std::move(given).assume_value();
  std::cerr << given.assume_error().message << '\n';
  std::exit(1);
}

void measure_voice(const weights_file& reference, report& figures) {
  const auto net = value_or_exit(voice_activity_net::load(folder + "silero-vad.weights"));
  const auto& samples = value_or_exit(reference.find("voice.samples"))->values;
  const auto chunks = samples.size() / voice_activity_net::chunk_samples;
  std::vector<double> took_us;
  for (int round = 0; round < 20; ++round) {
    voice_activity_state state;
    for (std::size_t i = 0; i < chunks; ++i) {
      const auto chunk = std::span{samples}.subspan(i * 512).first<512>();
      const auto begun = system_clock().now();
      net->run(state, chunk);
      took_us.push_back(to_ms(system_clock().now() - begun) * 1'000);
    }
  }
  const auto median = percentile(took_us, 0.5);
  constexpr double runs_a_second = 200.0 * voice_activity_net::sample_rate / 512;
  figures.figure("voice_run_us", median, "us", "at most 100");
  figures.figure("voice_run_us_p99", percentile(took_us, 0.99), "us");
  figures.figure("voice_cores_of_200", median * runs_a_second / 1e6, "cores", "at most 0.7");
}

void measure_turn_end(const weights_file& reference, report& figures) {
  const auto net = value_or_exit(turn_end_net::load(folder + "smart-turn.weights"));
  std::vector<double> features_ms;
  std::vector<double> took_ms;
  for (int round = 0; round < 5; ++round) {
    for (const auto& [name, tensor] : reference.tensors()) {
      if (!name.starts_with("turn.") || !name.ends_with(".samples")) continue;
      auto begun = system_clock().now();
      const auto features = log_mel(tensor.values);
      features_ms.push_back(to_ms(system_clock().now() - begun));
      begun = system_clock().now();
      (void)net->turn_end_probability(tensor.values);
      took_ms.push_back(to_ms(system_clock().now() - begun));
    }
  }
  figures.figure("features_ms", percentile(features_ms, 0.5), "ms");
  figures.figure("turn_end_ms", percentile(took_ms, 0.5), "ms", "at most 120");
  figures.figure("turn_end_ms_p99", percentile(took_ms, 0.99), "ms");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The small nets of the ears"};
  std::string json;
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  const auto reference = value_or_exit(weights_file::read(folder + "nets-reference.bin"));
  report figures{"nets"};
  measure_voice(reference, figures);
  measure_turn_end(reference, figures);
  return figures.finish(json);
}
