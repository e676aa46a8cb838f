#include "tests/support/authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace dhr::testing {
namespace {

namespace fs = std::filesystem;

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using pkey_ptr = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, free_with<X509_free>>;
using file_ptr = std::unique_ptr<FILE, free_with<std::fclose>>;

void demand(bool done, const char* what) {
  if (!done) throw std::runtime_error{std::string{"cannot make a test's certificate: "} + what};
}

file_ptr open(const fs::path& path, const char* mode) {
  file_ptr file{std::fopen(path.c_str(), mode)};
  demand(file != nullptr, path.c_str());
  return file;
}

void extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, free_with<X509_EXTENSION_free>> extension{
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str())};
  demand(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

x509_ptr begin(const std::string& name, EVP_PKEY* key) {
  x509_ptr made{X509_new()};
  std::int64_t serial = 0;
  demand(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), 7) == 1, "serial");
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return made;
}

void write(const fs::path& certificate_file, X509* certificate, const fs::path& key_file,
           EVP_PKEY* key) {
  demand(PEM_write_X509(open(certificate_file, "w").get(), certificate) == 1, "writing");
  demand(PEM_write_PrivateKey(open(key_file, "w").get(), key, nullptr, nullptr, 0, nullptr,
                              nullptr) == 1,
         "writing");
}

}  // namespace

authority::authority(const std::string& name) {
  auto folder = (fs::temp_directory_path() / "dhr_authority_XXXXXX").string();
  demand(mkdtemp(folder.data()) != nullptr, "a folder");
  folder_ = folder;
  const pkey_ptr key{EVP_EC_gen("P-256")};
  const auto made = begin(name, key.get());
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(made.get(), made.get(), NID_subject_key_identifier, "hash");
  demand(X509_sign(made.get(), key.get(), EVP_sha256()) > 0, "signing");
  write(certificate(), made.get(), folder_ / "authority.key", key.get());
}

authority::~authority() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

authority::files authority::issue(const std::vector<std::string>& names) const {
  const x509_ptr own{PEM_read_X509(open(certificate(), "r").get(), nullptr, nullptr, nullptr)};
  const pkey_ptr own_key{
      PEM_read_PrivateKey(open(folder_ / "authority.key", "r").get(), nullptr, nullptr, nullptr)};
  demand(own && own_key, "reading the authority");
  const pkey_ptr key{EVP_EC_gen("P-256")};
  const auto made = begin("a test's node", key.get());
  X509_set_issuer_name(made.get(), X509_get_subject_name(own.get()));
  extend(made.get(), own.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(made.get(), own.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ",") + name;
  if (!list.empty()) extend(made.get(), own.get(), NID_subject_alt_name, list);
  demand(X509_sign(made.get(), own_key.get(), EVP_sha256()) > 0, "signing");
  const auto stem = folder_ / ("node_" + std::to_string(++issued_));
  files written{stem.string() + ".pem", stem.string() + ".key"};
  write(written.certificate, made.get(), written.key, key.get());
  return written;
}

}  // namespace dhr::testing
