// What any client may send: `decode` must give an event or a problem, whatever the bytes are.
// Built and run by tests/fuzz/run; the seeds are in tests/fuzz/realtime_codec.

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
  const auto decoded = decode(text);
  if (decoded) {
    const auto requests = to_requests(decoded.assume_value());
    require(!requests.empty());
    if (const auto* append = std::get_if<dhr::append_audio>(&decoded.assume_value())) {
      std::size_t bytes = 0;
      for (const auto& request : requests) {
        bytes += std::get<dhr::append_audio>(request.what).audio.size();
      }
      require(bytes == append->audio.size());
    }
  } else {
    require(!decoded.assume_error().code.empty());
    require(!decoded.assume_error().message.empty());
  }
  const auto mark = parse_event_id(text);
  require(!mark || to_event_id(*mark) == text);
  return 0;
}
