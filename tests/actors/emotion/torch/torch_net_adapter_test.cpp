// The net by libtorch as a reader: what it reads is what the plain net's reader reads.

#include "actors/emotion/torch_net_adapter.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "actors/emotion/calibration.hpp"
#include "actors/emotion/emotion_net_adapter.hpp"

using namespace dhr;

namespace {

const std::string folder = std::string{DHR_DEPS_DIR} + "/models/emotion";

const std::vector<std::string> texts{"I am so glad that you came.", "What a pity.",
                                     "Could you tell me why it was closed?"};

}  // namespace

TEST_CASE("torch's reader has the scores of the plain one, with the temperature of a calibration") {
  auto net = torch_emotion_net::load(folder, {}, {});
  REQUIRE(net);
  const auto plain = emotion_net::load(folder);
  REQUIRE(plain);
  const auto reader = make_torch_reader(std::move(net).value(), 1.5);
  const auto read = reader->read(texts);
  const auto expected = make_net_reader(plain.value(), 1.5, 1)->read(texts);
  REQUIRE(read);
  REQUIRE(expected);
  REQUIRE(read.value().size() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t k = 0; k < emotion_label_count; ++k) {
      CHECK(read.value()[i].values[k] == Approx(expected.value()[i].values[k]).margin(1e-3));
    }
  }
}

TEST_CASE("torch's reader knows how many tokens of a sentence it reads") {
  auto net = torch_emotion_net::load(folder, {}, {});
  REQUIRE(net);
  const auto expected = net.value()->length_of(texts[0]);
  CHECK(expected > 7);
  CHECK(make_torch_reader(std::move(net).value(), 1)->length_of(texts[0]) == expected);
}
