#include "net/door/self_signed.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <memory>
#include <sstream>

namespace dhr::door {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

constexpr auto validity = hours{24 * 825};
constexpr auto renewal_margin = hours{24 * 30};
constexpr auto clock_skew = hours{24};  // of clients whose clock is behind

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using pkey_ptr = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, free_with<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, free_with<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, free_with<X509_EXTENSION_free>>;

boost::outcome_v2::failure_type<error> openssl_failure(const std::string& what) {
  char reason[256] = "unknown reason";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return fail(errc::failed, "cannot " + what + ": " + reason);
}

bool is_ip(const std::string& name) {
  boost::system::error_code trouble;
  boost::asio::ip::make_address(name, trouble);
  return !trouble;
}

std::vector<std::string> all_names(const std::vector<std::string>& further) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  names.insert(names.end(), further.begin(), further.end());
  return names;
}

time_t seconds_of(wall_time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const extension_ptr extension{X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] = (bytes[0] & 0x7f) | 0x40;  // positive, and of full length
  const std::unique_ptr<BIGNUM, free_with<BN_free>> number{BN_bin2bn(bytes, sizeof bytes, nullptr)};
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names, wall_time now) {
  std::string alternatives;
  for (const auto& name : names) {
    if (!alternatives.empty()) alternatives += ',';
    alternatives += is_ip(name) ? "IP:" : "DNS:";
    alternatives += name;
  }
  auto* subject = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>("Digital Human Runtime");
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), seconds_of(now - clock_skew)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds_of(now - clock_skew + validity)) !=
             nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, NID_subject_alt_name, alternatives) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

bio_ptr memory_of(const std::string& text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

bool write_all(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto written = ::write(file, text.data() + done, text.size() - done);
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return ::fsync(file) == 0;
}

// Under another name first, so that nobody reads half a file and a full disk loses nothing.
result<void> write_file(const fs::path& path, const std::string& text, mode_t mode) {
  const auto draft = path.string() + ".new";
  ::unlink(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool written = file >= 0 && write_all(file, text);
  if (file >= 0) ::close(file);
  if (written && ::rename(draft.c_str(), path.c_str()) == 0) return ok();
  ::unlink(draft.c_str());
  return fail(errc::unavailable,
              "cannot write " + path.string() +
                  "; set runtime.state_dir to a folder that can be "
                  "written",
              path.string());
}

}  // namespace

result<certificate_files> make_self_signed(const std::vector<std::string>& names, wall_time now) {
  const pkey_ptr key{EVP_EC_gen("P-256")};
  const x509_ptr certificate{X509_new()};
  if (!key || !certificate || !fill(certificate.get(), key.get(), all_names(names), now)) {
    return openssl_failure("make a certificate");
  }
  const bio_ptr certificate_text{BIO_new(BIO_s_mem())};
  const bio_ptr key_text{BIO_new(BIO_s_mem())};
  if (PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return openssl_failure("write a certificate");
  }
  return certificate_files{text_of(certificate_text.get()), text_of(key_text.get())};
}

bool is_usable(const certificate_files& files, const std::vector<std::string>& names,
               wall_time now) {
  const auto certificate_text = memory_of(files.certificate);
  const auto key_text = memory_of(files.key);
  const x509_ptr certificate{PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr)};
  const pkey_ptr key{PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr)};
  const bool fits = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) return false;
  auto from = seconds_of(now);
  auto until = seconds_of(now + renewal_margin);
  if (X509_cmp_time(X509_get0_notBefore(certificate.get()), &from) != -1) return false;
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &until) != 1) return false;
  for (const auto& name : all_names(names)) {
    const bool named =
        is_ip(name) ? X509_check_ip_asc(certificate.get(), name.c_str(), 0) == 1
                    : X509_check_host(certificate.get(), name.data(), name.size(), 0, nullptr) == 1;
    if (!named) return false;
  }
  return true;
}

result<certificate_files> keep_self_signed(const fs::path& folder,
                                           const std::vector<std::string>& names, wall_time now) {
  if (folder.empty()) return make_self_signed(names, now);
  const auto certificate_path = folder / "certificate.pem";
  const auto key_path = folder / "key.pem";
  certificate_files kept{read_file(certificate_path), read_file(key_path)};
  if (is_usable(kept, names, now)) return kept;
  std::error_code trouble;
  fs::create_directories(folder, trouble);
  DHR_TRY(auto made, make_self_signed(names, now));
  DHR_TRY(write_file(key_path, made.key, 0600));
  DHR_TRY(write_file(certificate_path, made.certificate, 0644));
  return made;
}

}  // namespace dhr::door
