#include "runtime/certificate_names.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace dhr {
namespace {

constexpr unsigned exact = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
constexpr unsigned host_rules =
    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

std::string text_of(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string address_of(const ASN1_STRING* value) {
  char text[INET6_ADDRSTRLEN] = "";
  const int family = ASN1_STRING_length(value) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(value) != 16) return "?";
  inet_ntop(family, ASN1_STRING_get0_data(value), text, sizeof text);
  return text;
}

// "anna, 10.0.0.11", as they stand in the certificate.
std::string names_in(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found{
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free};
  std::string list;
  const int count = found ? sk_GENERAL_NAME_num(found.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const auto* name = sk_GENERAL_NAME_value(found.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (!list.empty()) list += ", ";
    list += name->type == GEN_DNS ? text_of(name->d.dNSName) : address_of(name->d.iPAddress);
  }
  return list.empty() ? "nobody" : list;
}

bool names(X509* certificate, const std::string& name, unsigned rules) {
  return !name.empty() &&
         X509_check_host(certificate, name.data(), name.size(), rules, nullptr) == 1;
}

bool names_host(X509* certificate, const std::string& host) {
  constexpr int no_address = -2;
  const int as_address = X509_check_ip_asc(certificate, host.c_str(), 0);
  return as_address == no_address ? names(certificate, host, host_rules) : as_address == 1;
}

}  // namespace

result<void> is_issued_for(X509* certificate, const std::string& node, const std::string& host) {
  if (names(certificate, node, exact) || names_host(certificate, host)) return ok();
  const std::string wanted = node.empty()
                                 ? "not for the host "
                                 : "neither for the node's name " + node + " nor for its host ";
  return fail(errc::invalid_argument,
              "the certificate is issued for " + names_in(certificate) + ", and " + wanted + host);
}

result<void> is_issued_for(const std::string& pem, const std::string& node,
                           const std::string& host) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{
      PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), &X509_free};
  ERR_clear_error();
  if (!certificate) return fail(errc::invalid_argument, "this is no certificate");
  return is_issued_for(certificate.get(), node, host);
}

}  // namespace dhr
