#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test. The presets that are run can be
# named: packaging/test.sh asan tsan. Default: release.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/dependencies.sh
source "$root/packaging/dependencies.sh"

# shellcheck disable=SC2086
install_packages $build_packages $test_packages
cd "$root"
fetch_promtool "$root/build/tools" ||
  echo "govhost: promtool cannot be fetched: the rules for Prometheus are not tried" >&2
install_browser ||
  echo "govhost: chromium cannot be installed: the console is tried in no browser" >&2
presets=("$@")
[ ${#presets[@]} -gt 0 ] || presets=(release)
for preset in "${presets[@]}"; do
  echo "== $preset: configure and build"
  cmake --preset "$preset" -DGOVHOST_TESTS=ON >/dev/null
  cmake --build --preset "$preset"
  echo "== $preset: test"
  ctest --preset "$preset" -j "$(nproc)"
done
