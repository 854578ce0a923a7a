#!/bin/bash
# Compiles every header of the installed SDK alone, without a warning: headers.sh COMPILER PREFIX
. "$(dirname "$0")/common.sh"
compiler=$1 prefix=$2
need_compiler "$compiler"
c_compiler=gcc
[ "$compiler" = g++ ] || c_compiler=clang
need_compiler "$c_compiler"

cd "$prefix/include"
headers=$(find gov -name '*.h' -o -name '*.hpp' | sort)
count=0
for header in $headers; do
  count=$((count + 1))
  # A struct with padding could hide an appended field in it: -Wpadded.
  case $header in
    *.h)
      echo "#include <$header>" | "$c_compiler" -x c -std=c11 -pedantic -Wall -Wextra -Wpadded \
        -Werror -I. -fsyntax-only - || fail "<$header> does not compile as C11 with $c_compiler"
      ;;
  esac
  echo "#include <$header>" | "$compiler" -x c++ -std=c++20 -Wall -Wextra -Wpedantic -Wshadow \
    -Wconversion -Werror -I. -fsyntax-only - ||
    fail "<$header> does not compile as C++20 with $compiler"
done
[ "$count" -ge 13 ] || fail "only $count headers were found below $prefix/include"
echo "$count headers compile alone with $c_compiler and $compiler"
