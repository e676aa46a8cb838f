#include "gpu/torch/torch_errors.hpp"

#include <c10/util/Exception.h>

#include <chrono>
#include <exception>
#include <new>
#include <string_view>

namespace dhr {
namespace {

constexpr int cuda_memory_allocation = 2;  // cudaErrorMemoryAllocation
constexpr std::chrono::seconds memory_retry{1};

// The first line: what follows is a trace of the stack.
std::string first_line(std::string_view text) {
  return std::string{text.substr(0, text.find('\n'))};
}

error told(errc code, std::string_view text, bool is_lost) {
  if (is_lost) return {errc::unavailable, "the device is lost: " + first_line(text), {}, {}};
  if (code == errc::overloaded) {
    return {code, "the device's memory does not suffice: " + first_line(text), {}, memory_retry};
  }
  return {code, first_line(text), {}, {}};
}

// Libraries on the card, such as cuBLAS, tell of missing memory in words only.
errc code_of(std::string_view text) {
  const bool lacks_memory = text.find("STATUS_ALLOC_FAILED") != std::string_view::npos ||
                            text.find("out of memory") != std::string_view::npos;
  return lacks_memory ? errc::overloaded : errc::failed;
}

}  // namespace

error error_of_current_exception(bool is_lost) {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& thrown) {
    return told(errc::overloaded, thrown.what_without_backtrace(), is_lost);
  } catch (const c10::AcceleratorError& thrown) {
    const bool lacks_memory = thrown.get_error_code() == cuda_memory_allocation;
    return told(lacks_memory ? errc::overloaded : errc::failed, thrown.what_without_backtrace(),
                is_lost);
  } catch (const c10::Error& thrown) {
    return told(code_of(thrown.what_without_backtrace()), thrown.what_without_backtrace(), is_lost);
  } catch (const std::bad_alloc&) {
    return told(errc::overloaded, "no memory is left", is_lost);
  } catch (const std::exception& thrown) {
    return told(code_of(thrown.what()), thrown.what(), is_lost);
  }
}

}  // namespace dhr
