# Fetches from the package registries, by their own clients. Needs: downloads, work, python.

registry_advice() {
  case $1 in
    pip) advise "If the Python package registry could not be reached: pip heeds PIP_INDEX_URL, PIP_EXTRA_INDEX_URL," \
      "PIP_FIND_LINKS, PIP_CERT, HTTPS_PROXY and pip.conf. What it must hold is in tools/versions.sh." ;;
    npm) advise "If the npm registry could not be reached: npm heeds npm_config_registry, npm_config_cafile," \
      "HTTPS_PROXY and ~/.npmrc. What it must hold is in package-lock.json of web and tests/clients." ;;
    apt) advise "If Debian's package servers could not be reached: apt heeds /etc/apt/sources.list, http_proxy," \
      "/etc/apt/sources.list.d, https_proxy and Acquire::http::Proxy in /etc/apt/apt.conf.d." \
      "If a package is unknown there: the set-up is for Debian $debian_release; this is release $(running_debian_release)." ;;
  esac
}

# with_registry pip|npm|apt COMMAND...: runs it; if it fails, leaves advice about that registry.
with_registry() {
  local registry=$1
  shift
  "$@" || { registry_advice "$registry" && return 1; }
}

has_checksum() {
  local file=$1 sha256=$2
  [[ -f $file ]] && printf '%s  %s\n' "$sha256" "$file" | sha256sum --check --status
}

# fetch PACKAGE VERSION FILE SHA256: makes sure that the registry's file lies in downloads, whole and unchanged.
fetch() {
  local package=$1 version=$2 file=$3 sha256=$4
  if has_checksum "$downloads/$file" "$sha256"; then
    return
  fi
  local arriving=$downloads/arriving-$package
  rm -rf "$arriving" "${downloads:?}/$file"
  mkdir -p "$arriving"
  local form=(--only-binary :all:)
  if [[ $file == *.tar.gz ]]; then
    form=(--no-binary "$package")
  fi
  with_registry pip "$python" -m pip download --no-deps "${form[@]}" --dest "$arriving" "$package==$version"
  if ! has_checksum "$arriving/$file" "$sha256"; then
    echo "$package $version: $(ls "$arriving") does not have the SHA-256 of tools/versions.sh"
    return 1
  fi
  mv "$arriving/$file" "$downloads/$file"
  rm -rf "$arriving"
}

# unpack FILE FOLDER: a downloaded wheel or source archive into a new folder.
unpack() {
  local file=$1 folder=$2
  rm -rf "$folder" "$folder.new"
  mkdir -p "$folder.new"
  case $file in
    *.tar.gz) tar -xzf "$downloads/$file" -C "$folder.new" --strip-components=1 ;;
    *) "$python" -m zipfile -e "$downloads/$file" "$folder.new" ;;
  esac
  mv "$folder.new" "$folder"
}
