#pragma once
// Whether the node at an address is the one that is meant, by its certificate.
//
// CAF's TLS asks only whether the authority has signed a certificate, not for whom, and gives no
// access to the session of its connection. So before CAF connects, this shakes hands with the
// address by itself and looks at the names; the same before a caller is let in, with the address of
// the node that it says it is.
//
// Check and use are two connections. This protects from an address that leads to another node or
// to somebody else, by mistake, by a forged row of the registry, or in the name service. It does
// not protect from a holder of a certificate of the authority who can take over the address between
// the two, or who is a node and says hello as another one: between those that the authority has
// signed there is order, not proof.

#include <cstdint>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/settings_runtime.hpp"

namespace dhr {

// OpenSSL's queue of errors belongs to the thread, and CAF's TLS never empties it: what is left in
// it by a connection that failed makes the next read of a sound one look like a failure. From the
// first call on, every record that comes in on a session made later, and the end of a session, empty
// the queue of their thread. To be called before CAF's TLS is used.
void keep_failures_apart();

// Whether certificate, key and authority can be read and go together and, with verify_names, the
// certificate names this node: all others would refuse it. errc::invalid_argument.
[[nodiscard]] result<void> check_own_certificate(const settings::cluster_tls& files,
                                                 const std::string& node, const std::string& host);

// Connects, shows this node's certificate, checks the other's, and waits until the other speaks,
// which it does only if it has accepted ours. Reads the files anew each time, as CAF does. Blocks
// for at most `patience`; looking a name up is not limited.
// errc::invalid_argument: one of the two certificates is not accepted, or no TLS is spoken there.
// errc::unavailable: nobody is there, or not in time.
[[nodiscard]] result<void> meet(const settings::cluster_tls& files, const std::string& node,
                                const std::string& host, std::uint16_t port, milliseconds patience);

}  // namespace dhr
