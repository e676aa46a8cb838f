#pragma once
// Audio and frames inside a node: immutable, shared, counted. Copying costs a reference count.

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dhr {

class shared_bytes {
 public:
  shared_bytes() = default;
  explicit shared_bytes(std::string bytes)
      : bytes_{std::make_shared<const std::string>(std::move(bytes))} {}

  // The bytes of plain values in the machine's order (little endian on every supported machine).
  template <class T>
  requires std::is_trivially_copyable_v<T>
  static shared_bytes of(std::span<const T> values) {
    return shared_bytes{
        std::string{reinterpret_cast<const char*>(values.data()), values.size_bytes()}};
  }

  [[nodiscard]] std::string_view view() const noexcept {
    return bytes_ ? std::string_view{*bytes_} : std::string_view{};
  }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_ ? bytes_->size() : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // The values that `of` was given; the size must be a multiple of sizeof(T).
  template <class T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] std::vector<T> as() const {
    std::vector<T> values(size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes_->data(), values.size() * sizeof(T));
    return values;
  }

  friend bool operator==(const shared_bytes& a, const shared_bytes& b) noexcept {
    return a.view() == b.view();
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

}  // namespace dhr
