#pragma once
// Appends JSON to a string without a document in between: for what is sent many times a second.

#include <cstdint>
#include <string>
#include <string_view>

namespace dhr::realtime {

// In quotes and escaped. The text must be valid UTF-8.
void append_string(std::string& out, std::string_view text);

void append_integer(std::string& out, std::int64_t value);

// At most four decimals, no trailing zeros; a value that JSON does not know (NaN, infinity) is 0.
void append_decimal(std::string& out, double value);

// In quotes, with padding.
void append_base64(std::string& out, std::string_view bytes);

// `frames` holds face_frame values (the size is a multiple of theirs). As arrays of arrays: the 52
// weights of each, and [yaw, pitch, roll] of each.
void append_weights(std::string& out, std::string_view frames);
void append_heads(std::string& out, std::string_view frames);

}  // namespace dhr::realtime
