// The emotion net on one thread: how long does a sentence take, and what do many at once save?
//
//   sentence_ms_p50          a sentence of 16 words, text to probabilities
//   sentence_ms_p99          the same; nothing else should run beside it
//   short_ms_p50             four words
//   long_ms_p50              45 words, which fill the net
//   batched_sentence_ms_p50  a sentence's share of 64 that are given together, 16 words each
//   shared_sentence_ms_p50   the same by two threads, as a node's reader does it
//   net_gain_64              sentence_ms_p50 by that; of conversations, see bench_emotion_service
//   pieces_us_p50            the word pieces of 16 words alone
//   load_ms                  reading the files

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "actors/emotion/emotion_net_adapter.hpp"
#include "benchmarks/support/report.hpp"
#include "gpu/nets/emotion_net.hpp"
#include "gpu/nets/word_pieces.hpp"
#include "runtime/base/clock.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

const std::string folder = DHR_DEPS_DIR "/models/emotion";

// Sixteen words each, of different letters.
const std::vector<std::string> sentences{
    "I really did not expect that you would remember my birthday after all of these years.",
    "Your portfolio lost a little over two percent this week, mostly because oil prices fell "
    "again.",
    "That was the funniest story that anybody has told me since we moved to this town.",
    "Please tell me what happened to the package which should have arrived here on Monday morning.",
    "We are very proud of the whole team, because nobody believed that this could ever work.",
    "It makes me sad to hear that the old cinema near the station closes next month.",
    "Could you explain to me once more why the second option would be better for us?",
    "He was afraid that the doctor would call and say that something was wrong with him.",
};

template <class T>
T value_or_exit(result<T> given) {
  if (given) return std::move(given).assume_value();
  std::cerr << given.assume_error().message << '\n';
  std::exit(1);
}

template <class Work>
double took_ms(Work work) {
  const auto begun = system_clock().now();
  work();
  return to_ms(system_clock().now() - begun);
}

std::vector<double> one_by_one(const emotion_net& net, const std::vector<std::string>& texts,
                               int rounds) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& text : texts) {
      times.push_back(took_ms([&] { (void)net.probabilities(text); }));
    }
  }
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The emotion net"};
  std::string json;
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  std::shared_ptr<const emotion_net> net;
  const auto load_ms = took_ms([&] { net = value_or_exit(emotion_net::load(folder)); });
  (void)one_by_one(*net, sentences, 2);  // the caches are warm, as in a conversation
  report figures{"emotion_speed"};

  const auto alone = one_by_one(*net, sentences, 50);
  figures.figure("sentence_ms_p50", percentile(alone, 0.5), "ms", "at most 8");
  figures.figure("sentence_ms_p99", percentile(alone, 0.99), "ms");
  figures.figure("short_ms_p50", percentile(one_by_one(*net, {"That is so sad."}, 200), 0.5), "ms");
  const auto longest = sentences[0] + " " + sentences[1] + " " + sentences[2];
  figures.figure("long_ms_p50", percentile(one_by_one(*net, {longest}, 100), 0.5), "ms");

  std::vector<std::string> many;
  for (std::size_t i = 0; i < 64; ++i) many.push_back(sentences[i % sentences.size()]);
  std::vector<double> shares;
  for (int round = 0; round < 15; ++round) {
    shares.push_back(took_ms([&] { (void)net->probabilities(many); }) / 64);
  }
  figures.figure("batched_sentence_ms_p50", percentile(shares, 0.5), "ms");

  const auto reader = make_net_reader(net, 1, 2);
  std::vector<double> shared;
  for (int round = 0; round < 15; ++round) {
    shared.push_back(took_ms([&] { (void)reader->read(many); }) / 64);
  }
  figures.figure("shared_sentence_ms_p50", percentile(shared, 0.5), "ms");
  figures.figure("net_gain_64", percentile(alone, 0.5) / percentile(shared, 0.5), "x");

  const auto pieces = value_or_exit(word_pieces::load(folder + "/vocab.txt"));
  std::vector<double> pieces_us;
  for (int round = 0; round < 200; ++round) {
    const auto& text = sentences[static_cast<std::size_t>(round) % sentences.size()];
    pieces_us.push_back(1'000 * took_ms([&] { (void)pieces->ids(text, emotion_net::tokens_max); }));
  }
  figures.figure("pieces_us_p50", percentile(pieces_us, 0.5), "us");
  figures.figure("load_ms", load_ms, "ms");
  return figures.finish(json);
}
