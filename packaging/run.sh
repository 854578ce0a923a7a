#!/usr/bin/env bash
# Installs what is missing, builds, and serves: on http://127.0.0.1:8080/mcp with the starter
# catalogue unless arguments say otherwise. Arguments are those of `govhost serve`:
#   packaging/run.sh                      HTTP, starter catalogue
#   packaging/run.sh --content DIR        HTTP, the documents below DIR
#   packaging/run.sh --stdio              one client on standard input and output
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/dependencies.sh
source "$root/packaging/dependencies.sh"

# With --stdio the client reads standard output, so everything before the server goes to stderr.
exec 3>&1 1>&2
# shellcheck disable=SC2086
install_packages $build_packages $run_packages
caller=$PWD
cd "$root"
if [ ! -f build/release/build.ninja ]; then
  cmake --preset release -DGOVHOST_TESTS=OFF >/dev/null
fi
cmake --build --preset release --target govhost plugins
cd "$caller" # so that relative paths in the arguments mean what the caller meant
binary="$root/build/release/bin/govhost"

for argument in "$@"; do
  if [ "$argument" = --stdio ]; then
    exec "$binary" serve "$@" 1>&3
  fi
done
exec "$root/packaging/announce.sh" "$binary" "$@" 1>&3
