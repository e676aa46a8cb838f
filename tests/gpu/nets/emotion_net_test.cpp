#include "gpu/nets/emotion_net.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "gpu/nets/sentence_encoder.hpp"
#include "gpu/nets/weights_file.hpp"

using namespace dhr;

namespace {

const std::filesystem::path folder = DHR_DEPS_DIR "/models/emotion";

struct sentence {
  std::string text;
  std::vector<token_id> ids;
  std::vector<float> probabilities;  // by numpy in double precision, adapters not merged
};

std::vector<sentence> reference() {
  auto read = weights_file::read(folder / "emotion-reference.bin");
  if (!read) FAIL(read.assume_error().message);
  const auto& file = read.assume_value();
  const auto values = [&](const std::string& name) { return file.find(name).value()->values; };
  std::vector<sentence> made;
  const std::string ending = ".text";
  for (const auto& [name, bytes] : file.tensors()) {
    if (!name.ends_with(ending)) continue;
    const auto stem = name.substr(0, name.size() - ending.size());
    auto& one = made.emplace_back();
    for (const auto byte : bytes.values) one.text += static_cast<char>(static_cast<int>(byte));
    for (const auto id : values(stem + ".ids")) one.ids.push_back(static_cast<token_id>(id));
    one.probabilities = values(stem + ".probabilities");
  }
  return made;
}

std::shared_ptr<const emotion_net> net() {
  static const auto loaded = [] {
    auto made = emotion_net::load(folder);
    if (!made) FAIL(made.assume_error().message);
    return made.assume_value();
  }();
  return loaded;
}

template <class One, class Other>
float distance(const One& one, const Other& other) {
  float worst = 0;
  for (std::size_t i = 0; i < emotion_labels.size(); ++i) {
    worst = std::max(worst, std::abs(one[i] - other[i]));
  }
  return worst;
}

std::string_view likeliest(const emotion_values& values) {
  const auto found = std::ranges::max_element(values) - values.begin();
  return emotion_labels[static_cast<std::size_t>(found)];
}

}  // namespace

TEST_CASE("sentences get the probabilities of the reference, one by one and together") {
  const auto sentences = reference();
  REQUIRE(sentences.size() > 80);
  std::vector<std::string> texts;
  for (const auto& one : sentences) texts.push_back(one.text);
  const auto together = net()->probabilities(texts);
  REQUIRE(together.size() == sentences.size());
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    INFO(sentences[i].text);
    CHECK(distance(together[i], sentences[i].probabilities) < 1e-3f);
    CHECK(distance(net()->probabilities(sentences[i].text), sentences[i].probabilities) < 1e-3f);
  }
}

TEST_CASE("plain sentences get the emotion that a reader sees") {
  CHECK(likeliest(net()->probabilities("Thank you so much, that is very kind of you!")) ==
        "gratitude");
  CHECK(likeliest(net()->probabilities("I am so sorry, please forgive me.")) == "remorse");
  CHECK(likeliest(net()->probabilities("I love you more than anything in the world.")) == "love");
  CHECK(likeliest(net()->probabilities("The train leaves at nine from platform two.")) ==
        "neutral");
  CHECK(likeliest(net()->probabilities("That is hilarious, I laughed until I cried.")) ==
        "amusement");
}

TEST_CASE("thresholds lie between nothing and certainty") {
  for (const auto threshold : net()->thresholds()) {
    CHECK(threshold > 0.01f);
    CHECK(threshold < 0.95f);
  }
}

TEST_CASE("no sentences have no probabilities") {
  CHECK(net()->probabilities(std::span<const std::string>{}).empty());
}

TEST_CASE("two threads share one emotion net without touching each other") {
  const std::string first = "I am scared of what the letter might say.";
  const std::string second = "What a beautiful piece of work, well done.";
  const auto expected_first = net()->probabilities(first);
  const auto expected_second = net()->probabilities(second);
  emotion_values beside{};
  std::thread other{[&, shared = net()] { beside = shared->probabilities(second); }};
  const auto here = net()->probabilities(first);
  other.join();
  CHECK(here == expected_first);
  CHECK(beside == expected_second);
}

TEST_CASE("an emotion net without its files says what to do") {
  const auto loaded = emotion_net::load(folder / "nowhere");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.assume_error().code == errc::not_found);
  CHECK(loaded.assume_error().message.find("./run --setup-only") != std::string::npos);
}

TEST_CASE("the encoder takes no sentence that is empty, too long or of unknown ids") {
  const auto file = weights_file::read(folder / "emotion.weights").value();
  const auto encoder = sentence_encoder::take(file).value();
  using ids = std::vector<token_id>;
  for (const auto& wrong :
       {ids{}, ids(sentence_encoder::tokens_max + 1, 101), ids{101, -1, 102}, ids{101, 30'522}}) {
    const std::vector<ids> given{{101, 102}, wrong};
    const auto encoded = encoder->encode(given);
    REQUIRE_FALSE(encoded);
    CHECK(encoded.assume_error().code == errc::invalid_argument);
  }
  CHECK(
      encoder->encode(std::vector<ids>{ids(sentence_encoder::tokens_max, 2'000)}).value().size() ==
      sentence_encoder::width);
}

TEST_CASE("a sentence's vector does not depend on its company") {
  const auto file = weights_file::read(folder / "emotion.weights").value();
  const auto encoder = sentence_encoder::take(file).value();
  std::vector<std::vector<token_id>> all;
  for (const auto& one : reference()) all.push_back(one.ids);
  const auto together = encoder->encode(all).value();
  REQUIRE(together.size() == all.size() * sentence_encoder::width);
  float worst = 0;
  for (std::size_t i = 0; i < all.size(); i += 7) {
    const auto alone = encoder->encode(std::span{all}.subspan(i, 1)).value();
    for (std::size_t k = 0; k < alone.size(); ++k) {
      worst = std::max(worst, std::abs(alone[k] - together[i * sentence_encoder::width + k]));
    }
  }
  CHECK(worst < 1e-4f);
}
