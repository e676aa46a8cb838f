#pragma once
// SQLite as the store's files use it: a connection, prepared statements, transactions; every
// failure is a value. It knows nothing of conversations.
//
// Lives on: one thread at a time. A database outlives its statements and transactions.

#include <concepts>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace dhr::sqlite {

// The answer to one use of a statement. Ends that use, and with it the read lock, when it goes.
class rows {
 public:
  rows(rows&& other) noexcept;
  rows& operator=(rows&&) = delete;
  ~rows();

  // Goes to the next row; false when there is none.
  [[nodiscard]] result<bool> next();
  // Of the row that `next` went to; columns count from 0. A view lives until the next `next`.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;

 private:
  friend class statement;
  explicit rows(sqlite3_stmt* statement) noexcept : statement_{statement} {}
  void bind(std::int64_t value);
  void bind(double value);
  void bind(std::string_view value);
  void note(int code) noexcept;

  sqlite3_stmt* statement_;
  int bound_ = 0;
  int problem_ = 0;  // the first failure of a bind
};

class statement {
 public:
  // One use, with the values of its parameters in their order.
  template <class... Values>
  [[nodiscard]] rows with(const Values&... values) {
    rows use{statement_.get()};
    (bind(use, values), ...);
    return use;
  }
  // One use to its end, whatever rows there are.
  template <class... Values>
  [[nodiscard]] result<void> run(const Values&... values) {
    auto use = with(values...);
    return to_the_end(use);
  }

 private:
  friend class database;
  struct closer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit statement(sqlite3_stmt* prepared) noexcept : statement_{prepared} {}

  template <std::integral Value>
  static void bind(rows& use, Value value) {
    use.bind(static_cast<std::int64_t>(value));
  }
  static void bind(rows& use, double value) { use.bind(value); }
  static void bind(rows& use, std::string_view value) { use.bind(value); }
  static result<void> to_the_end(rows& use);

  std::unique_ptr<sqlite3_stmt, closer> statement_;
};

enum class open_mode {
  create,    // makes the file, and the folder above it, where they are missing
  existing,  // not_found where there is none
};

class database {
 public:
  // ":memory:" is a database of its own that ends with the connection. A new folder is 0700, a new
  // file 0600. `patience`: how long a call waits for another process.
  [[nodiscard]] static result<database> open(const std::filesystem::path& path, open_mode mode,
                                             milliseconds patience);

  [[nodiscard]] result<statement> prepare(std::string_view sql);
  // Runs statements, separated by semicolons, whose rows do not matter.
  [[nodiscard]] result<void> execute(const std::string& sql);
  // The first column of the first row: of a pragma or an aggregate.
  [[nodiscard]] result<std::int64_t> integer(std::string_view sql);
  [[nodiscard]] result<std::string> text(std::string_view sql);
  // Rows that the last statement wrote or deleted, without those of a cascade.
  [[nodiscard]] std::int64_t changes() const noexcept;
  // Whether changes are under way that no commit has made lasting.
  [[nodiscard]] bool in_transaction() const noexcept;

 private:
  struct closer {
    void operator()(sqlite3* connection) const noexcept;
  };
  explicit database(sqlite3* connection) noexcept : connection_{connection} {}
  std::unique_ptr<sqlite3, closer> connection_;
};

enum class lock {
  read,   // all reads see one state
  write,  // and nobody else writes, from the begin on
};

// Without a commit everything is undone.
class transaction {
 public:
  [[nodiscard]] static result<transaction> begin(database& on, lock wanted);
  transaction(transaction&& other) noexcept;
  transaction& operator=(transaction&&) = delete;
  ~transaction();
  [[nodiscard]] result<void> commit();

 private:
  explicit transaction(database& on) noexcept : database_{&on} {}
  database* database_;
};

}  // namespace dhr::sqlite
