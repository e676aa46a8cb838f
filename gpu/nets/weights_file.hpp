#pragma once
// The flat file of named tensors that models/ears and models/emotion write (the README of the first
// tells the format).

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

// The whole file; errc::not_found without it, errc::failed where it cannot be read to its end. Both
// messages say what to do.
[[nodiscard]] result<std::string> read_model_file(const std::filesystem::path& path);

struct tensor {
  std::vector<std::uint32_t> shape;  // the last index runs fastest
  std::vector<float> values;         // as many as the product of the shape
};

// Pure data after reading; any thread may read it.
class weights_file {
 public:
  // errc::not_found without the file, errc::failed for one that is cut, damaged or of another
  // version. Both messages say what to do.
  [[nodiscard]] static result<weights_file> read(const std::filesystem::path& path);

  // The same for its bytes, which read_model_file gave; errors name the path.
  [[nodiscard]] static result<weights_file> parse(std::string_view bytes,
                                                  const std::filesystem::path& path);

  // The tensor of this name; errc::failed unless it is there and has this shape. It lives as long
  // as this object.
  [[nodiscard]] result<const tensor*> find(std::string_view name,
                                           const std::vector<std::uint32_t>& shape) const;

  // The same for a tensor of any shape.
  [[nodiscard]] result<const tensor*> find(std::string_view name) const;

  [[nodiscard]] const std::map<std::string, tensor, std::less<>>& tensors() const {
    return tensors_;
  }

 private:
  std::map<std::string, tensor, std::less<>> tensors_;
  std::string path_;
};

}  // namespace dhr
