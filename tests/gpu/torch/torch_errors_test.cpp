// What torch throws becomes what the owner of a device acts on.

#include "gpu/torch/torch_errors.hpp"

#include <c10/util/Exception.h>

#include <catch2/catch.hpp>
#include <new>
#include <stdexcept>

using namespace dhr;

namespace {

template <class Throwing>
error caught(bool is_lost, Throwing throwing) {
  try {
    throwing();
  } catch (...) {
    return error_of_current_exception(is_lost);
  }
  FAIL("nothing was thrown");
  return {};
}

void throw_accelerator_error(int code) {
  throw c10::AcceleratorError({__func__, __FILE__, __LINE__}, code, "CUDA error");
}

}  // namespace

TEST_CASE("missing memory is told as overloaded, with a time to try again") {
  const auto told = caught(false, [] {
    TORCH_CHECK_WITH(OutOfMemoryError, false, "tried to allocate 20 MiB\nmore of it");
  });
  CHECK(told.code == errc::overloaded);
  CHECK(told.retry_after.has_value());
  CHECK(told.message == "the device's memory does not suffice: tried to allocate 20 MiB");
  CHECK(caught(false, [] { throw_accelerator_error(2); }).code == errc::overloaded);
  CHECK(caught(false, [] { throw std::bad_alloc{}; }).code == errc::overloaded);
  CHECK(caught(false, [] { TORCH_CHECK(false, "CUBLAS_STATUS_ALLOC_FAILED at create"); }).code ==
        errc::overloaded);
}

TEST_CASE("a lost device is unavailable, whatever was thrown") {
  CHECK(caught(true, [] { throw_accelerator_error(700); }).code == errc::unavailable);
  CHECK(caught(true, [] { throw_accelerator_error(2); }).code == errc::unavailable);
  CHECK(caught(true, [] { throw std::runtime_error{"cuBLAS"}; }).code == errc::unavailable);
  CHECK(caught(true, [] { TORCH_CHECK_WITH(OutOfMemoryError, false, "20 MiB"); }).code ==
        errc::unavailable);
}

TEST_CASE("anything else is about what was computed") {
  const auto told = caught(false, [] { TORCH_CHECK(false, "sizes do not fit"); });
  CHECK(told.code == errc::failed);
  CHECK(told.message.find("sizes do not fit") != std::string::npos);
  CHECK_FALSE(told.retry_after.has_value());
  CHECK(caught(false, [] { throw_accelerator_error(98); }).code == errc::failed);
  CHECK(caught(false, [] { throw std::runtime_error{"no plan"}; }).code == errc::failed);
}
