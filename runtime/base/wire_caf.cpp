#include "runtime/base/wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_BASE_WIRE_TYPES)

}  // namespace dhr
