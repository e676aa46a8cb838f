#pragma once
// How messages look on the wire, written down: for each type its fields in order, with their kinds,
// whatever a value happens to hold. CAF 0.17 carries no names of fields, so that fields of one kind
// that change places are told apart by where they lie in the object: when `inspect` names them in
// another order than the struct does, the order is written as well.
//
// It is an inspector of CAF's kind (reads_state), called with untouched values.

#include <algorithm>
#include <caf/all.hpp>
#include <string>
#include <typeindex>
#include <vector>

#include "runtime/base/wire_caf.hpp"
#include "runtime/structure_book.hpp"

namespace dhr::wire {

class structure_recorder {
 public:
  using result_type = caf::error;
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;

  explicit structure_recorder(structure_book& book) : book_{book} {}

  template <class... Ts>
  caf::error operator()(Ts&&... fields) {
    (note_name(fields), ...);
    if (!known_) {
      (field(fields), ...);
      write_order();
      if (!name_.empty()) book_.lines[name_] = text_;
    }
    return {};
  }

  template <class T>
  void describe_type() {
    std::remove_cv_t<T> untouched{};
    kind(untouched);
  }
  // What was described: a name of the book, or the fields themselves.
  [[nodiscard]] const std::string& text() const { return name_.empty() ? text_ : name_; }

 private:
  structure_recorder(structure_book& book, std::type_index type, const void* object,
                     std::size_t size)
      : book_{book}, type_{type}, first_{static_cast<const char*>(object)}, last_{first_ + size} {}

  template <class T>
  static constexpr bool is_note = std::is_base_of_v<caf::meta::annotation, std::decay_t<T>>;

  template <class T>
  void note_name(const T& field) {
    if constexpr (std::is_same_v<T, caf::meta::type_name_t>) {
      bool fresh = true;
      name_ = book_.name_of(type_, field.value, fresh);
      known_ = !fresh;
    }
  }

  template <class T>
  void field(T& x) {
    if constexpr (!is_note<T>) {
      note_place(x);
      if (!text_.empty()) text_ += ' ';
      kind(x);
    }
  }

  // ---- the order

  template <class T>
  static const void* place_of(const T& x) {
    if constexpr (requires {
                    requires std::is_lvalue_reference_v<decltype((x.value))>;
                    requires is_wrapper<T>;
                  }) {
      return &x.value;
    } else {
      return &x;
    }
  }
  template <class T>
  struct wrapper : std::false_type {};
  template <class T>
  struct wrapper<float_bits<T>> : std::true_type {};
  template <class T>
  struct wrapper<optional_value<T>> : std::true_type {};
  template <class T>
  struct wrapper<variant_value<T>> : std::true_type {};
  template <class T>
  static constexpr bool is_wrapper =
      wrapper<std::decay_t<T>>::value || std::is_same_v<std::decay_t<T>, optional_double>;

  template <class T>
  void note_place(const T& x) {
    const auto* place = static_cast<const char*>(place_of(x));
    if (std::less_equal<>{}(first_, place) && std::less<>{}(place, last_)) places_.push_back(place);
  }
  void write_order() {
    if (std::is_sorted(places_.begin(), places_.end(), std::less<>{})) return;
    text_ += " in the order";
    for (const auto* place : places_) {
      text_ += ' ' + std::to_string(std::count_if(places_.begin(), places_.end(), [&](auto* other) {
                 return std::less<>{}(other, place);
               }));
    }
  }

  // ---- the kinds

  template <class T>
  void kind(T& x) {
    using type = std::remove_cv_t<T>;
    if constexpr (std::is_same_v<type, bool>) {
      text_ += "bool";
    } else if constexpr (std::is_enum_v<type>) {
      text_ += "enum ";
      describe_type<std::underlying_type_t<type>>();
    } else if constexpr (std::is_arithmetic_v<type>) {
      text_ += std::is_floating_point_v<type> ? "f" : std::is_signed_v<type> ? "i" : "u";
      text_ += std::to_string(8 * sizeof(type));
    } else if constexpr (std::is_same_v<type, std::string>) {
      text_ += "string";
    } else if constexpr (std::is_same_v<type, caf::strong_actor_ptr> || requires { x.address(); }) {
      text_ += "actor";
    } else {
      compound(x);
    }
  }

  template <class T>
  void compound(T& x) {
    if constexpr (requires { typename T::period; }) {
      text_ += "duration in " + std::to_string(T::period::num) + "/" +
               std::to_string(T::period::den) + " s as ";
      describe_type<typename T::rep>();
    } else if constexpr (requires { typename T::mapped_type; }) {
      text_ += "map<";
      describe_type<typename T::key_type>();
      text_ += ", ";
      describe_type<typename T::mapped_type>();
      text_ += '>';
    } else if constexpr (requires {
                           typename T::value_type;
                           x.begin();
                         }) {
      text_ += "list<";
      describe_type<typename T::value_type>();
      text_ += '>';
    } else if constexpr (requires { typename T::first_type; }) {
      text_ += "pair<";
      describe_type<typename T::first_type>();
      text_ += ", ";
      describe_type<typename T::second_type>();
      text_ += '>';
    } else {
      object(x);
    }
  }

  template <class T>
  void compound(optional_value<T>&) {
    text_ += "optional<";
    describe_type<T>();
    text_ += '>';
  }
  template <class... Ts>
  void compound(variant_value<std::variant<Ts...>>&) {
    text_ += "one of<";
    const char* between = "";
    ((text_ += between, between = ", ", describe_type<Ts>()), ...);
    text_ += '>';
  }

  template <class T>
  void object(T& x) {
    structure_recorder inner{book_, typeid(T), &x, sizeof x};
    // By its own name's rules, so that inspect of the type's namespace is found.
    static_cast<void>(inspect(inner, const_cast<std::remove_const_t<T>&>(x)));
    text_ += inner.text();
  }

  structure_book& book_;
  const std::type_index type_{typeid(void)};
  const char* const first_ = nullptr;
  const char* const last_ = nullptr;
  std::string name_;
  bool known_ = false;
  std::string text_;
  std::vector<const char*> places_;
};

}  // namespace dhr::wire
