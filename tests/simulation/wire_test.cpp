// Two actor systems and the wire between them.

#include "tests/simulation/wire.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::simulation;
using namespace std::chrono_literals;

namespace {

class node_system {
 public:
  node_system() : system{config_} {}
  void settle() { static_cast<caf::scheduler::test_coordinator&>(system.scheduler()).run(); }

 private:
  node_config config_;

 public:
  caf::actor_system system;
};

struct world {
  passage how;
  network net{[this](node_index, node_index, const caf::message&) { return how; }};
  node_system a;
  node_system b;
  node_index at_a = net.join(a.system);
  node_index at_b = net.join(b.system);
  nanoseconds now{0};
  int asked = 0;
  caf::actor echo = b.system.spawn([this]() -> caf::behavior {
    return {[this](int x) {
      ++asked;
      return x + 1;
    }};
  });
  std::vector<int> answers;
  int lost = 0;
  caf::actor asker;

  world() {
    const auto far = caf::actor_cast<caf::actor>(
        net.proxy(at_a, at_b, caf::actor_cast<caf::strong_actor_ptr>(echo)));
    asker = a.system.spawn([this, far](caf::event_based_actor* self) -> caf::behavior {
      self->monitor(far);
      self->set_down_handler([this](const caf::down_msg&) { ++lost; });
      return {[this, self, far](int x) {
        self->request(far, 5s, x).then([this](int y) { answers.push_back(y); });
      }};
    });
    pass(0s);
  }
  ~world() {
    net.leave(at_a);
    net.leave(at_b);
    caf::anon_send_exit(asker, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(echo, caf::exit_reason::user_shutdown);
    a.settle();
    b.settle();
  }
  void pass(nanoseconds by) {
    now += by;
    do {
      a.settle();
      b.settle();
    } while (net.deliver(now));
  }
  void ask(int x) {
    caf::anon_send(asker, x);
    pass(0s);
  }
};

}  // namespace

TEST_CASE_METHOD(world, "a request crosses the wire and its answer comes back") {
  ask(41);
  CHECK(answers == std::vector{42});
}

TEST_CASE_METHOD(world, "a slow message arrives when its time has come") {
  how.delay = 100ms;
  ask(1);
  pass(99ms);
  CHECK(asked == 0);
  pass(1ms);
  CHECK(asked == 1);
  CHECK(answers.empty());
  pass(100ms);
  CHECK(answers == std::vector{2});
}

TEST_CASE_METHOD(world, "a fast message does not overtake a slow one that was sent before it") {
  how.delay = 100ms;
  ask(1);
  how.delay = 0ms;
  ask(2);
  pass(99ms);
  CHECK(asked == 0);
  pass(1ms);
  CHECK(answers == std::vector{2, 3});
}

TEST_CASE_METHOD(world, "a doubled request is carried out twice and answered once") {
  how.copies = 2;
  ask(1);
  CHECK(asked == 2);
  CHECK(answers == std::vector{2});
}

TEST_CASE_METHOD(world, "a lost request is not carried out") {
  how.copies = 0;
  ask(1);
  CHECK(asked == 0);
  CHECK(lost == 0);
}

TEST_CASE_METHOD(world, "one way can be held while the other is open") {
  net.hold(at_b, at_a, true);
  ask(1);
  CHECK(asked == 1);
  CHECK(answers.empty());
  net.hold(at_b, at_a, false);
  pass(0s);
  CHECK(answers == std::vector{2});
}

TEST_CASE_METHOD(world, "whoever monitors an actor hears of a cut, and of nothing after it") {
  net.hold(at_b, at_a, true);
  ask(1);
  net.cut(at_a, at_b);
  net.hold(at_b, at_a, false);
  pass(0s);
  CHECK(lost == 1);
  CHECK(answers.empty());
  CHECK(net.on_the_way() == 0);
}

TEST_CASE_METHOD(world, "whoever monitors an actor hears that it has ended") {
  caf::anon_send_exit(echo, caf::exit_reason::kill);
  pass(0s);
  CHECK(lost == 1);
}
