# Runs the steps and tells how far they are. Needs: root, logs, stamps, steps.
#
# A step NAME consists of functions: title_NAME, step_NAME (does it), inputs_NAME (prints all that its result depends on) and
# products_NAME (prints the files that it makes); done_NAME in place of the last two, where a stamp can't tell. See steps.sh.

declare -A step_pid=() step_started=()
steps_finished=0

say() { printf '%s\n' "$*"; }

# fail LINE...: the first line says what is wrong, the others what to do.
fail() {
  printf '\n%s\n' "$1" >&2
  shift
  if (($# > 0)); then
    printf '  %s\n' "$@" >&2
  fi
  exit 1
}

# duration_text SECONDS
duration_text() {
  if (($1 < 60)); then
    printf '%d s' "$1"
  else
    printf '%d min %d s' $(($1 / 60)) $(($1 % 60))
  fi
}

# The last "[12/83]" that a build has printed to a log, as "12 of 83"; nothing where there is none.
build_counter() {
  tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' |
    sed -n 's|^\[ *\([0-9]*\)/\([0-9]*\)\].*|\1 of \2, |p' | tail -n 1
}

# start_step NAME: begins the step beside whatever else runs, unless it is done.
start_step() {
  local name=$1
  if step_is_done "$name"; then
    return
  fi
  rm -f "$(advice_file "$name")" "$stamps/$name"
  step_started[$name]=$SECONDS
  set -m  # a process group of its own, so that all of it can be ended
  (
    set +m
    exec 9>&-
    current_step=$name
    carry_out "$name"
  ) >"$logs/$name.log" 2>&1 </dev/null &
  step_pid[$name]=$!
  set +m
}

# The stamp holds the inputs of the beginning: what changes meanwhile makes the step be done again.
carry_out() {
  local name=$1 hash=
  if has_stamp "$name"; then
    hash=$(input_hash "$name")
  fi
  "step_$name"
  if has_stamp "$name"; then
    write_stamp "$name" "$hash"
  fi
}

# finish_step NAME: waits for the step and tells about it.
finish_step() {
  local name=$1
  steps_finished=$((steps_finished + 1))
  local label="[$steps_finished/${#steps[@]}] $("title_$name")"
  if [[ -z ${step_pid[$name]:-} ]]; then
    say "$label … there"
    return
  fi
  watch_step "$name" "$label"
  local pid=${step_pid[$name]}
  unset "step_pid[$name]"
  if ! wait "$pid"; then
    explain_failure "$name"
  fi
  say "$label … $(duration_text $((SECONDS - step_started[$name])))"
}

run_step() {
  start_step "$1"
  finish_step "$1"
}

# Shows a line that counts up while the step runs: always the same on a terminal, a new one each 30 s elsewhere.
watch_step() {
  local name=$1 label=$2 next_line=$((SECONDS + 10)) elapsed
  while kill -0 "${step_pid[$name]}" 2>/dev/null; do
    elapsed=$(duration_text $((SECONDS - step_started[$name])))
    if [[ -t 1 ]]; then
      printf '\r\033[K%s … %s%s' "$label" "$(build_counter "$logs/$name.log")" "$elapsed"
    elif ((SECONDS >= next_line)); then
      say "$label … $(build_counter "$logs/$name.log")$elapsed so far"
      next_line=$((SECONDS + 30))
    fi
    sleep 0.2
  done
  if [[ -t 1 ]]; then
    printf '\r\033[K'
  fi
}

# Called inside a step: keeps what a person can do about a failure, to be shown after the end of the log.
advise() {
  printf '%s\n' "$@" >>"$(advice_file "$current_step")"
}

advice_file() { printf '%s' "$logs/$1.advice"; }

explain_failure() {
  local name=$1 advice=()
  printf '\n' >&2
  tail -n 25 "$logs/$name.log" | sed 's/^/    /' >&2
  if [[ -f $(advice_file "$name") ]]; then
    mapfile -t advice <"$(advice_file "$name")"
  fi
  fail "The set-up stopped at: $("title_$name")." "${advice[@]}" \
    "The whole output is in ${logs#"$root/"}/$name.log. The same command goes on from here."
}

# Ends the steps that still run, for a set-up that stops early.
stop_steps() {
  local pid
  for pid in "${step_pid[@]}"; do
    kill -TERM -- "-$pid" 2>/dev/null || true
  done
}
