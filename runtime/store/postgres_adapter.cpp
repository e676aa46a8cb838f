#include "runtime/store/postgres_adapter.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace dhr::postgres {
namespace {

// From the server's catalogue pg_type; they never change.
constexpr unsigned type_bool = 16;
constexpr unsigned type_bytea = 17;
constexpr unsigned type_int8 = 20;
constexpr unsigned type_int4 = 23;
constexpr unsigned type_text = 25;
constexpr unsigned type_float8 = 701;
constexpr unsigned type_bool_array = 1000;
constexpr unsigned type_bytea_array = 1001;
constexpr unsigned type_int4_array = 1007;
constexpr unsigned type_numeric = 1700;

// The wire is big-endian.
template <class Unsigned>
void append_big_endian(std::string& to, Unsigned value) {
  for (int shift = static_cast<int>(sizeof value * 8) - 8; shift >= 0; shift -= 8) {
    to.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

std::uint64_t read_big_endian(std::string_view from) {
  std::uint64_t value = 0;
  for (const char byte : from) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// An array of one dimension without nulls, as the server's array_recv reads it.
std::string array_head(std::size_t count, unsigned element) {
  std::string head;
  append_big_endian<std::uint32_t>(head, count == 0 ? 0 : 1);  // dimensions
  append_big_endian<std::uint32_t>(head, 0);                   // no null bitmap
  append_big_endian<std::uint32_t>(head, element);
  if (count == 0) return head;
  append_big_endian(head, static_cast<std::uint32_t>(count));
  append_big_endian<std::uint32_t>(head, 1);  // the first index
  return head;
}

errc code_of(std::string_view sqlstate) {
  // 08 connection, 25006 read-only (a standby after a fail-over), 40 rolled back, 53 resources,
  // 55P03 lock, 57 an operator or a time-out, 28 and 3D: settings that may be put right meanwhile.
  for (const char* state : {"08", "25006", "40", "53", "55P03", "57", "28", "3D"}) {
    if (sqlstate.starts_with(state)) return errc::unavailable;
  }
  return sqlstate.starts_with("22") ? errc::invalid_argument : errc::failed;
}

std::string first_line(const char* said) {
  std::string_view text = said != nullptr ? said : "";
  return std::string{text.substr(0, text.find('\n'))};
}

// Of an unescaped '@' or '/' in the password, a part becomes the host's or the database's name, and
// would be told with it.
bool is_plain(const PQconninfoOption* parts) {
  for (const auto* part = parts; part->keyword != nullptr; ++part) {
    const std::string_view key = part->keyword;
    const std::string_view value = part->val != nullptr ? part->val : "";
    const bool is_name = key == "host" || key == "dbname" || key == "hostaddr";
    if (is_name && value.find_first_of("@") != value.npos) return false;
    if (key == "port" && value.find_first_not_of("0123456789,") != value.npos) return false;
  }
  return true;
}

}  // namespace

parameter text(std::string_view value) { return {type_text, true, std::string{value}}; }

parameter bytes(std::string_view value) { return {type_bytea, true, std::string{value}}; }

parameter integer(std::int64_t value) {
  parameter made{type_int8, true, {}};
  append_big_endian(made.value, static_cast<std::uint64_t>(value));
  return made;
}

parameter number(std::uint64_t value) { return {type_numeric, false, std::to_string(value)}; }

parameter real(double value) {
  parameter made{type_float8, true, {}};
  append_big_endian(made.value, std::bit_cast<std::uint64_t>(value));
  return made;
}

parameter boolean(bool value) { return {type_bool, true, std::string(1, value ? '\1' : '\0')}; }

parameter bytes_array(std::span<const std::string_view> values) {
  parameter made{type_bytea_array, true, array_head(values.size(), type_bytea)};
  for (const auto value : values) {
    append_big_endian(made.value, static_cast<std::uint32_t>(value.size()));
    made.value += value;
  }
  return made;
}

parameter position_array(std::size_t count) {
  parameter made{type_int4_array, true, array_head(count, type_int4)};
  for (std::uint32_t position = 0; position < count; ++position) {
    append_big_endian<std::uint32_t>(made.value, sizeof position);
    append_big_endian(made.value, position);
  }
  return made;
}

parameter boolean_array(const std::vector<bool>& values) {
  parameter made{type_bool_array, true, array_head(values.size(), type_bool)};
  for (const bool value : values) {
    append_big_endian<std::uint32_t>(made.value, 1);
    made.value.push_back(value ? '\1' : '\0');
  }
  return made;
}

void rows::closer::operator()(pg_result* answer) const noexcept { PQclear(answer); }

std::size_t rows::size() const noexcept {
  return static_cast<std::size_t>(PQntuples(answer_.get()));
}

bool rows::is_null(std::size_t row, int column) const noexcept {
  return PQgetisnull(answer_.get(), static_cast<int>(row), column) != 0;
}

std::string_view rows::text(std::size_t row, int column) const noexcept {
  const int at = static_cast<int>(row);
  return {PQgetvalue(answer_.get(), at, column),
          static_cast<std::size_t>(PQgetlength(answer_.get(), at, column))};
}

std::int64_t rows::integer(std::size_t row, int column) const noexcept {
  return static_cast<std::int64_t>(read_big_endian(text(row, column)));
}

double rows::real(std::size_t row, int column) const noexcept {
  return std::bit_cast<double>(read_big_endian(text(row, column)));
}

bool rows::boolean(std::size_t row, int column) const noexcept {
  return text(row, column) == std::string_view{"\1", 1};
}

std::uint64_t rows::number(std::size_t row, int column) const noexcept {
  const auto digits = text(row, column);
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::size_t rows::changes() const noexcept {
  const std::string_view count = PQcmdTuples(answer_.get());
  std::size_t value = 0;
  std::from_chars(count.data(), count.data() + count.size(), value);
  return value;
}

void connection::closer::operator()(pg_conn* open) const noexcept { PQfinish(open); }

result<connection> connection::make(connection_options options) {
  char* said = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed{
      PQconninfoParse(options.url.c_str(), &said), &PQconninfoFree};
  PQfreemem(said);  // it may repeat the password
  if (!parsed || !is_plain(parsed.get())) {
    return fail(errc::invalid_argument,
                "store.postgres_url is no address of a PostgreSQL database: write "
                "postgresql://USER@HOST:5432/DATABASE, with special characters as %40 and the like",
                "store.postgres_url");
  }
  return connection{std::move(options)};
}

std::string connection::name() const {
  char* said = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parts{
      PQconninfoParse(options_.url.c_str(), &said), &PQconninfoFree};
  PQfreemem(said);
  std::string host = "localhost";
  std::string port = "5432";
  std::string database;
  for (const auto* part = parts.get(); part != nullptr && part->keyword != nullptr; ++part) {
    const std::string_view key = part->keyword;
    const std::string value = part->val != nullptr ? part->val : "";
    if (value.empty()) continue;
    if (key == "host") host = value;
    if (key == "port") port = value;
    if (key == "dbname") database = value;
  }
  return "PostgreSQL " + host + ":" + port + "/" + database;
}

// What a server says before it closes an idle connection, and the close, lie in the socket.
bool connection::is_alive() {
  if (!open_) return false;
  for (;;) {
    pollfd watched{PQsocket(open_.get()), POLLIN, 0};
    if (poll(&watched, 1, 0) <= 0) return PQstatus(open_.get()) == CONNECTION_OK;
    if (PQconsumeInput(open_.get()) == 0) return false;
  }
}

result<void> connection::connect() {
  if (is_alive()) return ok();
  if (in_transaction_) return lost("the connection was lost in a transaction");
  return open_anew();
}

result<void> connection::open_anew() {
  prepared_.clear();
  const char* names[] = {"dbname", "fallback_application_name", "client_encoding", nullptr};
  const char* values[] = {options_.url.c_str(), "dhr", "UTF8", nullptr};
  open_.reset(PQconnectStartParams(names, values, 1));
  if (!open_) return fail(errc::failed, "no memory for a database connection");
  const auto deadline = options_.time->now() + options_.connect_patience;
  auto wanted = PGRES_POLLING_WRITING;
  while (PQstatus(open_.get()) != CONNECTION_BAD && wanted != PGRES_POLLING_OK) {
    const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    DHR_TRY(wait(events, deadline, "it does not answer"));
    wanted = PQconnectPoll(open_.get());
    if (wanted == PGRES_POLLING_FAILED) break;
  }
  if (PQstatus(open_.get()) != CONNECTION_OK) return lost(first_line(PQerrorMessage(open_.get())));
  PQsetnonblocking(open_.get(), 1);
  const auto patience = std::to_string(options_.statement_patience.count());
  const bool sent =
      PQsendQuery(open_.get(),
                  ("SET statement_timeout = " + patience + "; SET lock_timeout = " + patience +
                   "; SET idle_in_transaction_session_timeout = " + patience +
                   "; SET client_min_messages = warning")
                      .c_str()) == 1;
  DHR_TRY(answer(sent));
  return ok();
}

result<void> connection::wait(short events, mono_time deadline, const char* what) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - options_.time->now());
    if (left <= milliseconds{0}) return lost(what);
    pollfd watched{PQsocket(open_.get()), events, 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready > 0) return ok();
    if (ready < 0 && errno != EINTR) return lost(std::generic_category().message(errno));
  }
}

result<rows> connection::answer(bool sent) {
  const auto deadline = options_.time->now() + options_.statement_patience * 3 / 2;
  std::unique_ptr<pg_result, rows::closer> last;
  while (sent) {
    const int unsent = PQflush(open_.get());
    if (unsent < 0) break;
    if (unsent > 0 || PQisBusy(open_.get()) != 0) {
      const auto events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
      DHR_TRY(wait(events, deadline, "a statement was not answered in time"));
      if (PQconsumeInput(open_.get()) == 0) break;
      continue;
    }
    std::unique_ptr<pg_result, rows::closer> next{PQgetResult(open_.get())};
    if (!next) {
      if (last) return rows{last.release()};
      break;
    }
    // The first failure of several statements counts.
    const bool failed = last && PQresultStatus(last.get()) == PGRES_FATAL_ERROR;
    if (!failed) last = std::move(next);
    if (PQstatus(open_.get()) == CONNECTION_BAD) break;
  }
  return lost(first_line(PQerrorMessage(open_.get())));
}

result<void> connection::prepare(const char* sql, std::span<const parameter> values,
                                 std::string& statement) {
  const auto known = std::find(prepared_.begin(), prepared_.end(), sql);
  statement = "s" + std::to_string(known - prepared_.begin());
  if (known != prepared_.end()) return ok();
  std::vector<Oid> types;
  for (const auto& value : values) types.push_back(value.type);
  const bool sent = PQsendPrepare(open_.get(), statement.c_str(), sql,
                                  static_cast<int>(types.size()), types.data()) == 1;
  DHR_TRY(const auto prepared, answer(sent));
  if (PQresultStatus(prepared.answer_.get()) != PGRES_COMMAND_OK) {
    return explain(prepared.answer_.get());
  }
  prepared_.push_back(sql);
  return ok();
}

result<rows> connection::run(const char* sql, std::initializer_list<parameter> values) {
  DHR_TRY(connect());
  std::string statement;
  DHR_TRY(prepare(sql, {values.begin(), values.size()}, statement));
  std::vector<const char*> data;
  std::vector<int> sizes;
  std::vector<int> binary;
  for (const auto& value : values) {
    data.push_back(value.value.c_str());
    sizes.push_back(static_cast<int>(value.value.size()));
    binary.push_back(value.binary ? 1 : 0);
  }
  const bool sent =
      PQsendQueryPrepared(open_.get(), statement.c_str(), static_cast<int>(data.size()),
                          data.data(), sizes.data(), binary.data(), 1) == 1;
  DHR_TRY(auto answered, answer(sent));
  const auto status = PQresultStatus(answered.answer_.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return explain(answered.answer_.get());
  }
  return answered;
}

result<void> connection::execute(const std::string& sql) {
  DHR_TRY(connect());
  const bool sent = PQsendQuery(open_.get(), sql.c_str()) == 1;
  DHR_TRY(const auto answered, answer(sent));
  if (PQresultStatus(answered.answer_.get()) == PGRES_FATAL_ERROR) {
    return explain(answered.answer_.get());
  }
  return ok();
}

error connection::explain(const pg_result* answer) const {
  const char* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const char* said = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  return {code_of(state != nullptr ? state : ""),
          name() + " refused a statement: " + first_line(said) + " (" +
              (state != nullptr ? state : "?????") + ")",
          "store.postgres_url",
          {}};
}

error connection::lost(const std::string& what) {
  error reason{errc::unavailable,
               name() + " cannot be reached: " + what +
                   "; is it running, and are store.postgres_url and the password right?",
               "store.postgres_url",
               {}};
  open_.reset();
  return reason;
}

result<transaction> transaction::begin(connection& on) {
  DHR_TRY(on.execute("BEGIN"));
  on.in_transaction_ = true;
  return transaction{on};
}

transaction::transaction(transaction&& other) noexcept
    : connection_{std::exchange(other.connection_, nullptr)} {}

transaction::~transaction() {
  if (connection_ == nullptr) return;
  // A connection that is lost takes its transaction with it.
  if (connection_->open_) static_cast<void>(connection_->execute("ROLLBACK"));
  connection_->in_transaction_ = false;
}

result<void> transaction::commit() {
  auto& on = *std::exchange(connection_, nullptr);
  auto done = on.execute("COMMIT");
  on.in_transaction_ = false;
  return done;
}

}  // namespace dhr::postgres
