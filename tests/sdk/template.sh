#!/bin/bash
# Builds the template out of tree with the installed SDK and runs its test:
#   template.sh COMPILER PREFIX WORK PROBE [STATIC_RUNTIME | cmake arguments...]
. "$(dirname "$0")/common.sh"
compiler=$1 prefix=$2 work=$3 probe=$4
shift 4
need_compiler "$compiler"

rm -rf "$work"
mkdir -p "$work"
cp -r "$prefix/share/gov-plugin-sdk/template" "$work/my-source"
cd "$work/my-source"

lines=$(grep -cvE '^[[:space:]]*(//.*)?$' my_source.cpp)
[ "$lines" -lt 60 ] || fail "my_source.cpp has $lines lines of code; the template promises < 60"

if [ "${1:-}" = STATIC_RUNTIME ]; then
  shift
  sed -i 's/my_source.cpp)/my_source.cpp STATIC_RUNTIME)/' CMakeLists.txt
  grep -q "my_source.cpp STATIC_RUNTIME)" CMakeLists.txt || fail "STATIC_RUNTIME was not set"
  static=1
fi

run "$work/configure.log" cmake -S . -B build -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_COMPILE_WARNING_AS_ERROR=ON "$@"
run "$work/build.log" cmake --build build -j2
run "$work/test.log" ctest --test-dir build --output-on-failure --no-tests=error

plugin=build/source-my-source.so
check_exports "$plugin"
if [ -n "${static:-}" ] && readelf -d "$plugin" | grep -q 'NEEDED.*libstdc++'; then
  fail "$plugin was built with STATIC_RUNTIME but needs libstdc++"
fi

# The host here is built by the surrounding build's compiler, whatever the plugin's was.
mkdir "$work/policies"
echo "# One" > "$work/policies/one.md"
echo "# Two" > "$work/policies/two.md"
found=$("$probe" source "$plugin" "$work/policies" | sort | tr '\n' ' ')
[ "$found" = "one.md two.md " ] || fail "the probe listed '$found' instead of 'one.md two.md '"
