// The net itself is tested in its own room: here, that shared batches come out as single ones.

#include "actors/emotion/emotion_net_adapter.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "actors/emotion/calibration.hpp"

using namespace dhr;

namespace {

std::shared_ptr<const emotion_net> loaded() {
  auto net = emotion_net::load(std::string{DHR_DEPS_DIR} + "/models/emotion");
  REQUIRE(net);
  return std::move(net).value();
}

std::vector<std::string> many(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back("I am so glad that number " + std::to_string(i) + " has come back to us");
  }
  return texts;
}

}  // namespace

TEST_CASE("a batch that threads share has the scores of its sentences one by one, in their order") {
  const auto net = loaded();
  const auto reader = make_net_reader(net, 1, 3);
  for (const std::size_t count : {1u, 7u, 16u, 33u}) {
    const auto texts = many(count);
    const auto read = reader->read(texts);
    REQUIRE(read);
    REQUIRE(read.value().size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto alone = net->probabilities(texts[i]);
      for (std::size_t k = 0; k < emotion_label_count; ++k) {
        REQUIRE(read.value()[i].values[k] == Approx(alone[k]).margin(1e-4));
      }
    }
  }
}

TEST_CASE("the temperature of a calibration is applied to what the net says") {
  const auto net = loaded();
  const auto texts = many(1);
  const auto plain = make_net_reader(net, 1, 1)->read(texts);
  const auto softer = make_net_reader(net, 2, 1)->read(texts);
  REQUIRE(plain);
  REQUIRE(softer);
  CHECK(softer.value()[0] == with_temperature(plain.value()[0], 2));
}
