#include "actors/ears/transcriptions_codec.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/ears/transcription_fixture.hpp"

using namespace dhr;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string boundary_of(const form_data& form) {
  const std::string head = "multipart/form-data; boundary=";
  REQUIRE(form.content_type.starts_with(head));
  return form.content_type.substr(head.size());
}

}  // namespace

TEST_CASE("the address of the transcriptions may or may not name the version") {
  CHECK(transcriptions_url("http://h:1") == "http://h:1/v1/audio/transcriptions");
  CHECK(transcriptions_url("http://h:1/v1/") == "http://h:1/v1/audio/transcriptions");
}

TEST_CASE("a request is a form of a sound file and its fields") {
  transcribe request;
  request.pcm = shared_bytes{std::string("\x01\x00\x02\x00", 4)};
  request.language = "en";
  request.prompt = "Beckett, Godot";
  const auto form = encode_transcription_form(request, "whisper-1");
  const auto line = "--" + boundary_of(form) + "\r\n";
  const auto expected_tail =
      "\r\n" + line + "Content-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n" + line +
      "Content-Disposition: form-data; name=\"response_format\"\r\n\r\njson\r\n" + line +
      "Content-Disposition: form-data; name=\"language\"\r\n\r\nen\r\n" + line +
      "Content-Disposition: form-data; name=\"prompt\"\r\n\r\nBeckett, Godot\r\n--" +
      boundary_of(form) + "--\r\n";
  const auto head = line +
                    "Content-Disposition: form-data; name=\"file\"; filename=\"audio.wav\"\r\n"
                    "Content-Type: audio/wav\r\n\r\nRIFF";
  CHECK(form.body.starts_with(head));
  CHECK(
      form.body.ends_with(std::string("data\x04\x00\x00\x00\x01\x00\x02\x00", 12) + expected_tail));
  // 16 kHz, little endian.
  CHECK(form.body.find(std::string("\x80\x3e\x00\x00", 4)) != std::string::npos);
}

TEST_CASE("what is not asked for is not in the form") {
  const auto form = encode_transcription_form(test::attempt(1, 0), "m");
  CHECK(form.body.find("name=\"language\"") == std::string::npos);
  CHECK(form.body.find("name=\"prompt\"") == std::string::npos);
}

TEST_CASE("no sound or text can end its part of the form") {
  transcribe request;
  const auto plain = boundary_of(encode_transcription_form(request, "m"));
  request.pcm = shared_bytes{"\r\n--" + plain + "--"};
  request.prompt = plain + "-x";
  const auto form = encode_transcription_form(request, "m");
  const auto boundary = boundary_of(form);
  CHECK(boundary != plain);
  CHECK(count_of(form.body, boundary) == 5);  // four parts and the end
}

TEST_CASE("an answer is read for its text and errors are told in the server's words") {
  const auto good = decode_transcription(R"({"text":" Hello there. \n","usage":{"type":"x"}})");
  REQUIRE(good);
  CHECK(good.assume_value() == "Hello there.");
  const auto object = decode_transcription(R"({"error":{"message":"loading"}})");
  REQUIRE_FALSE(object);
  CHECK(object.assume_error().code == errc::unavailable);
  CHECK(object.assume_error().message.find("loading") != std::string::npos);
  const auto text = decode_transcription(R"({"error":"too busy"})");
  REQUIRE_FALSE(text);
  CHECK(text.assume_error().message.find("too busy") != std::string::npos);
  for (const auto* broken : {"", "Hello", "[]", "{}", R"({"text":7})", R"({"text":"a)"}) {
    INFO(broken);
    const auto read = decode_transcription(broken);
    REQUIRE_FALSE(read);
    CHECK(read.assume_error().code == errc::failed);
  }
  CHECK(decode_transcription(R"({"error":null,"text":""})").assume_value().empty());
}
