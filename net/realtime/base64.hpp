#pragma once
// RFC 4648 base64, read strictly: no white space, padding as the RFC says, no stray bits.

#include <optional>
#include <string>
#include <string_view>

namespace dhr::realtime {

// Nothing if `text` is not base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace dhr::realtime
