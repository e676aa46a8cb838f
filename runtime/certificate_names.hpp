#pragma once
// For whom a certificate is issued, by its alternative names (RFC 6125).
//
// A node's name stands there as DNS name, letter for letter, upper and lower case alike. The host
// that it advertises stands there as DNS name, where the whole leftmost label may be "*" and stands
// for one label, or, if it is an address, as IP address. The common name does not count. A
// certificate for "*.nodes.example" shows that somebody is one of those nodes and not which one.

#include <string>

#include "runtime/base/result.hpp"

struct x509_st;  // OpenSSL's X509

namespace dhr {

// errc::invalid_argument: it is not, and the message tells which names it has. An empty `node`: for
// any node of that host.
[[nodiscard]] result<void> is_issued_for(x509_st* certificate, const std::string& node,
                                         const std::string& host);

// `pem`: one certificate.
[[nodiscard]] result<void> is_issued_for(const std::string& pem, const std::string& node,
                                         const std::string& host);

}  // namespace dhr
