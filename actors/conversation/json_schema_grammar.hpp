#pragma once
// A JSON schema as a grammar in GBNF, the notation of llama.cpp (its grammars/README.md), so that a
// model can write nothing but JSON of that schema. Pure; JSON's exceptions stop in the source file.
//
// Understood: objects with properties (the required ones in the schema's order, then the optional
// ones), string, number, integer, boolean, null, enum, const, arrays with items, and lists of
// types. Whatever else a schema says (patterns, bounds, references, combinations) is not enforced:
// the grammar then takes any JSON value there.

#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace dhr {

// Rules of which the first is `name` (letters, digits, '-') and the others begin with it; they use
// those of `json_grammar_rules`. An empty schema is an object without properties. The top is always
// an object. errc::invalid_argument for what is no JSON object and for a schema whose grammar is
// too large.
[[nodiscard]] result<std::string> json_schema_grammar(std::string_view schema,
                                                      const std::string& name);

// The rules json-value, json-object, json-array, json-string, json-number, json-integer,
// json-boolean. One space follows ',' and ':', none is anywhere else, so that a model can't write
// white space for ever.
[[nodiscard]] std::string_view json_grammar_rules();

// The text as a GBNF literal, in quotation marks.
[[nodiscard]] std::string grammar_literal(std::string_view text);

}  // namespace dhr
