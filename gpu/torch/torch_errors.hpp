#pragma once
// What torch throws, as errors of ours. Inside the room only.

#include "runtime/base/result.hpp"

namespace dhr {

// To be called in a catch block. `is_lost`: the device can't be used any more in this process.
[[nodiscard]] error error_of_current_exception(bool is_lost);

}  // namespace dhr
