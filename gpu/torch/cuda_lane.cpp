#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include <map>

#include "gpu/torch/device_lane.hpp"

namespace dhr {
namespace {

// Memory of the host that the card reads and writes by itself, without a copy through the driver.
template <class T>
class pinned {
 public:
  explicit pinned(std::size_t count) : count_{count} {
    void* memory = nullptr;
    C10_CUDA_CHECK(cudaHostAlloc(&memory, count * sizeof(T), cudaHostAllocDefault));
    values_ = static_cast<T*>(memory);
  }
  ~pinned() { C10_CUDA_CHECK_WARN(cudaFreeHost(values_)); }
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;

  [[nodiscard]] std::span<T> values() { return {values_, count_}; }
  [[nodiscard]] std::span<const T> values() const { return {values_, count_}; }

 private:
  std::size_t count_;
  T* values_ = nullptr;
};

// Who waits for it sleeps instead of spinning: the worker leaves its core to the conversations.
class done_event {
 public:
  done_event() {
    C10_CUDA_CHECK(
        cudaEventCreateWithFlags(&event_, cudaEventDisableTiming | cudaEventBlockingSync));
  }
  ~done_event() { C10_CUDA_CHECK_WARN(cudaEventDestroy(event_)); }
  done_event(const done_event&) = delete;
  done_event& operator=(const done_event&) = delete;

  void wait_for(cudaStream_t stream) {
    C10_CUDA_CHECK(cudaEventRecord(event_, stream));
    C10_CUDA_CHECK(cudaEventSynchronize(event_));
  }

 private:
  cudaEvent_t event_ = nullptr;
};

// Ends a capture on every way out, so that the stream stays usable.
class open_capture {
 public:
  open_capture(at::cuda::CUDAGraph& graph, at::cuda::MempoolId_t pool) : graph_{graph} {
    // Thread-local: what workers of other cards and nets do meanwhile does not break it.
    graph_.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
  }
  ~open_capture() {
    if (is_ended_) return;
    try {
      graph_.capture_end();
    } catch (const std::exception&) {
      // What broke the capture is on its way to the caller already.
      (void)cudaGetLastError();
    }
  }
  open_capture(const open_capture&) = delete;
  open_capture& operator=(const open_capture&) = delete;

  void end() {
    is_ended_ = true;
    graph_.capture_end();
  }

 private:
  at::cuda::CUDAGraph& graph_;
  bool is_ended_ = false;
};

class cuda_lane final : public device_lane {
 public:
  cuda_lane(c10::cuda::CUDAStream stream, const lane_options& options)
      : stream_{stream},
        with_graphs_{options.graphs},
        host_inputs_{options.inputs_max},
        host_outputs_{options.outputs_max},
        inputs_{at::empty({static_cast<std::int64_t>(options.inputs_max)},
                          at::TensorOptions{stream.device()}.dtype(at::kInt))} {}

  at::Device device() const override { return stream_.device(); }
  void* stream() const override { return stream_.stream(); }
  std::size_t graph_count() const override { return graphs_.size(); }

  bool is_lost() noexcept override {
    const c10::cuda::OptionalCUDAGuard guard{stream_.device()};
    (void)cudaGetLastError();  // an error that is not sticky ends here
    std::size_t free = 0;
    std::size_t all = 0;
    return cudaMemGetInfo(&free, &all) != cudaSuccess;
  }

  void on_stream(const std::function<void()>& work) override {
    const c10::cuda::CUDAStreamGuard guard{stream_};
    work();
  }

  std::span<std::int32_t> inputs() override { return host_inputs_.values(); }
  std::span<const float> outputs() const override { return host_outputs_.values(); }

  void compute(batch_shape shape, const computation& by) override {
    const c10::cuda::CUDAStreamGuard guard{stream_};
    const auto captured = graphs_.find(shape);
    if (captured != graphs_.end()) {
      captured->second->replay();
    } else {
      enqueue(shape, by);
    }
    done_.wait_for(stream_);
  }

  void capture(batch_shape shape, const computation& by) override {
    if (!with_graphs_ || graphs_.contains(shape)) return;
    const c10::cuda::CUDAStreamGuard guard{stream_};
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    open_capture opened{*graph, pool_};
    enqueue(shape, by);
    opened.end();
    // Graphs of one stream never run beside each other, so that they share the memory between.
    pool_ = graph->pool();
    graphs_.emplace(shape, std::move(graph));
  }

 private:
  void enqueue(batch_shape shape, const computation& by) {
    C10_CUDA_CHECK(cudaMemcpyAsync(inputs_.mutable_data_ptr(), host_inputs_.values().data(),
                                   shape.inputs() * sizeof(std::int32_t), cudaMemcpyHostToDevice,
                                   stream_));
    const auto made = by(inputs_, shape).contiguous();
    C10_CUDA_CHECK(cudaMemcpyAsync(host_outputs_.values().data(), made.const_data_ptr(),
                                   made.nbytes(), cudaMemcpyDeviceToHost, stream_));
  }

  c10::cuda::CUDAStream stream_;
  bool with_graphs_;
  pinned<std::int32_t> host_inputs_;
  pinned<float> host_outputs_;
  at::Tensor inputs_;
  done_event done_;
  at::cuda::MempoolId_t pool_{0, 0};
  std::map<batch_shape, std::unique_ptr<at::cuda::CUDAGraph>> graphs_;
};

}  // namespace

std::unique_ptr<device_lane> make_cuda_lane(int card, const lane_options& options) {
  at::globalContext().lazyInitDevice(at::kCUDA);
  const auto index = static_cast<c10::DeviceIndex>(card);
  c10::cuda::CUDACachingAllocator::setMemoryFraction(options.memory_fraction, index);
  const auto stream = c10::cuda::getStreamFromPool(false, index);
  const c10::cuda::CUDAStreamGuard guard{stream};
  return std::make_unique<cuda_lane>(stream, options);
}

}  // namespace dhr
