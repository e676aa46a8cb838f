// A client that comes back: what it saw is not put out again, and nothing else is missing.

#include "net/realtime/event_id.hpp"
#include "tests/net/realtime/writing.hpp"

using namespace dhr;
using namespace dhr::realtime;

namespace {

struct numbered {
  std::uint64_t sequence;
  session_payload payload;
  std::uint64_t turn;
};

std::vector<numbered> conversation(const session_settings& settings) {
  session_settings opened = settings;
  opened.listening.transcription.wanted = true;
  return {{1, session_opened{opened}, 0},
          {2, listening_began{"item_1", 0}, 0},
          {3, audio_committed{"item_1", ""}, 0},
          {4, item_added{{"item_1", item_role::user}, ""}, 0},
          {5, start(settings), 1},
          {6, text_piece{"Hi."}, 1},
          {7, chunk(), 1},
          {8, chunk(), 1},
          {9, finish(turn_status::completed, true), 1},
          {10, item_deleted{"item_1"}, 0}};
}

strings write_all(writer_bench& b, const std::vector<numbered>& events) {
  strings all;
  for (const auto& event : events) {
    b.write_as(event.sequence, event.payload, event.turn);
    for (const auto& one : b.out) all.push_back(one.json);
  }
  return all;
}

event_mark mark_of(const std::string& json) {
  const auto event = boost::json::parse(json);
  const auto mark = parse_event_id(std::string_view{event.at("event_id").as_string()});
  REQUIRE(mark);
  return *mark;
}

writer_bench coming_back(const event_mark& seen, event_shape shape) {
  auto options = options_of(shape);
  options.skip_through = seen;
  return writer_bench{options};
}

}  // namespace

TEST_CASE("whichever event was seen last, the rest is put out as it would have been") {
  const auto shape = GENERATE(event_shape::ga, event_shape::beta, event_shape::voice_live);
  writer_bench first{shape};
  const auto events = conversation(all_outputs());
  const auto all = write_all(first, events);
  REQUIRE(all.size() > 25);
  for (std::size_t seen = 0; seen < all.size(); ++seen) {
    const auto mark = mark_of(all[seen]);
    auto again = coming_back(mark, shape);
    // The session repeats from the event of the mark on, or from the beginning of its turn.
    std::vector<numbered> repeated;
    const auto from = mark.sequence >= 5 && mark.sequence <= 9 ? 5 : mark.sequence;
    for (const auto& event : events) {
      if (event.sequence >= from) repeated.push_back(event);
    }
    const strings rest(all.begin() + static_cast<std::ptrdiff_t>(seen) + 1, all.end());
    CHECK(write_all(again, repeated) == rest);
  }
}

TEST_CASE("a message that was begun in pieces that are gone is not begun again") {
  auto settings = all_outputs();
  settings.tools = {{"f", {}, {}}};
  auto again = coming_back({3, 7, 4}, event_shape::ga);
  CHECK(again.write_as(5, start(settings), 1).empty());
  CHECK(again.write_as(8, chunk(), 1).front() == "response.output_audio.delta");
}

TEST_CASE("a session that begins anew is told whole, though its numbers are smaller") {
  auto again = coming_back({3, 500, 0}, event_shape::ga);
  CHECK(again.write_as(1, session_opened{}) == strings{"session.created"});
  CHECK(again.write_as(2, resume_gap{"gone"}) == strings{"digital_human.resume_gap"});
  CHECK(again.events[0].at("message") == "gone");
  CHECK(again.write_as(3, item_added{{"item_1", item_role::user}, ""}).size() == 2);
}

TEST_CASE("the end of what was missed is told") {
  auto again = coming_back({3, 7, 0}, event_shape::ga);
  CHECK(again.write_as(8, session_resumed{12}) == strings{"digital_human.resumed"});
  CHECK(again.events[0].at("events_replayed") == 12);
}

TEST_CASE("a transcript is not lost for want of the settings that were told before") {
  auto again = coming_back({3, 7, 0}, event_shape::ga);
  CHECK(again.write_as(8, transcript_done{"item_1", "Hello.", 10}).size() == 1);
}
