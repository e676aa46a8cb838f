#include "actors/speech/clause_sequencer.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

turn_id turn(std::uint64_t number) { return {{"c"}, {1}, number}; }

speak clause(std::uint64_t number, std::uint32_t index, std::string voice = "joe") {
  return {turn(number), index, "text", std::move(voice), {}, milliseconds{1000}};
}
speech_ready ready(std::uint64_t number, std::uint32_t index) {
  return {turn(number), index, {}, {}, {}, {}};
}
speech_failed failed(std::uint64_t number, std::uint32_t index, errc code) {
  return {turn(number), index, {code, "why", {}, {}}};
}

// "ask 1.0 joe", "ready 1.0", "failed 1.0 deadline", "joe->slt", "cancel 1".
std::string drawn(const voice_effects& effects) {
  struct writer {
    static std::string at(const turn_id& t, std::uint32_t index) {
      return std::to_string(t.number) + '.' + std::to_string(index);
    }
    std::string operator()(const speak& m) const {
      return "ask " + at(m.turn, m.index) + ' ' + m.voice;
    }
    std::string operator()(const cancel_speech& m) const {
      return "cancel " + std::to_string(m.turn.number);
    }
    std::string operator()(const speech_ready& m) const { return "ready " + at(m.turn, m.index); }
    std::string operator()(const speech_failed& m) const {
      return "failed " + at(m.turn, m.index) + ' ' + to_string(m.reason.code);
    }
    std::string operator()(const voice_changed& m) const {
      return m.from + "->" + m.to + ' ' + m.why;
    }
  };
  std::string line;
  for (const auto& effect : effects)
    line += (line.empty() ? "" : ", ") + std::visit(writer{}, effect);
  return line;
}

}  // namespace

TEST_CASE("clauses are delivered in the order of their indices, whatever order they are done in") {
  clause_sequencer voice;
  CHECK(drawn(voice.on(clause(1, 0))) == "ask 1.0 joe");
  CHECK(drawn(voice.on(clause(1, 1))) == "ask 1.1 joe");
  CHECK(drawn(voice.on(clause(1, 2))) == "ask 1.2 joe");
  CHECK(drawn(voice.on(ready(1, 2))).empty());
  CHECK(drawn(voice.on(ready(1, 0))) == "ready 1.0");
  CHECK(drawn(voice.on(failed(1, 1, errc::deadline))) == "failed 1.1 deadline, ready 1.2");
}

TEST_CASE("only so many clauses are at the worker at once") {
  clause_sequencer voice{{.fall_backs = {}, .in_flight_max = 2}};
  CHECK(drawn(voice.on(clause(1, 0))) == "ask 1.0 joe");
  CHECK(drawn(voice.on(clause(1, 1))) == "ask 1.1 joe");
  CHECK(drawn(voice.on(clause(1, 2))).empty());
  CHECK(drawn(voice.on(clause(1, 3))).empty());
  CHECK(drawn(voice.on(ready(1, 1))) == "ask 1.2 joe");
  CHECK(drawn(voice.on(ready(1, 0))) == "ready 1.0, ready 1.1, ask 1.3 joe");
}

TEST_CASE("more clauses than a turn may hold are refused in their order") {
  clause_sequencer voice{{.fall_backs = {}, .in_flight_max = 1, .clauses_max = 2}};
  static_cast<void>(voice.on(clause(1, 0)));
  static_cast<void>(voice.on(clause(1, 1)));
  CHECK(drawn(voice.on(clause(1, 2))).empty());
  CHECK(drawn(voice.on(ready(1, 0))) == "ready 1.0, ask 1.1 joe");
  CHECK(drawn(voice.on(ready(1, 1))) == "ready 1.1, failed 1.2 overloaded");
}

