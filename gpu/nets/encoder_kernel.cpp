#include "gpu/nets/encoder_kernel.hpp"

namespace dhr::nets {

bool has_v4() {
  // Looks at what the operating system saves of the registers, too.
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

const encoder_kernel& best_encoder_kernel() {
  static const encoder_kernel& best = has_v4() ? encoder_kernel_v4() : encoder_kernel_v3();
  return best;
}

}  // namespace dhr::nets
