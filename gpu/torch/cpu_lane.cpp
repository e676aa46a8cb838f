#include <ATen/Functions.h>

#include <algorithm>
#include <vector>

#include "gpu/torch/device_lane.hpp"

namespace dhr {
namespace {

class cpu_lane final : public device_lane {
 public:
  explicit cpu_lane(const lane_options& options)
      : inputs_(options.inputs_max), outputs_(options.outputs_max) {}

  at::Device device() const override { return at::kCPU; }
  void* stream() const override { return nullptr; }
  std::size_t graph_count() const override { return 0; }
  bool is_lost() noexcept override { return false; }
  void on_stream(const std::function<void()>& work) override { work(); }
  std::span<std::int32_t> inputs() override { return inputs_; }
  std::span<const float> outputs() const override { return outputs_; }

  void compute(batch_shape shape, const computation& by) override {
    const auto count = static_cast<std::int64_t>(shape.inputs());
    const auto made = by(at::from_blob(inputs_.data(), {count}, at::kInt), shape).contiguous();
    std::copy_n(made.const_data_ptr<float>(), made.numel(), outputs_.begin());
  }

  void capture(batch_shape, const computation&) override {}

 private:
  std::vector<std::int32_t> inputs_;
  std::vector<float> outputs_;
};

}  // namespace

std::unique_ptr<device_lane> make_cpu_lane(const lane_options& options) {
  return std::make_unique<cpu_lane>(options);
}

}  // namespace dhr
