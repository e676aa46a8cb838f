// What a file is.

#include "runtime/file_hash.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

using namespace dhr;

TEST_CASE("a file's hash is its SHA-256, however long it is") {
  const auto path =
      std::filesystem::temp_directory_path() / ("dhr_hash_" + std::to_string(getpid()));
  std::ofstream{path, std::ios::binary} << "abc";
  CHECK(hash_of_file(path).value() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  std::ofstream{path, std::ios::binary} << std::string(1'000'000, 'a');  // more than one piece
  CHECK(hash_of_file(path).value() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(date_of_file(path).size() == std::string{"2026-01-31T12:00:00Z"}.size());
  std::filesystem::remove(path);
  CHECK(hash_of_file(path).error().code == errc::not_found);
  CHECK(date_of_file(path).empty());
}
