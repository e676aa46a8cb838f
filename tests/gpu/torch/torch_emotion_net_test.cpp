// The emotion net by libtorch against the plain C++ one, on the device that DHR_TEST_DEVICE names.

#include "gpu/torch/torch_emotion_net.hpp"

#include <limits>

#include "tests/gpu/torch/sentences.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

torch_emotion_net& float_net() {
  static const auto made = load(in_float());
  return *made;
}

errc code_of(const torch_net_options& options) {
  const auto made = torch_emotion_net::load(folder, device_under_test(), options);
  REQUIRE_FALSE(made);
  return made.assume_error().code;
}

}  // namespace

TEST_CASE("row sizes are the powers of two below the most, and the most itself") {
  using sizes = std::vector<std::size_t>;
  CHECK(row_sizes_up_to(1) == sizes{1});
  CHECK(row_sizes_up_to(64) == sizes{1, 2, 4, 8, 16, 32, 64});
  CHECK(row_sizes_up_to(20) == sizes{1, 2, 4, 8, 16, 20});
}

TEST_CASE("torch gives the probabilities of the plain net") {
  REQUIRE(sentences().size() > 80);
  CHECK(distance(read(float_net(), sentences()), expected()) < float_tolerance);
}

TEST_CASE("half precision stays near the plain net") {
  const auto net = load(in_half());
  const auto found = read(*net, sentences());
  CHECK(distance(found, expected()) < half_tolerance);
  CHECK(distance(found, expected()) > 0);  // it is another precision indeed
}

TEST_CASE("the kernels and torch's own operations agree in both precisions") {
  for (auto options : {in_float(), in_half()}) {
    options.own_kernels = false;
    const auto net = load(options);
    const bool is_half = options.precision == net_precision::float16;
    CHECK(distance(read(*net, sentences()), expected()) <
          (is_half ? half_tolerance : float_tolerance));
  }
}

TEST_CASE("what a batch is padded to changes no sentence") {
  auto options = in_float();
  options.lengths = {64};
  options.row_sizes = {64};
  const auto padded = load(options);
  CHECK(distance(read(*padded, sentences()), read(float_net(), sentences())) < 1e-5f);
}

TEST_CASE("a sentence alone is what it is among others, and in its place") {
  const auto together = read(float_net(), sentences());
  for (std::size_t i = 0; i < sentences().size(); i += 5) {
    INFO(sentences()[i]);
    const auto alone = read(float_net(), {sentences()[i]});
    CHECK(distance(alone, {together[i]}) < 1e-5f);
  }
}

TEST_CASE("more sentences than a batch holds are computed in several") {
  auto options = in_float();
  options.row_sizes = {1, 3};
  options.lengths = {20, 64};
  const auto net = load(options);
  CHECK(distance(read(*net, sentences()), expected()) < float_tolerance);
}

TEST_CASE("a text that is too long is cut where the plain net cuts it") {
  std::string text = "I am so happy for you";
  for (int i = 0; i < 40; ++i) text += ", and a little sad as well";
  const auto plain = emotion_net::load(folder).value();
  CHECK(distance(read(float_net(), {text}), {plain->probabilities(text)}) < float_tolerance);
  CHECK(float_net().length_of(text) == emotion_net::tokens_max);
  CHECK(float_net().length_of("Thank you!") == 5);  // three pieces between two marks
}

TEST_CASE("the net is the same after its warm-up") {
  auto options = in_float();
  options.row_sizes = {1, 8};
  options.lengths = {16, 64};
  const auto net = load(options);
  const auto before = read(*net, sentences());
  const auto warmed = net->warm_up();
  if (!warmed) FAIL(warmed.assume_error().message);
  CHECK(distance(read(*net, sentences()), before) < 1e-5f);
}

TEST_CASE("no texts have no probabilities, and an empty text has some") {
  CHECK(read(float_net(), {}).empty());
  const auto plain = emotion_net::load(folder).value();
  CHECK(distance(read(float_net(), {""}), {plain->probabilities("")}) < float_tolerance);
}

TEST_CASE("the thresholds are those of the files") {
  CHECK(float_net().thresholds() == emotion_net::load(folder).value()->thresholds());
}

TEST_CASE("only a card has a stream and graphs") {
  const bool is_card = device_under_test().kind == device_kind::cuda;
  CHECK((float_net().stream() != 0) == is_card);
  CHECK(float_net().graph_count() == 0);  // it was not warmed up
}

TEST_CASE("options that make no sense are refused") {
  torch_net_options wrong;
  wrong.row_sizes = {};
  CHECK(code_of(wrong) == errc::invalid_argument);
  wrong.row_sizes = {0, 4};
  CHECK(code_of(wrong) == errc::invalid_argument);
  wrong.row_sizes = {8, 4};
  CHECK(code_of(wrong) == errc::invalid_argument);
  wrong = {};
  wrong.lengths = {};
  CHECK(code_of(wrong) == errc::invalid_argument);
  wrong.lengths = {1};
  CHECK(code_of(wrong) == errc::invalid_argument);
  wrong.lengths = {16, 1'000};
  CHECK(code_of(wrong) == errc::invalid_argument);
  for (const auto share : {0.0, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    wrong = {};
    wrong.memory_fraction = share;
    CHECK(code_of(wrong) == errc::invalid_argument);
  }
}

TEST_CASE("without its files the net says what to do") {
  const auto made = torch_emotion_net::load(folder / "nowhere", device_under_test(), {});
  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == errc::not_found);
  CHECK(made.assume_error().message.find("./run --setup-only") != std::string::npos);
}

TEST_CASE("a card that is not there is unavailable") {
  const compute_device missing{device_kind::cuda, torch_emotion_net::device_count()};
  const auto made = torch_emotion_net::load(folder, missing, {});
  REQUIRE_FALSE(made);
  CHECK(made.assume_error().code == errc::unavailable);
  CHECK(made.assume_error().where == to_string(missing));
}
