#pragma once
// A language server of the test's own on loopback: each connection is answered by the next script.

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dhr::testing {

// What a connection is answered with, byte for byte, after its request was read.
struct scripted_answer {
  std::string bytes;
  bool hang = false;  // keep the connection open after that until the client closes it
};

class completions_server {
 public:
  explicit completions_server(std::vector<scripted_answer> answers)
      : answers_{std::move(answers)},
        acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}},
        thread_{[this] { serve(); }} {}
  ~completions_server() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    // A blocked accept wakes up for a last visitor.
    boost::asio::ip::tcp::socket visitor{io_};
    visitor.connect({boost::asio::ip::address_v4::loopback(), port_}, ignored);
    visitor.close(ignored);  // it asks for nothing
    thread_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<boost::beast::http::request<boost::beast::http::string_body>> requests()
      const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

 private:
  void serve() {
    namespace http = boost::beast::http;
    for (const auto& answer : answers_) {
      boost::system::error_code problem;
      boost::asio::ip::tcp::socket socket{io_};
      acceptor_.accept(socket, problem);
      if (problem) return;
      boost::beast::flat_buffer buffer;
      http::request<http::string_body> request;
      http::read(socket, buffer, request, problem);
      if (problem) continue;
      {
        const std::lock_guard lock{mutex_};
        requests_.push_back(std::move(request));
      }
      boost::asio::write(socket, boost::asio::buffer(answer.bytes), problem);
      char byte = 0;
      if (answer.hang) boost::asio::read(socket, boost::asio::buffer(&byte, 1), problem);
    }
  }

  std::vector<scripted_answer> answers_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  mutable std::mutex mutex_;
  std::vector<boost::beast::http::request<boost::beast::http::string_body>> requests_;
  std::thread thread_;
};

inline std::string stream_of(const std::vector<std::string>& events) {
  std::string body;
  for (const auto& event : events) body += "data: " + event + "\n\n";
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + body;
}

inline std::string status_answer(int status, const std::string& body,
                                 const std::string& header = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + header +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace dhr::testing
