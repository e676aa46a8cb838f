#pragma once
// The fast Fourier transform (J. Cooley, J. Tukey, "An algorithm for the machine calculation of
// complex Fourier series", Mathematics of Computation 19, 1965), radix 2, in place.

#include <cstddef>
#include <span>

namespace dhr {

inline constexpr std::size_t fourier_size_max = 8'192;

// X[k] = sum over n of x[n] e^(-2 pi i k n / N), real and imaginary parts apart. Both have one
// size, a power of two from 1 to fourier_size_max. Pure; any thread. 8,192 values take about 0.1
// ms.
void fourier_transform(std::span<float> real, std::span<float> imaginary) noexcept;

}  // namespace dhr
