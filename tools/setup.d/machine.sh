# What the machine must be. Needs: root, node_major_min.
disk_gb_min=6

check_machine() {
  local architecture
  architecture=$(uname -m)
  if [[ $(uname -s) != Linux || $architecture != x86_64 ]]; then
    fail "This set-up is for Linux on x86-64; this machine is $(uname -s) on $architecture." \
      "sherpa-onnx's library and the language model's kernels are chosen for x86-64."
  fi
  local flag missing=()
  for flag in avx2 fma f16c bmi2; do
    grep --quiet --word-regexp "$flag" /proc/cpuinfo || missing+=("$flag")
  done
  if ((${#missing[@]} > 0)); then
    fail "This processor lacks ${missing[*]}: an x86-64-v3 processor (since about 2013) is needed." \
      "In a virtual machine, let it see the host's processor."
  fi
}

# Space for the download cache, the models, the Python packages and the build.
check_disk() {
  local free_gb
  free_gb=$(($(df --output=avail -k "$root" | tail -n 1) / 1024 / 1024))
  if ((free_gb < disk_gb_min)); then
    fail "Only $free_gb GB are free where $root lies; the set-up wants $disk_gb_min GB." \
      "Make room, or clone to another disk."
  fi
}

# Prints the major version of the Node.js on PATH, 0 without one.
node_major() {
  local version
  version=$(node --version 2>/dev/null) || version=v0
  version=${version#v}
  printf '%s' "${version%%.*}"
}

node_is_usable() {
  (($(node_major) >= node_major_min)) && command -v npm >/dev/null
}

check_node() {
  if ! node_is_usable; then
    fail "Node.js $node_major_min or newer and npm are needed; PATH has $(command -v node || echo none) of version $(node_major)." \
      "Put a newer one first in PATH, or take the old one out of it: the set-up then installs Debian's."
  fi
}
