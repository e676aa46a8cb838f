#pragma once
// The connections that live, so that they can be counted and told to end. Thread-safe.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dhr::door {

// shut_down and abort are thread-safe: they are carried out on the connection's own strand.
class live_connection {
 public:
  virtual ~live_connection() = default;
  // Serves the client to the end, on the connection's strand. With `refused` the server is full and
  // the client is told so.
  [[nodiscard]] virtual boost::asio::awaitable<void> run(bool refused) = 0;
  // The server ends: lets out what is on its way to the client, then closes.
  virtual void shut_down() = 0;
  // Closes the socket now.
  virtual void abort() = 0;
};

class connection_table {
 public:
  void add(const live_connection* key, std::weak_ptr<live_connection> connection);
  void remove(const live_connection* key);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::vector<std::shared_ptr<live_connection>> all() const;
  // Calls `then` once, as soon as no connection lives. For when no more will be added.
  void when_empty(std::function<void()> then);

 private:
  mutable std::mutex mutex_;  // connections come and go on their own strands
  std::unordered_map<const live_connection*, std::weak_ptr<live_connection>> connections_;
  std::function<void()> empty_;
};

// A connection's place in the table. Declared as its first member, so that it is given up last:
// once the table is empty nothing of any connection uses the io_context any more.
class table_place {
 public:
  table_place(std::shared_ptr<connection_table> table, const live_connection* key)
      : table_{std::move(table)}, key_{key} {}
  ~table_place() { table_->remove(key_); }
  table_place(const table_place&) = delete;
  table_place& operator=(const table_place&) = delete;

 private:
  std::shared_ptr<connection_table> table_;
  const live_connection* key_;
};

}  // namespace dhr::door
