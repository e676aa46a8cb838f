# Debian packages: which are missing, and whether this account may install them.
# Needs: the lists of versions.sh, for_tests, skip_system_packages, node_is_usable.

wanted_packages() {
  printf '%s\n' "${debian_packages[@]}"
  if ! node_is_usable; then
    printf '%s\n' "${debian_packages_for_node[@]}"
  fi
  if [[ $for_tests == yes ]]; then
    printf '%s\n' "${debian_packages_for_tests[@]}"
  fi
}

# Prints the wanted packages that are not installed, in one line.
missing_packages() {
  local -A installed=()
  local name state
  while read -r state name; do
    if [[ $state == installed ]]; then
      installed[$name]=yes
    fi
  done < <(wanted_packages | xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null)
  wanted_packages | while read -r name; do
    [[ -n ${installed[$name]:-} ]] || printf '%s\n' "$name"
  done | paste -s -d ' '
}

install_line() {
  printf 'apt-get update && apt-get install --yes --no-install-recommends %s' "$(missing_packages)"
}

running_debian_release() {
  sed -n 's/^VERSION_ID="*\([0-9]*\).*/\1/p' /etc/os-release
}

# Makes sure that packages can be installed, and asks for sudo's password where it has to.
acquire_root() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "This machine has no apt-get. The set-up is made for Debian $debian_release on x86-64." \
      "Elsewhere, install the like of these yourself and add --skip-system-packages:" "$(wanted_packages | paste -s -d ' ')"
  fi
  if (($(id -u) == 0)); then
    return
  fi
  if ! command -v sudo >/dev/null; then
    fail "Debian packages are missing, and this account may not install them: it is not root, and there is no sudo." \
      "Let someone who may do it run:" "$(install_line)" "Then give the same command again."
  fi
  if ! sudo --non-interactive true 2>/dev/null; then
    say "Debian packages are missing; sudo may ask for your password to install: $(missing_packages)"
    sudo --validate || fail "sudo did not let this account install the missing Debian packages." \
      "Let someone who may do it run:" "$(install_line)" "Then give the same command again."
  fi
}

as_root() {
  if (($(id -u) == 0)); then
    "$@"
  else
    sudo --non-interactive "$@"
  fi
}

title_system() { echo "Debian packages"; }

done_system() {
  [[ $skip_system_packages == yes ]] || { command -v dpkg-query >/dev/null && [[ -z $(missing_packages) ]]; }
}

step_system() {
  local packages
  read -r -a packages <<<"$(missing_packages)"
  echo "to install: ${packages[*]}"
  with_registry apt as_root apt-get -o DPkg::Lock::Timeout=300 update
  with_registry apt as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    install --yes --no-install-recommends "${packages[@]}"
}
