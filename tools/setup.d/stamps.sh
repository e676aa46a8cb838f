# Which steps are done. Needs: root, stamps, and the steps' functions.
#
# A step's stamp holds the hash of its inputs, written when the step has ended well. It is done while the hash is the same and
# its products exist.

# The hash of all that the step's result depends on: its own text and whatever its inputs function prints.
input_hash() {
  { declare -f "step_$1" && "inputs_$1"; } | sha256sum | cut -d ' ' -f 1
}

products_exist() {
  local product
  while read -r product; do
    [[ -e $product ]] || return 1
  done < <("products_$1")
}

# Whether a stamp tells if the step is done; else its function done_NAME does.
has_stamp() { ! declare -F "done_$1" >/dev/null; }

step_is_done() {
  local name=$1
  if has_stamp "$name"; then
    [[ -f $stamps/$name && $(<"$stamps/$name") == "$(input_hash "$name")" ]] && products_exist "$name"
  else
    "done_$name"
  fi
}

# write_stamp NAME HASH: at the end of a step that went well.
write_stamp() {
  local name=$1 hash=$2
  products_exist "$name" || fail "$("title_$name") ended without an error but did not make:" $("products_$name")
  echo "$hash" >"$stamps/$name.new"
  mv "$stamps/$name.new" "$stamps/$name"
}

# any_step_pending NAME...: whether one of those is still to be done, the build aside, which is always looked at.
any_step_pending() {
  local name
  for name in "$@"; do
    if [[ $name != program ]] && ! step_is_done "$name"; then
      return 0
    fi
  done
  return 1
}

# replace_folder NEW OLD: puts NEW in OLD's place. OLD is only ever whole or absent.
replace_folder() {
  local new=$1 old=$2
  rm -rf "$old.old"
  if [[ -e $old ]]; then
    mv "$old" "$old.old"
  fi
  mkdir -p "$(dirname "$old")"
  mv "$new" "$old"
  rm -rf "$old.old"
}
