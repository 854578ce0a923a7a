#!/bin/bash
# Begins a plugin with `govhost plugin new` and follows the commands that are printed, with the
# installed SDK alone: they build it and run its test. Then uses it in the host, whose compiler is
# another one in half of the runs:
#   template.sh KIND COMPILER PREFIX WORK GOVHOST [STATIC_RUNTIME | flags of the compiler...]
. "$(dirname "$0")/common.sh"
kind=$1 compiler=$2 prefix=$3 work=$4 govhost=$5
shift 5
need_compiler "$compiler"
. "$(dirname "$0")/use.sh"

rm -rf "$work"
mkdir -p "$work"
cd "$work"
name=acme-$kind
begin "$kind" "$name"
cd "$name"
if grep -rn '@[A-Za-z]*@' .; then fail "a placeholder was left in the project"; fi

if [ "$kind" = source ]; then
  lines=$(grep -cvE '^[[:space:]]*(//.*)?$' "acme_source.cpp")
  [ "$lines" -lt 60 ] || fail "acme_source.cpp has $lines lines of code; < 60 are promised"
fi
if [ "${1:-}" = STATIC_RUNTIME ]; then
  shift
  sed -i "s/acme_$kind.cpp)\$/acme_$kind.cpp STATIC_RUNTIME)/" CMakeLists.txt
  grep -q "^gov_add_plugin.* STATIC_RUNTIME)" CMakeLists.txt || fail "STATIC_RUNTIME was not set"
  static=1
fi

CMAKE_PREFIX_PATH=$prefix CXX=$compiler PATH=$(dirname "$govhost"):$PATH \
  CXXFLAGS="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror $*" \
  run "$work/steps.log" bash -eu -c "cd .. && . ./$name.sh"
grep -q '100% tests passed, 0 tests failed out of 1' "$work/steps.log" ||
  fail "the project's test did not run: $(cat "$work/steps.log")"

plugin=build/$kind-$name.so
check_exports "$plugin"
if [ -n "${static:-}" ] && readelf -d "$plugin" | grep -q 'NEEDED.*libstdc++'; then
  fail "$plugin was built with STATIC_RUNTIME but needs libstdc++"
fi
validate "$plugin"
"use_$kind" "$name"
