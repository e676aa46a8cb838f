#pragma once
// PostgreSQL as the store uses it: one connection that makes itself anew after a failure, prepared
// statements, a deadline for every call; every failure is a value. It knows nothing of
// conversations.
//
// Calls block, but never longer than the patience that the options give: a server that is stopped,
// or behind a cut link, answers nothing, and its kernel may still acknowledge what was sent. What a
// call did that ran into its deadline is unknown, and it may yet be done later, after others that
// were called later on a new connection. Where that would undo them, the statement compares the
// numbers of the calls (next_call).

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"

struct pg_conn;
struct pg_result;

namespace dhr::postgres {

struct connection_options {
  // "postgresql://user:password@host:port/database?sslmode=verify-full", or libpq's key=value
  // words; what is missing comes from libpq's own places (PGPASSWORD, ~/.pgpass). Never logged.
  std::string url;
  milliseconds connect_patience{3'000};    // without the look-up of the host's name
  milliseconds statement_patience{2'000};  // for the server (statement_timeout); plus half for us
  const clock* time = &system_clock();     // outlives the connection
};

// The value of a $1, $2, ... in its type.
struct parameter {
  unsigned type;  // the server's number of the type (OID)
  bool binary;    // how `value` is written
  std::string value;
};

[[nodiscard]] parameter text(std::string_view value);  // UTF-8 without zero bytes
[[nodiscard]] parameter bytes(std::string_view value);
[[nodiscard]] parameter integer(std::int64_t value);  // bigint
[[nodiscard]] parameter number(std::uint64_t value);  // numeric: every 64-bit value, in order
[[nodiscard]] parameter real(double value);           // double precision
[[nodiscard]] parameter boolean(bool value);
// Arrays of bytea, integer (32 bits) and boolean, for unnest().
[[nodiscard]] parameter bytes_array(std::span<const std::string_view> values);
[[nodiscard]] parameter position_array(std::size_t count);  // 0, 1, ..., count - 1
[[nodiscard]] parameter boolean_array(const std::vector<bool>& values);

// The whole answer to a statement. Rows and columns count from 0.
class rows {
 public:
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool is_null(std::size_t row, int column) const noexcept;
  [[nodiscard]] std::string_view text(std::size_t row, int column) const noexcept;  // and bytea
  [[nodiscard]] std::int64_t integer(std::size_t row, int column) const noexcept;   // bigint
  [[nodiscard]] double real(std::size_t row, int column) const noexcept;
  [[nodiscard]] bool boolean(std::size_t row, int column) const noexcept;
  // A numeric that the statement casts to text.
  [[nodiscard]] std::uint64_t number(std::size_t row, int column) const noexcept;
  // Rows that an INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::size_t changes() const noexcept;

 private:
  friend class connection;
  struct closer {
    void operator()(pg_result* answer) const noexcept;
  };
  explicit rows(pg_result* answer) noexcept : answer_{answer} {}
  std::unique_ptr<pg_result, closer> answer_;
};

// Lives on: one thread at a time.
//
// Errors: unavailable (no connection, a deadline, the server refuses for now), invalid_argument (a
// value that the server cannot take), failed (anything else; the message holds the server's words).
class connection {
 public:
  // Connects at the first call. errc::invalid_argument when the URL is none; the message does not
  // repeat it.
  [[nodiscard]] static result<connection> make(connection_options options);

  // One statement; prepared at its first use on each connection, under the address of `sql`, which
  // is a literal. A connection that the server has closed meanwhile is made anew before.
  [[nodiscard]] result<rows> run(const char* sql, std::initializer_list<parameter> values);
  // Statements, separated by semicolons, whose rows do not matter.
  [[nodiscard]] result<void> execute(const std::string& sql);

  // Names this object among all that ever wrote, and its calls in their order: of two calls of one
  // writer the one with the lower number must not overwrite what the other wrote.
  [[nodiscard]] std::int64_t writer() const noexcept { return writer_; }
  [[nodiscard]] std::int64_t next_call() noexcept { return ++calls_; }

  // "PostgreSQL host:port/database", as the URL has it, for messages.
  [[nodiscard]] std::string name() const;

 private:
  struct closer {
    void operator()(pg_conn* open) const noexcept;
  };

  explicit connection(connection_options options) : options_{std::move(options)} {}
  friend class transaction;

  [[nodiscard]] bool is_alive();
  [[nodiscard]] result<void> connect();
  [[nodiscard]] result<void> open_anew();
  [[nodiscard]] result<void> prepare(const char* sql, std::span<const parameter> values,
                                     std::string& statement);
  // Waits for the answer of what was sent; the connection is dropped when it does not come.
  [[nodiscard]] result<rows> answer(bool sent);
  [[nodiscard]] result<void> wait(short events, mono_time deadline, const char* what);
  [[nodiscard]] error explain(const pg_result* answer) const;
  [[nodiscard]] error lost(const std::string& what);

  connection_options options_;
  std::int64_t writer_ = std::bit_cast<std::int64_t>(random_number());
  std::int64_t calls_ = 0;
  std::unique_ptr<pg_conn, closer> open_;
  std::vector<const char*> prepared_;  // on the open connection; the index names the statement
  bool in_transaction_ = false;        // a new connection would not be in it
};

// Without a commit everything is undone.
class transaction {
 public:
  [[nodiscard]] static result<transaction> begin(connection& on);
  transaction(transaction&& other) noexcept;
  transaction& operator=(transaction&&) = delete;
  ~transaction();
  [[nodiscard]] result<void> commit();

 private:
  explicit transaction(connection& on) noexcept : connection_{&on} {}
  connection* connection_;
};

}  // namespace dhr::postgres
