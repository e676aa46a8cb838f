// What a file is.

#include "runtime/file_hash.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

using namespace dhr;

TEST_CASE("bytes have the hash of a file that holds them") {
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("several files have the hash of their bytes one after another, unless nobody waits") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("dhr_hashes_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "first", std::ios::binary} << "a";
  std::ofstream{folder / "second", std::ios::binary} << "bc";
  const std::vector<std::filesystem::path> files{folder / "first", folder / "second"};
  CHECK(hash_of_files(files).value() == hash_of("abc"));
  CHECK(hash_of_files({files[1], files[0]}).value() == hash_of("bca"));
  std::stop_source nobody;
  nobody.request_stop();
  CHECK(hash_of_files(files, nobody.get_token()).error().code == errc::cancelled);
  std::filesystem::remove_all(folder);
}

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
