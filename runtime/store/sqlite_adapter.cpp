#include "runtime/store/sqlite_adapter.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace dhr::sqlite {
namespace {

constexpr const char* in_memory = ":memory:";

std::string file_of(sqlite3* connection) {
  const char* name = sqlite3_db_filename(connection, "main");
  return name != nullptr && *name != '\0' ? name : in_memory;
}

error explain(sqlite3* connection, int code) {
  const std::string file = file_of(connection);
  const std::string said = std::string{" ("} + sqlite3_errmsg(connection) + ")";
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {errc::unavailable, "another process holds the store " + file + said, file, {}};
    case SQLITE_FULL:
      return {errc::unavailable,
              "the disk of the store " + file + " is full: free some space",
              file,
              {}};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {errc::unavailable,
              "the store " + file + " cannot be read or written" + said +
                  ": look at the disk and at who may write to its folder",
              file,
              {}};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {errc::failed,
              "the store " + file + " is damaged or no database" + said +
                  "; it was left as it is. Move it away, and a new one is made, or put a copy back",
              file,
              {}};
    case SQLITE_TOOBIG:
      return {errc::invalid_argument, "a text is too long for the store" + said, "text", {}};
    default:
      return {errc::failed, "the store " + file + " failed" + said, file, {}};
  }
}

error explain_file(const std::filesystem::path& path, int number) {
  return {errc::unavailable,
          "cannot make " + path.string() + ": " + std::generic_category().message(number),
          path.string(),
          {}};
}

// SQLite gives the files beside a database (-wal, -shm) the same permissions.
result<void> make_file(const std::filesystem::path& path) {
  const auto folder = path.parent_path();
  if (!folder.empty()) {
    std::error_code problem;
    if (folder.has_parent_path()) {
      std::filesystem::create_directories(folder.parent_path(), problem);
      if (problem) return explain_file(folder.parent_path(), problem.value());
    }
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return explain_file(folder, errno);
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return explain_file(path, errno);
  ::close(file);
  return ok();
}

}  // namespace

rows::rows(rows&& other) noexcept
    : statement_{std::exchange(other.statement_, nullptr)},
      bound_{other.bound_},
      problem_{other.problem_} {}

rows::~rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void rows::note(int code) noexcept {
  if (problem_ == SQLITE_OK) problem_ = code;
}

void rows::bind(std::int64_t value) { note(sqlite3_bind_int64(statement_, ++bound_, value)); }

void rows::bind(double value) { note(sqlite3_bind_double(statement_, ++bound_, value)); }

void rows::bind(std::string_view value) {
  // A null pointer would be bound as NULL.
  const char* bytes = value.data() != nullptr ? value.data() : "";
  note(sqlite3_bind_text64(statement_, ++bound_, bytes, value.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8));
}

result<bool> rows::next() {
  const int code = problem_ == SQLITE_OK ? sqlite3_step(statement_) : problem_;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return explain(sqlite3_db_handle(statement_), code);
}

std::int64_t rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double rows::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void statement::closer::operator()(sqlite3_stmt* prepared) const noexcept {
  sqlite3_finalize(prepared);
}

result<void> statement::to_the_end(rows& use) {
  for (;;) {
    DHR_TRY(const bool more, use.next());
    if (!more) return ok();
  }
}

void database::closer::operator()(sqlite3* connection) const noexcept {
  sqlite3_close_v2(connection);
}

result<database> database::open(const std::filesystem::path& path, open_mode mode,
                                milliseconds patience) {
  if (path != in_memory) {
    std::error_code problem;
    if (mode == open_mode::existing && !std::filesystem::exists(path, problem)) {
      return fail(errc::not_found, "there is no store " + path.string(), path.string());
    }
    if (mode == open_mode::create) {
      DHR_TRY(make_file(path));
    }
  }
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (connection == nullptr) return fail(errc::failed, "no memory for a database connection");
  database opened{connection};
  if (code != SQLITE_OK) return explain(connection, code);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, static_cast<int>(patience.count()));
  return opened;
}

result<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) return explain(connection_.get(), code);
  return statement{prepared};
}

result<void> database::execute(const std::string& sql) {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return explain(connection_.get(), code);
  return ok();
}

result<std::int64_t> database::integer(std::string_view sql) {
  DHR_TRY(auto query, prepare(sql));
  auto found = query.with();
  DHR_TRY(const bool any, found.next());
  return any ? found.integer(0) : 0;
}

result<std::string> database::text(std::string_view sql) {
  DHR_TRY(auto query, prepare(sql));
  auto found = query.with();
  DHR_TRY(const bool any, found.next());
  return any ? std::string{found.text(0)} : std::string{};
}

std::int64_t database::changes() const noexcept { return sqlite3_changes64(connection_.get()); }

bool database::in_transaction() const noexcept {
  return sqlite3_get_autocommit(connection_.get()) == 0;
}

result<transaction> transaction::begin(database& on, lock wanted) {
  DHR_TRY(on.execute(wanted == lock::read ? "BEGIN" : "BEGIN IMMEDIATE"));
  return transaction{on};
}

transaction::transaction(transaction&& other) noexcept
    : database_{std::exchange(other.database_, nullptr)} {}

transaction::~transaction() {
  // SQLite has undone it by itself after some failures; a rollback would then be a mistake.
  if (database_ != nullptr && database_->in_transaction()) {
    static_cast<void>(database_->execute("ROLLBACK"));
  }
}

result<void> transaction::commit() {
  DHR_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return ok();
}

}  // namespace dhr::sqlite
