#pragma once
// An authority of a test's own and the certificates that it signs, as files in a folder that goes
// with this object.

#include <filesystem>
#include <string>
#include <vector>

namespace dhr::testing {

class authority {
 public:
  explicit authority(const std::string& name);
  ~authority();
  authority(const authority&) = delete;
  authority& operator=(const authority&) = delete;

  struct files {
    std::string certificate;  // PEM
    std::string key;
  };
  // `names` as OpenSSL writes them: "DNS:anna", "IP:10.0.0.1". Valid for a day.
  [[nodiscard]] files issue(const std::vector<std::string>& names) const;
  // Of the authority's own certificate.
  [[nodiscard]] std::string certificate() const { return (folder_ / "authority.pem").string(); }

 private:
  std::filesystem::path folder_;
  mutable int issued_ = 0;
};

}  // namespace dhr::testing
