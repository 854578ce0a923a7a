#!/bin/bash
# Begins a plugin with `govhost plugin new`, builds it with the installed SDK alone, runs its test,
# and uses it in the host, whose compiler is another one in half of the runs:
#   template.sh KIND COMPILER PREFIX WORK GOVHOST [STATIC_RUNTIME | cmake arguments...]
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

run "$work/configure.log" cmake -S . -B build -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_COMPILE_WARNING_AS_ERROR=ON \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wshadow -Wconversion" "$@"
run "$work/build.log" cmake --build build -j2
run "$work/test.log" ctest --test-dir build --output-on-failure --no-tests=error

plugin=build/$kind-$name.so
check_exports "$plugin"
if [ -n "${static:-}" ] && readelf -d "$plugin" | grep -q 'NEEDED.*libstdc++'; then
  fail "$plugin was built with STATIC_RUNTIME but needs libstdc++"
fi
validate "$plugin"
"use_$kind" "$name"
