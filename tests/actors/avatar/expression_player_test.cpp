#include "actors/avatar/expression_player.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace dhr;

namespace {

// Each expression moves a shape of its own, so that a level can be read off the pose.
std::shared_ptr<const expression_library> legible_library() {
  expression_set set;
  for (std::size_t i = 0; i < feeling_count; ++i) {
    expression one{.name = std::string{feeling_names[i]}};
    one.pose[i] = 1;
    one.onset_s = 0.4;
    one.hold_s = 1.0;
    one.decay_s = 0.8;
    one.linger = 0.5f;
    set.expressions.push_back(one);
  }
  set.expressions[static_cast<std::size_t>(feeling::surprise)].onset_s = 0.1;
  set.expressions[static_cast<std::size_t>(feeling::concern)].decay_s = 2.0;
  return std::make_shared<const expression_library>(std::move(set));
}

struct bench {
  expression_player player;

  explicit bench(double blend_speed = 0.3) : player{legible_library(), blend_speed} {}

  void feel(double at_s, std::vector<std::pair<feeling, float>> wanted,
            std::optional<double> within_s = {}) {
    expression_change change{at_s, {}, within_s};
    for (const auto& [one, weight] : wanted) {
      change.wanted.push_back({static_cast<std::size_t>(one), weight});
    }
    player.change(change);
  }
  double level(double at_s, feeling one = feeling::joy) {
    return double(player.at(at_s).pose[static_cast<std::size_t>(one)]);
  }
};

}  // namespace

TEST_CASE("an expression comes in its onset, holds, and leaves what lingers") {
  bench b{1.0};
  b.feel(1, {{feeling::joy, 1}});
  CHECK(b.level(1) == 0);
  CHECK(b.level(1.2) == Approx(0.5));
  CHECK(b.level(1.4) == Approx(1));
  CHECK(b.level(2.3) == Approx(1));
  CHECK(b.level(2.8) == Approx(0.75));
  CHECK(b.level(3.2) == Approx(0.5));
  CHECK(b.level(60) == Approx(0.5));
}

TEST_CASE("an expression fades in its decay when the feeling is over, and is gone for good") {
  bench b{1.0};
  b.feel(0, {{feeling::joy, 1}});
  b.feel(1, {});
  CHECK(b.level(1) == Approx(1));
  CHECK(b.level(1.4) == Approx(0.5));
  CHECK(b.level(1.8) == 0);
  CHECK(b.player.at(60).pose == face_pose{});
  CHECK(b.player.at(60).life == mood{});
}

TEST_CASE("at 30 frames a second the face goes the blend speed's share of its way each frame") {
  for (const double speed : {0.05, 0.3, 0.8}) {
    bench b{speed};
    b.feel(0, {{feeling::joy, 1}});
    // The stroke has arrived and holds; what is left is the lag.
    auto left = 1 - b.level(0.5);
    for (int frame = 1; frame <= 20; ++frame) {
      const auto now = 1 - b.level(0.5 + frame / 30.0);
      CHECK(now == Approx(left * (1 - speed)).margin(1e-6));
      left = now;
    }
  }
}

TEST_CASE("a moment's face does not depend on the frame rate or on what was asked before") {
  const auto told = [] {
    bench b;
    b.feel(0.13, {{feeling::joy, 0.9f}, {feeling::concern, 0.2f}});
    b.feel(0.71, {{feeling::surprise, 1}});
    b.feel(1.02, {{feeling::concern, 0.6f}, {feeling::surprise, 0.3f}});
    b.feel(4.9, {});
    return b;
  };
  auto reference = told();
  std::vector<face_pose> at_tenths;
  for (int i = 0; i < 80; ++i) at_tenths.push_back(reference.player.at(i / 10.0).pose);
  for (const int fps : {10, 30, 50, 120}) {
    auto b = told();
    for (int frame = 0; frame < 8 * fps; ++frame) {
      const auto pose = b.player.at(double(frame) / fps).pose;
      if (frame * 10 % fps != 0) continue;
      for (std::size_t i = 0; i < feeling_count; ++i) {
        INFO(fps << " fps, frame " << frame << ", " << feeling_names[i]);
        CHECK(pose[i] ==
              Approx(at_tenths[static_cast<std::size_t>(frame * 10 / fps)][i]).margin(1e-6));
      }
    }
  }
}

