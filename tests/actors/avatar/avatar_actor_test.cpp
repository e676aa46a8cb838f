#include "actors/avatar/avatar_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/deterministic_system.hpp"

using namespace dhr;

namespace {

struct bench {
  testing::deterministic_system<add_avatar_messages, add_speech_messages> world;
  std::vector<frames_ready> frames;
  std::vector<idle_ready> idle;
  avatar_client session = world.system.spawn([this]() -> avatar_client::behavior_type {
    return {[this](const frames_ready& x) { frames.push_back(x); },
            [this](const idle_ready& x) { idle.push_back(x); }};
  });
  avatar_actor avatar = spawn_avatar(world.system, session, {});

  template <class Message>
  void tell(Message message) {
    caf::anon_send(avatar, std::move(message));
    world.settle();
  }
  animate clause(std::uint64_t turn, std::uint32_t index, std::int64_t first, bool last = false) {
    return {{{"c"}, {1}, turn}, index, first, 24'000, {{"ɑ", 0, 24'000, true}}, last};
  }
  ~bench() {
    caf::anon_send_exit(avatar, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
  }
};

}  // namespace

TEST_CASE("each clause is answered with the frames that follow the ones before") {
  bench b;
  b.tell(b.clause(1, 0, 0));
  b.tell(b.clause(1, 1, 24'000, true));
  REQUIRE(b.frames.size() == 2);
  CHECK(b.frames[0].first_frame == 0);
  CHECK(b.frames[0].frames.as<face_frame>().size() == 30);
  CHECK(b.frames[1].first_frame == 30);
  CHECK(b.frames[1].frames.as<face_frame>().size() > 30);
  CHECK(b.frames[1].turn.number == 1);
}

TEST_CASE("a clause of an older turn is not answered") {
  bench b;
  b.tell(b.clause(2, 0, 0));
  b.tell(b.clause(1, 1, 24'000));
  CHECK(b.frames.size() == 1);
  b.tell(b.clause(3, 0, 0));
  REQUIRE(b.frames.size() == 2);
  CHECK(b.frames[1].first_frame == 0);
}

TEST_CASE("a clause of an older epoch is not answered, whatever its turn's number") {
  bench b;
  auto newer = b.clause(1, 0, 0);
  newer.turn.epoch.value = 2;
  b.tell(newer);
  b.tell(b.clause(7, 0, 0));
  REQUIRE(b.frames.size() == 1);
  CHECK(b.frames[0].turn.epoch.value == 2);
}

TEST_CASE("idle frames go on where the last ones ended") {
  bench b;
  b.tell(idle_request{30});
  b.tell(idle_request{30});
  REQUIRE(b.idle.size() == 2);
  CHECK(b.idle[1].first_frame == 30);
  CHECK(b.idle[1].frames.as<face_frame>().size() == 30);
}

TEST_CASE("a clause is said, and a rest spent, with the feeling that its message brings") {
  bench b;
  const auto smile = [](const shared_bytes& frames) {
    return frames.as<face_frame>().back()[blendshape::mouthSmileLeft];
  };
  b.tell(b.clause(1, 0, 0));
  auto glad = b.clause(1, 1, 24'000);
  glad.feeling[feeling::joy] = 1;
  b.tell(glad);
  REQUIRE(b.frames.size() == 2);
  CHECK(smile(b.frames[0].frames) == 0);
  CHECK(smile(b.frames[1].frames) > 0.2f);
  b.tell(idle_request{60});
  b.tell(idle_request{60, glad.feeling});
  REQUIRE(b.idle.size() == 2);
  CHECK(smile(b.idle[0].frames) == 0);
  CHECK(smile(b.idle[1].frames) > 0.4f);
}

TEST_CASE("the avatar's messages arrive unchanged at another node") {
  bench b;
  const auto same = [&](auto message) {
    return testing::round_trip(b.world.system, message) == message;
  };
  auto felt = b.clause(3, 2, 48'000, true);
  felt.feeling.weights = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f};
  CHECK(same(felt));
  CHECK(same(frames_ready{{{"c"}, {1}, 2}, 3, 30, shared_bytes{"abcd"}, {{5, 21}}}));
  CHECK(same(idle_request{7, felt.feeling}));
  CHECK(same(idle_ready{9, shared_bytes{"abcd"}}));
}
