// What any client may send: the decoder must give an event, a part of one or a problem, whatever
// the bytes are. In Voice Live's shape, which understands the most. Built and run by
// tests/fuzz/run; the seeds are in tests/fuzz/realtime_codec.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/realtime/codec.hpp"
#include "net/realtime/event_id.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dhr::realtime;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  auto decoded = event_decoder{event_shape::voice_live}.decode(text);
  if (decoded && decoded.assume_value()) {
    const auto& event = *decoded.assume_value();
    const auto requests = to_requests(event);
    require(!requests.empty());
    if (const auto* append = std::get_if<dhr::append_audio>(&event)) {
      std::size_t bytes = 0;
      for (const auto& request : requests) {
        bytes += std::get<dhr::append_audio>(request.what).audio.size();
      }
      require(bytes == append->audio.size());
    }
  } else if (!decoded) {
    require(!decoded.assume_error().code.empty());
    require(!decoded.assume_error().message.empty());
  }
  const auto mark = parse_event_id(text);
  require(!mark || to_event_id(*mark) == text);
  return 0;
}
