// What Boost's sockets are, compiled once: without it each file that includes them compiles them
// again, which is a third of its time.

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
