# Sourced by the other scripts of this folder.
set -eu -o pipefail

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

skip() {
  echo "SKIPPED: $*" >&2
  exit 77
}

# Whatever the surrounding build is made with, the third party's is plain.
unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CC CXX

need_compiler() {
  command -v "$1" > /dev/null || skip "$1 is not installed: the SDK was not tested with it"
}

# A plugin exports its entry and nothing else.
check_exports() {
  local found
  found=$(nm -D --defined-only "$1" | awk '{ print $3 }')
  [ "$found" = "gov_plugin_entry_v1" ] ||
    fail "$1 must export gov_plugin_entry_v1 only, but exports: ${found:-nothing}"
}

# run LOG COMMAND...: shows the output of a command only when it fails.
run() {
  local log=$1
  shift
  "$@" > "$log" 2>&1 || {
    cat "$log" >&2
    fail "$*"
  }
}
