#pragma once
// How CAF 0.17 carries what the base defines; with the rooms' own wire_caf.hpp the only files that
// an upgrade of CAF changes.
//
// CAF 0.17 must never serialize a raw float or double: an infinity hangs the serializing thread and
// a NaN changes its value. `wire::bits` carries the bit pattern as an integer instead.

#include <bit>
#include <boost/preprocessor/seq/for_each.hpp>
#include <boost/preprocessor/variadic/to_seq.hpp>
#include <caf/all.hpp>
#include <caf/meta/type_name.hpp>
#include <optional>
#include <type_traits>
#include <variant>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

// CAF's three inspectors of types of namespace dhr. Each header lists its types in a macro; with
// the first of these it keeps the files that send them from compiling `inspect` anew, and with the
// second the room's wire_caf.cpp compiles it.
#define DHR_INSPECTED_ELSEWHERE(...) \
  BOOST_PP_SEQ_FOR_EACH(DHR_INSPECTORS_OF, extern, BOOST_PP_VARIADIC_TO_SEQ(__VA_ARGS__))
#define DHR_INSPECTED_HERE(...) \
  BOOST_PP_SEQ_FOR_EACH(DHR_INSPECTORS_OF, , BOOST_PP_VARIADIC_TO_SEQ(__VA_ARGS__))
#define DHR_INSPECTORS_OF(_, linkage, type)                       \
  linkage template caf::error inspect(caf::serializer&, type&);   \
  linkage template caf::error inspect(caf::deserializer&, type&); \
  linkage template void inspect(caf::detail::stringification_inspector&, type&);

namespace dhr::wire {

template <class T>
struct float_bits {
  T& value;
};

template <class T>
struct optional_value {
  std::optional<T>& value;
};

template <class Variant>
struct variant_value {
  Variant& value;
};

struct optional_double {
  std::optional<double>& value;
};

inline optional_double maybe_bits(std::optional<double>& value) { return {value}; }
inline float_bits<float> bits(float& value) { return {value}; }
inline float_bits<double> bits(double& value) { return {value}; }
template <class T>
optional_value<T> maybe(std::optional<T>& value) {
  return {value};
}
template <class... Ts>
variant_value<std::variant<Ts...>> one_of(std::variant<Ts...>& value) {
  return {value};
}

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, float_bits<T>& x) {
  using integer = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  auto pattern = std::bit_cast<integer>(x.value);
  if constexpr (Inspector::reads_state) {
    return f(pattern);
  } else {
    auto problem = f(pattern);
    x.value = std::bit_cast<T>(pattern);
    return problem;
  }
}

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, optional_value<T>& x) {
  std::uint8_t present = x.value.has_value() ? 1 : 0;
  if constexpr (Inspector::reads_state) {
    if (present == 0) return f(present);
    return f(present, *x.value);
  } else {
    x.value.reset();
    if (auto problem = f(present)) return problem;
    if (present == 0) return typename Inspector::result_type{};
    return f(x.value.emplace());
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, optional_double& x) {
  std::optional<std::uint64_t> pattern;
  if (x.value) pattern = std::bit_cast<std::uint64_t>(*x.value);
  if constexpr (Inspector::reads_state) {
    return f(maybe(pattern));
  } else {
    auto problem = f(maybe(pattern));
    x.value.reset();
    if (pattern) x.value = std::bit_cast<double>(*pattern);
    return problem;
  }
}

namespace detail {

template <std::size_t I, class Inspector, class Variant>
typename Inspector::result_type load_alternative(Inspector& f, Variant& value, std::size_t index) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return caf::make_error(caf::sec::unknown_type);
  } else {
    if (index == I) return f(value.template emplace<I>());
    return load_alternative<I + 1>(f, value, index);
  }
}

}  // namespace detail

template <class Inspector, class Variant>
typename Inspector::result_type inspect(Inspector& f, variant_value<Variant>& x) {
  auto index = static_cast<std::uint8_t>(x.value.index());
  if constexpr (Inspector::reads_state) {
    return std::visit([&](auto& alternative) { return f(index, alternative); }, x.value);
  } else {
    if (auto problem = f(index)) return problem;
    return detail::load_alternative<0>(f, x.value, index);
  }
}

}  // namespace dhr::wire

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_id& x) {
  return f(caf::meta::type_name("conversation_id"), x.value);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_epoch& x) {
  return f(caf::meta::type_name("session_epoch"), x.value);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_id& x) {
  return f(caf::meta::type_name("turn_id"), x.conversation, x.epoch, x.number);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, error& x) {
  return f(caf::meta::type_name("error"), x.code, x.message, x.where, wire::maybe(x.retry_after));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shared_bytes& x) {
  if constexpr (Inspector::reads_state) {
    std::string bytes{x.view()};
    return f(bytes);
  } else {
    std::string bytes;
    auto problem = f(bytes);
    x = shared_bytes{std::move(bytes)};
    return problem;
  }
}

#define DHR_BASE_WIRE_TYPES conversation_id, session_epoch, turn_id, error, shared_bytes
DHR_INSPECTED_ELSEWHERE(DHR_BASE_WIRE_TYPES)

}  // namespace dhr
