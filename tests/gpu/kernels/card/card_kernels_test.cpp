// The kernels on a card against their twins: the same work on both, compared value by value. In
// builds with CUDA only; hidden, since they need a card: test_kernels "[cuda]" runs them.

#include <cuda_runtime_api.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "gpu/kernels/sentence_kernels.hpp"
#include "tests/gpu/kernels/kernel_work.hpp"

using namespace dhr::kernels;
using namespace dhr::kernels::testing;

namespace {

void check_cuda(int code) {
  INFO(cudaGetErrorString(static_cast<cudaError_t>(code)));
  REQUIRE(code == cudaSuccess);
}

// A copy of the values in the card's memory, for as long as it lives.
template <class T>
class on_card {
 public:
  explicit on_card(const std::vector<T>& values) : count_{values.size()} {
    check_cuda(cudaMalloc(&memory_, count_ * sizeof(T)));
    check_cuda(cudaMemcpy(memory_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  ~on_card() { cudaFree(memory_); }
  on_card(const on_card&) = delete;
  on_card& operator=(const on_card&) = delete;

  [[nodiscard]] T* data() const { return static_cast<T*>(memory_); }
  [[nodiscard]] std::vector<T> read() const {
    std::vector<T> made(count_);
    check_cuda(cudaMemcpy(made.data(), memory_, count_ * sizeof(T), cudaMemcpyDeviceToHost));
    return made;
  }

 private:
  std::size_t count_;
  void* memory_ = nullptr;
};

class card_stream {
 public:
  card_stream() { check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~card_stream() { cudaStreamDestroy(stream_); }
  card_stream(const card_stream&) = delete;
  card_stream& operator=(const card_stream&) = delete;

  template <class Work>
  void run(const Work& work) {
    check_cuda(card::run(work, stream_));
    check_cuda(cudaStreamSynchronize(stream_));
  }

 private:
  cudaStream_t stream_ = nullptr;
};

// One step of the last place in half precision, and the order of the sums in float.
template <class T>
void check_alike(const std::vector<T>& found, const std::vector<T>& expected) {
  constexpr bool is_half = sizeof(T) == 2;
  REQUIRE(found.size() == expected.size());
  std::size_t unlike = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto one = widened(found[i]);
    const auto other = widened(expected[i]);
    const auto off = std::abs(one - other);
    const auto allowed = is_half ? 1e-3f * std::abs(other) + 1e-5f : 1e-5f * (1 + std::abs(other));
    if (one != other && !(off <= allowed)) ++unlike;
  }
  CHECK(unlike == 0);
}

struct batch {
  std::size_t rows;
  std::size_t length;
};

const std::vector<batch> batches{{1, 16}, {1, 64}, {3, 32}, {7, 17}, {64, 64}};
constexpr std::size_t vocabulary = 500;

}  // namespace

TEMPLATE_TEST_CASE("a card embeds tokens as the twin does", "[.cuda]", float, half) {
  card_stream stream;
  for (const auto [rows, length] : batches) {
    CAPTURE(rows, length);
    const auto tokens = rows * length;
    const auto words = values<TestType>(vocabulary * width, 1);
    const auto positions = values<TestType>(length * width, 2, 0.3f);
    const auto scale = values<float>(width, 3);
    const auto shift = values<float>(width, 4);
    const auto given = ids(tokens, vocabulary);
    const auto own = lengths(rows, length);
    std::vector<TestType> made(tokens * width);
    std::vector<TestType> mask(tokens);
    const on_card there_words{words}, there_positions{positions}, there_made{made},
        there_mask{mask};
    const on_card there_scale{scale}, there_shift{shift};
    const on_card there_ids{given}, there_lengths{own};
    stream.run(embedding<TestType>{rows,
                                   length,
                                   there_ids.data(),
                                   there_lengths.data(),
                                   there_words.data(),
                                   there_positions.data(),
                                   {there_scale.data(), there_shift.data()},
                                   there_made.data(),
                                   there_mask.data()});
    twin::run(embedding<TestType>{rows,
                                  length,
                                  given.data(),
                                  own.data(),
                                  words.data(),
                                  positions.data(),
                                  {scale.data(), shift.data()},
                                  made.data(),
                                  mask.data()});
    check_alike(there_made.read(), made);
    check_alike(there_mask.read(), mask);
  }
}

TEMPLATE_TEST_CASE("a card adds and normalises as the twin does", "[.cuda]", float, half) {
  card_stream stream;
  for (const auto [rows, length] : batches) {
    CAPTURE(rows, length);
    const auto tokens = rows * length;
    auto made = values<TestType>(tokens * width, 1);
    const auto added = values<TestType>(tokens * width, 2, 3);
    const auto bias = values<float>(width, 3);
    const auto scale = values<float>(width, 4);
    const auto shift = values<float>(width, 5);
    const on_card there_made{made}, there_added{added};
    const on_card there_bias{bias}, there_scale{scale}, there_shift{shift};
    stream.run(residual_norm<TestType>{tokens,
                                       there_added.data(),
                                       there_bias.data(),
                                       {there_scale.data(), there_shift.data()},
                                       there_made.data()});
    twin::run(residual_norm<TestType>{
        tokens, added.data(), bias.data(), {scale.data(), shift.data()}, made.data()});
    check_alike(there_made.read(), made);
  }
}

TEMPLATE_TEST_CASE("a card bends the inner values as the twin does", "[.cuda]", float, half) {
  constexpr std::size_t inner = 4 * width;
  card_stream stream;
  for (const auto [rows, length] : batches) {
    CAPTURE(rows, length);
    auto made = values<TestType>(rows * length * inner, 1, 6);
    const auto bias = values<float>(inner, 2);
    const on_card there_made{made};
    const on_card there_bias{bias};
    stream.run(bias_gelu<TestType>{rows * length, inner, there_bias.data(), there_made.data()});
    twin::run(bias_gelu<TestType>{rows * length, inner, bias.data(), made.data()});
    check_alike(there_made.read(), made);
  }
}

TEMPLATE_TEST_CASE("a card takes a sentence's mean as the twin does", "[.cuda]", float, half) {
  card_stream stream;
  for (const auto [rows, length] : batches) {
    CAPTURE(rows, length);
    const auto given = values<TestType>(rows * length * width, 1);
    const auto own = lengths(rows, length);
    std::vector<float> made(rows * width);
    const on_card there_given{given};
    const on_card there_lengths{own};
    const on_card there_made{made};
    stream.run(masked_mean<TestType>{rows, length, there_lengths.data(), there_given.data(),
                                     there_made.data()});
    twin::run(masked_mean<TestType>{rows, length, own.data(), given.data(), made.data()});
    check_alike(there_made.read(), made);
  }
}
