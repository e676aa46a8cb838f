#define DHR_KERNEL_FLOATS 8
#define DHR_KERNEL_VECTORS 6
#include "gpu/nets/encoder_loops.hpp"

namespace dhr::nets {

const encoder_kernel& encoder_kernel_v3() {
  static constexpr encoder_kernel kernel{"x86-64-v3",       block,  quantise,      multiply, gelu,
                                         add_and_normalise, attend, attend_scratch};
  return kernel;
}

}  // namespace dhr::nets
