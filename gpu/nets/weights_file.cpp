#include "gpu/nets/weights_file.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <fstream>

namespace dhr {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little endian");

constexpr std::string_view magic{"DHRNETS\0", 8};
constexpr std::uint32_t version = 1;
constexpr std::uint32_t name_bytes_max = 256;
constexpr std::uint32_t rank_max = 8;
constexpr const char* advice = "; run ./run --setup-only to prepare the models anew";

// The reflected CRC-32 of zlib and IEEE 802.3.
std::uint32_t crc32(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      auto value = i;
      for (int bit = 0; bit < 8; ++bit) {
        value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
      }
      made[i] = value;
    }
    return made;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFFU];
  }
  return ~crc;
}

// Takes values off the front; after a read past the end every read fails.
class reader {
 public:
  explicit reader(std::string_view bytes) : rest_{bytes} {}

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      is_whole_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::uint32_t number() {
    std::uint32_t value = 0;
    const auto bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  [[nodiscard]] bool is_whole() const { return is_whole_; }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool is_whole_ = true;
};

// False where the file does not hold the whole tensor.
bool read_tensor(reader& from, std::string& name, tensor& into) {
  const auto name_bytes = from.number();
  if (name_bytes > name_bytes_max) return false;
  name = from.take(name_bytes);
  const auto rank = from.number();
  if (rank > rank_max) return false;
  std::uint64_t count = 1;
  for (std::uint32_t i = 0; i < rank; ++i) {
    into.shape.push_back(from.number());
    count *= into.shape.back();
    if (count > from.left() / sizeof(float)) return false;
  }
  const auto bytes = from.take(count * sizeof(float));
  if (!from.is_whole()) return false;
  into.values.resize(count);
  if (count > 0) std::memcpy(into.values.data(), bytes.data(), bytes.size());
  return true;
}

std::string text_of(const std::vector<std::uint32_t>& shape) {
  std::string text = "[";
  for (const auto size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

}  // namespace

result<std::string> read_model_file(const std::filesystem::path& path) {
  const auto name = path.string();
  std::ifstream stream{path, std::ios::binary};
  if (!stream) return fail(errc::not_found, "there is no readable file " + name + advice, name);
  std::string bytes;
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!unknown) bytes.resize(size);
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const bool is_whole = static_cast<std::size_t>(stream.gcount()) == bytes.size();
  if (unknown || !is_whole || stream.peek() != std::ifstream::traits_type::eof()) {
    return fail(errc::failed, name + " cannot be read to its end, or changes meanwhile", name);
  }
  return bytes;
}

result<weights_file> weights_file::read(const std::filesystem::path& path) {
  DHR_TRY(const auto bytes, read_model_file(path));
  return parse(bytes, path);
}

result<weights_file> weights_file::parse(std::string_view bytes,
                                         const std::filesystem::path& path) {
  const auto name = path.string();
  const auto damaged = [&](const std::string& how) {
    return fail(errc::failed, name + " " + how + advice, name);
  };
  reader head{bytes};
  if (head.take(magic.size()) != magic) return damaged("is not a file of weights");
  if (head.number() != version || !head.is_whole()) return damaged("is of another version");
  if (head.left() < 2 * sizeof(std::uint32_t)) return damaged("is cut");
  const auto body = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
  if (crc32(body) != reader{bytes.substr(body.size())}.number()) {
    return damaged("is cut or damaged (its checksum does not fit)");
  }

  reader from{body.substr(magic.size() + sizeof version)};
  weights_file made;
  made.path_ = name;
  const auto count = from.number();
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string tensor_name;
    tensor values;
    if (!read_tensor(from, tensor_name, values)) return damaged("ends inside a tensor");
    made.tensors_.emplace(std::move(tensor_name), std::move(values));
  }
  return made;
}

result<const tensor*> weights_file::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    return fail(errc::failed, path_ + " lacks the tensor " + std::string{name} + advice, path_);
  }
  return &found->second;
}

result<const tensor*> weights_file::find(std::string_view name,
                                         const std::vector<std::uint32_t>& shape) const {
  DHR_TRY(const auto* found, find(name));
  if (found->shape != shape) {
    return fail(errc::failed,
                path_ + " has the tensor " + std::string{name} + " as " + text_of(found->shape) +
                    " instead of " + text_of(shape) + advice,
                path_);
  }
  return found;
}

}  // namespace dhr
