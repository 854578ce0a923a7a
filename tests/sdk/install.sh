#!/bin/bash
# Installs the SDK from a build tree: install.sh BUILD PREFIX
. "$(dirname "$0")/common.sh"
build=$1 prefix=$2

rm -rf "$prefix"
mkdir -p "$prefix"
run "$prefix/install.log" cmake --install "$build" --component sdk --prefix "$prefix"
rm "$prefix/install.log"

for file in include/gov/abi.h include/gov/abi/base.h include/gov/source.hpp \
  include/gov/testing.hpp share/gov-plugin-sdk/README.md; do
  [ -f "$prefix/$file" ] || fail "the installation lacks $file"
done
[ -n "$(find "$prefix" -name gov-plugin-sdkConfig.cmake)" ] || fail "no CMake package is installed"
others=$(find "$prefix" -type f ! -path "*/gov/*" ! -path "*/gov-plugin-sdk/*")
[ -z "$others" ] || fail "the component sdk installs files of others: $others"
# Projects are begun by `govhost plugin new` alone: a second copy could be an older one.
shared=$(find "$prefix/share" -type f)
[ "$shared" = "$prefix/share/gov-plugin-sdk/README.md" ] || fail "more than the text is shared: $shared"
