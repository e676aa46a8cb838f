// The emotion net by libtorch: what do batches, graphs and our kernels save on a card?
//
//   bench_torch_net DEVICE MODELS FILE.json
//
// For each way of computing, as one JSON object in the file's list "figures":
//   batch of 1         milliseconds, median and 99th of a hundred, text to probabilities
//   batches of 1 to 64 sentences a second, of 32 and of 64 tokens (as many as the buckets hold)
// and "two_nets_gain": the sentences a second of two nets on two threads by those of one. The
// machine's state is not touched; nothing else should run beside it.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "gpu/torch/torch_emotion_net.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;

template <class T>
T value_or_exit(result<T> given) {
  if (given) return std::move(given).assume_value();
  std::cerr << given.assume_error().message << '\n';
  std::exit(1);
}

std::unique_ptr<torch_emotion_net> warmed(const std::string& folder, const compute_device& device,
                                          const torch_net_options& options) {
  auto net = value_or_exit(torch_emotion_net::load(folder, device, options));
  const auto done = net->warm_up();
  if (!done) {
    std::cerr << done.assume_error().message << '\n';
    std::exit(1);
  }
  return net;
}

// Words until the text has so many tokens, two of which are the marks around it.
std::string text_of(std::size_t tokens) {
  static const std::vector<std::string> words{"we", "are", "so", "glad", "that", "you", "came"};
  std::string text;
  for (std::size_t i = 0; i + 2 < tokens; ++i) text += words[i % words.size()] + " ";
  return text;
}

double milliseconds_of(torch_emotion_net& net, const std::vector<std::string>& texts) {
  const auto begun = system_clock().now();
  (void)value_or_exit(net.probabilities(texts));
  return to_ms(system_clock().now() - begun);
}

struct spread {
  double p50;
  double p99;
};

spread latency(torch_emotion_net& net, std::size_t rows, std::size_t tokens, int rounds) {
  const std::vector<std::string> texts(rows, text_of(tokens));
  for (int i = 0; i < rounds / 10 + 1; ++i) (void)milliseconds_of(net, texts);
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) times.push_back(milliseconds_of(net, texts));
  std::ranges::sort(times);
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

struct way {
  const char* name;
  torch_net_options options;
};

std::vector<way> ways(bool is_card) {
  std::vector<way> made;
  const auto add = [&](const char* name, bool graphs, bool own_kernels) {
    torch_net_options options;
    options.graphs = graphs;
    options.own_kernels = own_kernels;
    made.push_back({name, options});
  };
  if (is_card) add("graphs", true, true);
  if (is_card) add("graphs_without_kernels", true, false);
  add("single_operations", false, true);
  add("single_operations_without_kernels", false, false);
  return made;
}

double two_nets_gain(const std::string& folder, const compute_device& device) {
  constexpr int rounds = 100;
  const std::vector<std::string> texts(8, text_of(32));
  const auto one = warmed(folder, device, {});
  const auto other = warmed(folder, device, {});
  const auto turn = [&](torch_emotion_net& net) {
    for (int i = 0; i < rounds; ++i) (void)milliseconds_of(net, texts);
  };
  turn(*one);
  turn(*other);
  auto begun = system_clock().now();
  turn(*one);
  const auto alone = to_ms(system_clock().now() - begun);
  begun = system_clock().now();
  std::thread beside{[&] { turn(*other); }};
  turn(*one);
  beside.join();
  return 2 * alone / to_ms(system_clock().now() - begun);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: bench_torch_net DEVICE MODELS FILE.json\n";
    return 2;
  }
  const auto device = value_or_exit(parse_compute_device(argv[1]));
  const std::string folder = argv[2];
  const bool is_card = device.kind == device_kind::cuda;
  const int rounds = is_card ? 100 : 5;
  std::ofstream file{argv[3]};
  file << "{\"figures\": [";
  const char* between = "";
  const auto figure = [&](const char* name, std::size_t rows, std::size_t tokens, spread took) {
    const auto each_second = 1'000 * static_cast<double>(rows) / took.p50;
    std::printf("%-34s %3zu x %2zu  p50 %8.3f ms  p99 %8.3f ms  %9.0f sentences/s\n", name, rows,
                tokens, took.p50, took.p99, each_second);
    std::fflush(stdout);
    file << between << "\n  {\"way\": \"" << name << "\", \"rows\": " << rows
         << ", \"tokens\": " << tokens << ", \"ms_p50\": " << took.p50
         << ", \"ms_p99\": " << took.p99 << ", \"sentences_per_s\": " << each_second << "}";
    between = ",";
  };
  for (const auto& [name, options] : ways(is_card)) {
    const auto net = warmed(folder, device, options);
    for (const std::size_t tokens : {16, 32, 64}) {
      for (const std::size_t rows : {1, 8, 32, 64}) {
        if (tokens == 16 && rows > 1) continue;
        figure(name, rows, tokens, latency(*net, rows, tokens, rounds));
      }
    }
  }
  file << "]";
  if (is_card) {
    const auto gain = two_nets_gain(folder, device);
    std::printf("two nets on two threads: %.2f times one\n", gain);
    file << ", \"two_nets_gain\": " << gain;
  }
  file << "}\n";
  return file.good() ? 0 : 1;
}
