// A warp takes a token: each lane holds 12 of its 384 values in registers, four by four, so that
// the loads of a warp are one piece of memory and no shared memory is needed for the sums.

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstring>

#include "gpu/kernels/sentence_kernels.hpp"

namespace dhr::kernels::card {
namespace {

constexpr int warp_size = 32;
constexpr int chunk = 4;  // values that a lane loads at once
constexpr int chunks = static_cast<int>(width) / (warp_size * chunk);
static_assert(chunks * warp_size * chunk == static_cast<int>(width));
constexpr int block_warps = 4;
constexpr int block_threads = block_warps * warp_size;
constexpr float infinity = __builtin_huge_valf();

struct four {
  float value[chunk];
};

__device__ four load(const float* from) {
  const float4 read = *reinterpret_cast<const float4*>(from);
  return {{read.x, read.y, read.z, read.w}};
}

__device__ four load(const half* from) {
  const uint2 read = *reinterpret_cast<const uint2*>(from);
  __half2 low;
  __half2 high;
  memcpy(&low, &read.x, sizeof low);
  memcpy(&high, &read.y, sizeof high);
  const float2 first = __half22float2(low);
  const float2 second = __half22float2(high);
  return {{first.x, first.y, second.x, second.y}};
}

__device__ void store(const four& values, float* to) {
  *reinterpret_cast<float4*>(to) =
      make_float4(values.value[0], values.value[1], values.value[2], values.value[3]);
}

__device__ void store(const four& values, half* to) {
  const __half2 low = __floats2half2_rn(values.value[0], values.value[1]);
  const __half2 high = __floats2half2_rn(values.value[2], values.value[3]);
  uint2 written;
  memcpy(&written.x, &low, sizeof low);
  memcpy(&written.y, &high, sizeof high);
  *reinterpret_cast<uint2*>(to) = written;
}

__device__ void store(float value, float* to) { *to = value; }
__device__ void store(float value, half* to) {
  to->bits = __half_as_ushort(__float2half_rn(value));
}

__device__ float sum_of_warp(float value) {
  for (int away = warp_size / 2; away > 0; away /= 2) {
    value += __shfl_xor_sync(0xFFFFFFFFU, value, away);
  }
  return value;
}

// Where chunk `i` of this lane begins among the values of a token.
__device__ int place(int lane, int i) { return (i * warp_size + lane) * chunk; }

// The values of one token, spread over the lanes of a warp.
struct token {
  four part[chunks];
};

template <class T>
__device__ void store_normalised(const token& values, const norm_weights& by, int lane, T* to) {
  float sum = 0;
  for (const auto& part : values.part) {
    for (const float value : part.value) sum += value;
  }
  const float mean = sum_of_warp(sum) / static_cast<float>(width);
  float squares = 0;
  for (const auto& part : values.part) {
    for (const float value : part.value) squares += (value - mean) * (value - mean);
  }
  const float factor = rsqrtf(sum_of_warp(squares) / static_cast<float>(width) + variance_min);
#pragma unroll
  for (int i = 0; i < chunks; ++i) {
    const int at = place(lane, i);
    const four scale = load(by.scale + at);
    const four shift = load(by.shift + at);
    four made;
#pragma unroll
    for (int k = 0; k < chunk; ++k) {
      made.value[k] = (values.part[i].value[k] - mean) * factor * scale.value[k] + shift.value[k];
    }
    store(made, to + at);
  }
}

template <class T>
__global__ void __launch_bounds__(block_threads) embed(const embedding<T> work) {
  const int lane = threadIdx.x % warp_size;
  const std::size_t at =
      static_cast<std::size_t>(blockIdx.x) * block_warps + threadIdx.x / warp_size;
  if (at >= work.rows * work.length) return;
  const std::size_t position = at % work.length;
  const T* word = work.words + static_cast<std::size_t>(work.ids[at]) * width;
  const T* there = work.positions + position * width;
  token values;
#pragma unroll
  for (int i = 0; i < chunks; ++i) {
    values.part[i] = load(word + place(lane, i));
    const four added = load(there + place(lane, i));
#pragma unroll
    for (int k = 0; k < chunk; ++k) values.part[i].value[k] += added.value[k];
  }
  store_normalised(values, work.norm, lane, work.values + at * width);
  if (lane == 0) {
    const bool is_own = position < static_cast<std::size_t>(work.lengths[at / work.length]);
    store(is_own ? 0.0f : -infinity, work.mask + at);
  }
}

template <class T>
__global__ void __launch_bounds__(block_threads) add_and_normalise(const residual_norm<T> work) {
  const int lane = threadIdx.x % warp_size;
  const std::size_t at =
      static_cast<std::size_t>(blockIdx.x) * block_warps + threadIdx.x / warp_size;
  if (at >= work.tokens) return;
  T* target = work.values + at * width;
  const T* added = work.added + at * width;
  token sums;
#pragma unroll
  for (int i = 0; i < chunks; ++i) {
    sums.part[i] = load(target + place(lane, i));
    const four more = load(added + place(lane, i));
    const four bias = load(work.bias + place(lane, i));
#pragma unroll
    for (int k = 0; k < chunk; ++k) sums.part[i].value[k] += more.value[k] + bias.value[k];
  }
  store_normalised(sums, work.norm, lane, target);
}

template <class T>
__global__ void add_and_gelu(const bias_gelu<T> work) {
  const std::size_t at = (static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x) * chunk;
  if (at >= work.tokens * work.inner_width) return;
  four values = load(work.values + at);
  const four bias = load(work.bias + at % work.inner_width);
#pragma unroll
  for (int k = 0; k < chunk; ++k) {
    const float biased = values.value[k] + bias.value[k];
    values.value[k] = 0.5f * biased * (1 + erff(biased * 0.70710678f));
  }
  store(values, work.values + at);
}

// A block takes a sentence: a thread takes four places of the values, and every fourth token.
constexpr int mean_columns = static_cast<int>(width) / chunk;
constexpr int mean_parts = 4;

template <class T>
__global__ void mean_over_tokens(const masked_mean<T> work) {
  __shared__ four sums[mean_parts][mean_columns];
  const std::size_t row = blockIdx.x;
  const int column = threadIdx.x;
  const int own = work.lengths[row];
  four sum{};
  for (int at = threadIdx.y; at < own; at += mean_parts) {
    const four read = load(work.values + (row * work.length + at) * width + column * chunk);
#pragma unroll
    for (int k = 0; k < chunk; ++k) sum.value[k] += read.value[k];
  }
  sums[threadIdx.y][column] = sum;
  __syncthreads();
  if (threadIdx.y != 0) return;
  for (int part = 1; part < mean_parts; ++part) {
#pragma unroll
    for (int k = 0; k < chunk; ++k) sum.value[k] += sums[part][column].value[k];
  }
#pragma unroll
  for (int k = 0; k < chunk; ++k) sum.value[k] /= static_cast<float>(own);
  store(sum, work.means + row * width + column * chunk);
}

unsigned blocks_for(std::size_t items, std::size_t of_a_block) {
  return static_cast<unsigned>((items + of_a_block - 1) / of_a_block);
}

cudaStream_t as_stream(void* stream) { return static_cast<cudaStream_t>(stream); }

}  // namespace

template <class T>
int run(const embedding<T>& work, void* stream) {
  if (work.rows * work.length == 0) return cudaSuccess;
  embed<<<blocks_for(work.rows * work.length, block_warps), block_threads, 0, as_stream(stream)>>>(
      work);
  return cudaGetLastError();
}

template <class T>
int run(const residual_norm<T>& work, void* stream) {
  if (work.tokens == 0) return cudaSuccess;
  add_and_normalise<<<blocks_for(work.tokens, block_warps), block_threads, 0, as_stream(stream)>>>(
      work);
  return cudaGetLastError();
}

template <class T>
int run(const bias_gelu<T>& work, void* stream) {
  constexpr int threads = 256;
  if (work.tokens * work.inner_width == 0) return cudaSuccess;
  add_and_gelu<<<blocks_for(work.tokens * work.inner_width, threads * chunk), threads, 0,
                 as_stream(stream)>>>(work);
  return cudaGetLastError();
}

template <class T>
int run(const masked_mean<T>& work, void* stream) {
  if (work.rows == 0) return cudaSuccess;
  mean_over_tokens<<<static_cast<unsigned>(work.rows), dim3{mean_columns, mean_parts}, 0,
                     as_stream(stream)>>>(work);
  return cudaGetLastError();
}

template int run(const embedding<float>&, void*);
template int run(const embedding<half>&, void*);
template int run(const residual_norm<float>&, void*);
template int run(const residual_norm<half>&, void*);
template int run(const bias_gelu<float>&, void*);
template int run(const bias_gelu<half>&, void*);
template int run(const masked_mean<float>&, void*);
template int run(const masked_mean<half>&, void*);

}  // namespace dhr::kernels::card
