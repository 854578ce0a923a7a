# Sourced by run.sh and test.sh: installs the Debian packages that are missing.
#
# Package names are those of Debian 12; Debian 13 and Ubuntu 24.04 differ in Boost's only. As root,
# or as a user who may sudo; nothing is installed when nothing is missing.

build_packages="ca-certificates cmake ninja-build g++ ccache pkg-config nlohmann-json3-dev
  libtomlplusplus-dev libyaml-cpp-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libstemmer-dev libxapian-dev
  libcli11-dev libssl-dev libcurl4-openssl-dev libarchive-dev libgit2-dev
  prometheus-cpp-dev"
run_packages="curl" # for the line that run.sh prints
test_packages="libgtest-dev make clang curl git python3 python3-jsonschema procps"

boost_package() {
  local version
  for version in 1.81 1.83 1.88; do
    if apt-cache show "libboost${version}-dev" >/dev/null 2>&1; then
      echo "libboost${version}-dev"
      return
    fi
  done
  echo libboost-dev
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "govhost: run this as root, or install sudo, so that packages can be installed: $*" >&2
    exit 1
  fi
}

is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# install_packages NAME...: those that are missing.
install_packages() {
  local missing="" package
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "govhost: this script installs packages with apt-get, which is not here; install the like of: $* libboost-dev (1.81 or newer)" >&2
    exit 1
  fi
  for package in "$@"; do
    is_installed "$package" || missing="$missing $package"
  done
  # By its version: libboost-dev alone is 1.74 on Debian 12.
  if ! dpkg-query -W -f '${Package} ${Status}\n' 'libboost*-dev' 2>/dev/null | grep -qE '^libboost1\.(8[1-9]|9[0-9])-dev .*ok installed'; then
    missing="$missing boost"
  fi
  [ -n "$missing" ] || return 0
  echo "Installing:$missing"
  as_root apt-get update -qq
  missing=${missing/ boost/ $(boost_package)}
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# fetch_promtool FOLDER: puts promtool there unless the machine has it. Out of its package, because
# installing that starts a server.
fetch_promtool() {
  local folder=$1
  if command -v promtool >/dev/null 2>&1 || [ -x "$folder/promtool" ]; then
    return 0
  fi
  mkdir -p "$folder"
  (
    cd "$folder" || exit 1
    apt-get download -qq prometheus >/dev/null 2>&1 || { as_root apt-get update -qq && apt-get download -qq prometheus; }
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x --strip-components=3 ./usr/bin/promtool
    rm -f prometheus_*.deb
  )
  [ -x "$folder/promtool" ]
}

# install_browser: chromium, for the console's test. It is no reason to run no test where a mirror
# lacks it, or where it comes as something else than a package.
install_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
      return 0
    fi
  done
  echo "Installing: chromium"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 ||
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; }
}
