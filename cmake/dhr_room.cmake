# One static library per room and its tests. A room's tests link the room and what it declares, so a
# dependency that is not declared does not link.

find_package(Threads REQUIRED)
find_package(Catch2 2 REQUIRED)
include(Catch)

add_library(dhr_flags INTERFACE)
target_include_directories(dhr_flags INTERFACE ${CMAKE_SOURCE_DIR})
set(own_options -Wall -Wextra -Wpedantic -Wshadow -Werror -Wno-missing-field-initializers -fno-omit-frame-pointer)
target_compile_options(dhr_flags INTERFACE "$<$<COMPILE_LANGUAGE:C,CXX>:${own_options}>")
target_link_libraries(dhr_flags INTERFACE Threads::Threads)
if(DHR_SANITIZER)
  # g++ 12 sees uninitialised values in the instrumented standard library.
  target_compile_options(dhr_flags INTERFACE -fsanitize=${DHR_SANITIZER} -fno-sanitize-recover=all -O1 -g1
                                             -Wno-maybe-uninitialized)
  # CAF's init_fun_factory binds a reference to the empty argument tuple of actors without arguments.
  target_compile_options(dhr_flags INTERFACE -fno-sanitize=null)
  target_link_options(dhr_flags INTERFACE -fsanitize=${DHR_SANITIZER})
  if(DHR_SANITIZER MATCHES thread)
    # Asio's fences are not seen by the sanitizer; its queues have mutexes besides.
    target_compile_options(dhr_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

add_library(dhr_test_main STATIC ${CMAKE_SOURCE_DIR}/tests/support/catch_main.cpp)
target_link_libraries(dhr_test_main PUBLIC dhr_flags Catch2::Catch2)
# The tests' own sources: what they test is built as it is shipped, and these compile in half the time.
target_compile_options(dhr_test_main INTERFACE $<$<CONFIG:RelWithDebInfo>:-O1 -g1>)

# Certificates of the tests' own.
find_package(OpenSSL REQUIRED)
add_library(dhr_test_authority STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/support/authority.cpp)
target_link_libraries(dhr_test_authority PUBLIC dhr_flags OpenSSL::Crypto)

# Doors without a house: a directory and sessions that answer by a script.
find_package(CAF REQUIRED)
add_library(dhr_fake_session STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/support/fake_session.cpp)
target_link_libraries(dhr_fake_session PUBLIC dhr_flags dhr_session CAF::core)

# PostgreSQL for the tests that need a server: with TEST_PROPERTIES FIXTURES_REQUIRED postgres, ctest starts it before them.
# The folder holds its socket, whose path may not be long.
string(MD5 DHR_TEST_POSTGRES_DIR ${CMAKE_BINARY_DIR})
string(SUBSTRING ${DHR_TEST_POSTGRES_DIR} 0 8 DHR_TEST_POSTGRES_DIR)
set(DHR_TEST_POSTGRES_DIR /tmp/dhr-postgres-${DHR_TEST_POSTGRES_DIR})
add_test(NAME "postgres: starts" COMMAND ${CMAKE_SOURCE_DIR}/tests/support/postgres start ${DHR_TEST_POSTGRES_DIR})
add_test(NAME "postgres: stops" COMMAND ${CMAKE_SOURCE_DIR}/tests/support/postgres stop ${DHR_TEST_POSTGRES_DIR})
set_tests_properties("postgres: starts" PROPERTIES FIXTURES_SETUP postgres)
set_tests_properties("postgres: stops" PROPERTIES FIXTURES_CLEANUP postgres)

# dhr_room(NAME SOURCES file... [DEPS dhr_x...] [LIBRARIES private third-party targets...]
#          [PRECOMPILE header...] [TEST_DEPS target...] [TEST_PROPERTIES name value...])
# Makes the library dhr_NAME, the test program test_NAME from tests/<the room's path>/*.cpp
# (with DEPS of the room, and what TEST_DEPS adds), and its entry in ctest.
function(dhr_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;LIBRARIES;PRECOMPILE;TEST_DEPS;TEST_PROPERTIES" ${ARGN})
  add_library(dhr_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(dhr_${name} PUBLIC dhr_flags ${ROOM_DEPS} PRIVATE ${ROOM_LIBRARIES})
  if(ROOM_PRECOMPILE AND NOT DHR_SANITIZER)
    target_precompile_headers(dhr_${name} PRIVATE ${ROOM_PRECOMPILE})
  endif()

  file(RELATIVE_PATH room_path ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  file(GLOB test_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${room_path}/*.cpp)
  if(test_sources)
    add_executable(test_${name} ${test_sources})
    target_link_libraries(test_${name} PRIVATE dhr_${name} dhr_test_main ${ROOM_TEST_DEPS})
    target_compile_definitions(test_${name} PRIVATE DHR_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                                    DHR_DEPS_DIR="${DHR_DEPS_DIR}"
                                                    DHR_TEST_POSTGRES_DIR="${DHR_TEST_POSTGRES_DIR}")
    set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    # A machine that builds for cards need not have what such a program loads, so it is not asked for its tests.
    if(DHR_CUDA)
      add_test(NAME "${name}: all its tests" COMMAND test_${name})
      set_tests_properties("${name}: all its tests" PROPERTIES TIMEOUT 600 ENVIRONMENT GOMP_SPINCOUNT=2000 ${ROOM_TEST_PROPERTIES})
    else()
      catch_discover_tests(test_${name} TEST_PREFIX "${name}: " PROPERTIES TIMEOUT 120
                           ENVIRONMENT GOMP_SPINCOUNT=2000 ${ROOM_TEST_PROPERTIES})
    endif()
  endif()
endfunction()