TEST_CASE("levels stay in range, sum to one face at most, and never jump") {
  for (const double speed : {0.01, 0.1, 0.3, 0.9}) {
    std::mt19937 random{5};
    const auto chance = [&] { return static_cast<float>(random() % 1'000) / 999; };
    bench b{speed};
    double at = 0;
    for (int sentence = 0; sentence < 200; ++sentence) {
      std::vector<std::pair<feeling, float>> wanted;
      for (std::size_t i = 0; i < feeling_count; ++i) {
        if (random() % 2 == 0) wanted.emplace_back(static_cast<feeling>(i), chance());
      }
      b.feel(at, wanted, random() % 5 == 0 ? std::optional{0.3} : std::nullopt);
      at += 0.05 + 4 * double(chance());
    }
    face_pose before{};
    for (double t = 0; t < at; t += 0.01) {
      const auto pose = b.player.at(t).pose;
      float sum = 0;
      for (std::size_t i = 0; i < feeling_count; ++i) {
        REQUIRE(pose[i] >= 0);
        sum += pose[i];
        // The steepest is surprise: 1.5 / 0.1 s.
        REQUIRE(std::abs(pose[i] - before[i]) < 0.2f);
      }
      REQUIRE(sum < 1.0001f);
      before = pose;
    }
  }
}

TEST_CASE("the same feeling goes on from clause to clause, another strength begins anew") {
  bench b{1.0};
  b.feel(0, {{feeling::joy, 0.8f}});
  b.feel(3, {{feeling::joy, 0.82f}});
  CHECK(b.level(3.4) == Approx(0.4));
  b.feel(4, {{feeling::joy, 0.5f}});
  CHECK(b.level(4.4) == Approx(0.5));
  CHECK(b.level(8) == Approx(0.25));
}

TEST_CASE("feelings that are there at once share the face") {
  bench b{1.0};
  b.feel(0, {{feeling::joy, 0.5f}, {feeling::surprise, 0.3f}});
  CHECK(b.level(0.5, feeling::joy) == Approx(0.5));
  CHECK(b.level(0.5, feeling::surprise) == Approx(0.3));
  b.feel(6, {{feeling::joy, 1}, {feeling::surprise, 1}});
  CHECK(b.level(6.9, feeling::joy) == Approx(0.5));
  CHECK(b.level(6.9, feeling::surprise) == Approx(0.5));
}

TEST_CASE("within a given time the face arrives exactly and stays") {
  bench b{0.1};
  b.feel(0, {{feeling::joy, 1}});
  b.feel(0.5, {{feeling::concern, 0.25f}}, 0.6);
  const auto at_change = b.level(0.5);
  CHECK(b.level(0.8) == Approx(at_change / 2));
  CHECK(b.level(1.1) == 0);
  CHECK(b.level(1.2, feeling::concern) == 0.25);
  CHECK(b.level(60, feeling::concern) == 0.25);
}

TEST_CASE("changes to come can be forgotten, and the longest decay counts them") {
  bench b;
  CHECK(b.player.decay_s() == 0);
  b.feel(0, {{feeling::joy, 1}});
  (void)b.level(0.1);
  CHECK(b.player.decay_s() == Approx(0.8));
  b.feel(5, {{feeling::concern, 1}});
  CHECK(b.player.decay_s() == Approx(2.0));
  b.player.forget_changes();
  CHECK(b.level(9, feeling::concern) == 0);
  CHECK(b.level(9) > 0.4);
}

TEST_CASE("what is not a weight is taken for none, and too much for all") {
  bench b{1.0};
  b.feel(0, {{feeling::joy, 7}, {feeling::concern, std::nanf("")}, {feeling::surprise, -1}});
  CHECK(b.level(1) == Approx(1));
  CHECK(b.level(1, feeling::concern) == 0);
  CHECK(b.level(1, feeling::surprise) == 0);
}

TEST_CASE("another library takes over levels and changes to come by name") {
  bench b{1.0};
  b.feel(0, {{feeling::joy, 1}});
  b.feel(2, {{feeling::concern, 1}});
  CHECK(b.level(1) == Approx(1));
  // The same five in another order, each with a shape further on.
  expression_set set = b.player.library().set();
  std::reverse(set.expressions.begin(), set.expressions.end());
  for (std::size_t i = 0; i < feeling_count; ++i) {
    set.expressions[i].pose = {};
    set.expressions[i].pose[10 + i] = 0.5f;
  }
  b.player.use(std::make_shared<const expression_library>(set));
  CHECK(b.player.at(1).pose[14] == Approx(0.5));
  CHECK(b.player.at(6).pose[10] == Approx(0.5 * 0.5));
  CHECK(b.player.at(6).pose[14] == 0);
}
