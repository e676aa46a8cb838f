#include "net/realtime/event_id.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace dhr;
using namespace dhr::realtime;

TEST_CASE("an event's id is read back as the mark that it was made of") {
  const event_mark marks[]{
      {0, 0, 0},
      {3, 17, 2},
      {std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max(),
       std::numeric_limits<std::uint32_t>::max()}};
  for (const auto& mark : marks) CHECK(parse_event_id(to_event_id(mark)) == mark);
  CHECK(to_event_id({3, 17, 2}) == "event_3_17_2");
}

TEST_CASE("an id that no session gave is no mark") {
  const auto id = GENERATE("", "event_", "event_door_1", "event_1_2", "event_1_2_", "event_1_2_3_4",
                           "event_1_2_3 ", "event_-1_2_3", "event_+1_2_3", "event_01_2_3",
                           "event_1_2_x", "event_18446744073709551616_1_1", "event_1_1_4294967296",
                           "evt_1_2_3", "event_ 1_2_3", "event_1__3");
  CHECK_FALSE(parse_event_id(id));
}
