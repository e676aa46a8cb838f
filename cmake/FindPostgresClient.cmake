# Finds libpq, PostgreSQL's C client. Target: PostgresClient::pq.
# CMake's own module asks for the server's headers too, which nobody needs here.
find_path(PostgresClient_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql)
find_library(PostgresClient_LIBRARY NAMES libpq.so)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PostgresClient REQUIRED_VARS PostgresClient_LIBRARY PostgresClient_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "install libpq-dev (./run does it)")

if(PostgresClient_FOUND AND NOT TARGET PostgresClient::pq)
  add_library(PostgresClient::pq SHARED IMPORTED GLOBAL)
  set_target_properties(PostgresClient::pq PROPERTIES
    IMPORTED_LOCATION ${PostgresClient_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${PostgresClient_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${PostgresClient_INCLUDE_DIR})
endif()
mark_as_advanced(PostgresClient_INCLUDE_DIR PostgresClient_LIBRARY)
