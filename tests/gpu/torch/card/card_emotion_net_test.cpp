// What only a card does: streams, graphs, and memory that does not suffice. In builds with CUDA
// only; hidden, since they need a card: test_torch "[cuda]" runs them.

#include <thread>

#include "tests/gpu/torch/sentences.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

constexpr compute_device card{device_kind::cuda, 0};

// Libraries may order their sums anew from run to run; another's sentence is much further away.
constexpr float same_net = 2e-3f;

std::unique_ptr<torch_emotion_net> warmed(const torch_net_options& options) {
  auto net = load(options, card);
  const auto done = net->warm_up();
  if (!done) FAIL(done.assume_error().message);
  return net;
}

torch_net_options without_graphs() {
  torch_net_options made;
  made.graphs = false;
  return made;
}

}  // namespace

TEST_CASE("each net on a card has a stream of its own, never the default one", "[.cuda]") {
  const auto one = load({}, card);
  const auto other = load({}, card);
  CHECK(one->stream() != 0);
  CHECK(other->stream() != 0);
  CHECK(one->stream() != other->stream());
}

TEST_CASE("the warm-up captures a graph for every size, and none without graphs", "[.cuda]") {
  const torch_net_options options;
  CHECK(warmed(options)->graph_count() == options.row_sizes.size() * options.lengths.size());
  CHECK(warmed(without_graphs())->graph_count() == 0);
}

TEST_CASE("graphs and single operations agree", "[.cuda]") {
  const auto graphs = warmed({});
  const auto single = warmed(without_graphs());
  const auto expected_of_all = read(*single, sentences());
  for (int round = 0; round < 3; ++round) {
    CHECK(distance(read(*graphs, sentences()), expected_of_all) < same_net);
  }
  for (std::size_t i = 0; i < sentences().size(); i += 9) {
    CHECK(distance(read(*graphs, {sentences()[i]}), read(*single, {sentences()[i]})) < same_net);
  }
}

TEST_CASE("a card in half precision, with graphs, is near the plain net", "[.cuda]") {
  CHECK(distance(read(*warmed({}), sentences()), expected()) < half_tolerance);
  CHECK(distance(read(*warmed(in_float()), sentences()), expected()) < 1e-3f);
}

TEST_CASE("a captured batch reads what is staged, not what was captured", "[.cuda]") {
  const auto net = warmed({});
  const auto first = read(*net, {"I love you more than anything."});
  const auto second = read(*net, {"The train leaves at nine."});
  CHECK(distance(first, second) > 0.1f);
  CHECK(distance(read(*net, {"I love you more than anything."}), first) < same_net);
}

TEST_CASE("two nets on two threads don't touch each other", "[.cuda]") {
  const auto one = warmed({});
  const auto other = warmed({});
  const std::vector<std::string> forward = sentences();
  const std::vector<std::string> backward{sentences().rbegin(), sentences().rend()};
  const auto expected_one = read(*one, forward);
  const auto expected_other = read(*other, backward);
  constexpr int rounds = 50;
  int unlike = 0;
  std::thread beside{[&] {
    for (int round = 0; round < rounds; ++round) {
      const auto found = other->probabilities(backward);
      if (!found || !(distance(found.assume_value(), expected_other) < same_net)) ++unlike;
    }
  }};
  int unlike_here = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto found = one->probabilities(forward);
    if (!found || !(distance(found.assume_value(), expected_one) < same_net)) ++unlike_here;
  }
  beside.join();
  CHECK(unlike == 0);
  CHECK(unlike_here == 0);
}

TEST_CASE("a net is captured while another one computes", "[.cuda]") {
  const auto busy = warmed({});
  const auto expected_of_all = read(*busy, sentences());
  std::unique_ptr<torch_emotion_net> captured;
  std::thread beside{[&] {
    auto made = torch_emotion_net::load(folder, card, {});
    if (made && made.assume_value()->warm_up()) captured = std::move(made).assume_value();
  }};
  int unlike = 0;
  for (int round = 0; round < 200; ++round) {
    const auto found = busy->probabilities(sentences());
    if (!found || !(distance(found.assume_value(), expected_of_all) < same_net)) ++unlike;
  }
  beside.join();
  CHECK(unlike == 0);
  REQUIRE(captured != nullptr);
  CHECK(distance(read(*captured, sentences()), expected_of_all) < same_net);
}

TEST_CASE("memory that does not suffice is told as overloaded, and is no end", "[.cuda]") {
  torch_net_options tiny;
  tiny.memory_fraction = 1e-5;
  const auto made = torch_emotion_net::load(folder, card, tiny);
  const auto again = torch_emotion_net::load(folder, card, {});  // gives the share back
  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == errc::overloaded);
  CHECK(made.assume_error().retry_after.has_value());
  REQUIRE(again);
  CHECK(distance(read(*again.assume_value(), sentences()), expected()) < half_tolerance);
}