TEST_CASE("a voice that fails is replaced for the rest of the turn, and that is told once") {
  clause_sequencer voice{{.fall_backs = {"joe", "slt"}}};
  static_cast<void>(voice.on(clause(1, 0)));
  static_cast<void>(voice.on(clause(1, 1)));
  CHECK(drawn(voice.on(failed(1, 0, errc::unavailable))) == "joe->slt why, ask 1.0 slt");
  CHECK(drawn(voice.on(failed(1, 1, errc::unavailable))) == "ask 1.1 slt");
  CHECK(drawn(voice.on(clause(1, 2))) == "ask 1.2 slt");
  CHECK(drawn(voice.on(ready(1, 0))) == "ready 1.0");
  // The next turn tries the asked voice again.
  CHECK(drawn(voice.on(clause(2, 0))) == "cancel 1, ask 2.0 joe");
}

TEST_CASE("only when no voice works the clause fails, with the last reason") {
  clause_sequencer voice{{.fall_backs = {"slt", "tone"}}};
  static_cast<void>(voice.on(clause(1, 0)));
  CHECK(drawn(voice.on(failed(1, 0, errc::failed))) == "joe->slt why, ask 1.0 slt");
  CHECK(drawn(voice.on(failed(1, 0, errc::unavailable))) == "slt->tone why, ask 1.0 tone");
  CHECK(drawn(voice.on(failed(1, 0, errc::failed))) == "failed 1.0 failed");
  // All three failed in this turn; the last replacement is tried for the clause that follows.
  CHECK(drawn(voice.on(clause(1, 1))) == "ask 1.1 tone");
  CHECK(drawn(voice.on(failed(1, 1, errc::failed))) == "failed 1.1 failed");
}

TEST_CASE("trouble that is not the voice's does not change the voice") {
  for (const errc code : {errc::overloaded, errc::deadline, errc::not_found, errc::invalid_argument,
                          errc::cancelled}) {
    clause_sequencer voice{{.fall_backs = {"slt"}}};
    static_cast<void>(voice.on(clause(1, 0)));
    CHECK(drawn(voice.on(failed(1, 0, code))) == std::string{"failed 1.0 "} + to_string(code));
  }
}

TEST_CASE("a cancelled turn is forgotten: its answers and its late clauses are dropped") {
  clause_sequencer voice;
  static_cast<void>(voice.on(clause(1, 0)));
  CHECK(drawn(voice.on(cancel_speech{turn(1)})) == "cancel 1");
  CHECK(drawn(voice.on(ready(1, 0))).empty());
  CHECK(drawn(voice.on(clause(1, 1))).empty());
  CHECK(drawn(voice.on(clause(2, 0))) == "ask 2.0 joe");
  // A cancellation of the turn before comes too late to touch this one.
  CHECK(drawn(voice.on(cancel_speech{turn(1)})).empty());
  CHECK(drawn(voice.on(ready(2, 0))) == "ready 2.0");
}

TEST_CASE("a new turn ends what is left of the one before") {
  clause_sequencer voice;
  static_cast<void>(voice.on(clause(1, 0)));
  CHECK(drawn(voice.on(clause(2, 0))) == "cancel 1, ask 2.0 joe");
  CHECK(drawn(voice.on(ready(1, 0))).empty());
  CHECK(drawn(voice.on(clause(1, 1))).empty());
  CHECK(drawn(voice.on(ready(2, 0))) == "ready 2.0");
}

TEST_CASE("a voice that begins in mid-turn delivers from the first clause that it sees") {
  clause_sequencer voice;
  CHECK(drawn(voice.on(clause(4, 7))) == "ask 4.7 joe");
  CHECK(drawn(voice.on(ready(4, 7))) == "ready 4.7");
  CHECK(drawn(voice.on(clause(4, 7))).empty());
}

TEST_CASE("without a worker every clause fails, those that wait and those that come") {
  clause_sequencer voice{{.fall_backs = {"slt"}, .in_flight_max = 1}};
  static_cast<void>(voice.on(clause(1, 0)));
  static_cast<void>(voice.on(clause(1, 1)));
  CHECK(drawn(voice.worker_lost({errc::unavailable, "gone", {}, {}})) ==
        "failed 1.0 unavailable, failed 1.1 unavailable");
  CHECK(drawn(voice.on(clause(1, 2))) == "failed 1.2 unavailable");
  CHECK(drawn(voice.on(cancel_speech{turn(1)})).empty());
}
