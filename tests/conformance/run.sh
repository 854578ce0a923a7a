#!/usr/bin/env bash
# Runs the official conformance suites of MCP against a server, and prints one table of what they found:
#   run.sh [--server PATH] [--nginx] [--keep DIR]    starts PATH, which takes govhost's command line
#   run.sh --url URL [--nginx] [--keep DIR]          takes a server that runs already
# --nginx: each pass also through nginx, set up as a plain reverse proxy. --keep: results stay in DIR.
# Exit codes: 0 every target is met, 1 it is not, 77 the suites could not be installed.
#
# Nothing is expected to fail: the file of expected failures is empty. The suites speak HTTP only (neither has
# an option for a command to start), so stdio is left to tests/interop and tests/wire.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
packages=$root/tests/support/packages.sh

# name | version of the suite | what it runs | checks that pass at least: those that passed when this was
# written, so that a check which is no longer reached is missed.
passes=(
  "0.1.16 all|0.1.16|--suite all|47"
  "alpha.12 required by 2025-11-25|0.2.0-alpha.12|--requirements 2025-11-25|84"
  "alpha.12 required by 2026-07-28|0.2.0-alpha.12|--requirements 2026-07-28|197"
  "alpha.12 all|0.2.0-alpha.12|--suite all|234"
)
pass_limit=100 # seconds, many times what a pass takes: a server that answers no more fails each scenario at its own timeout

server=$root/build/release/tests/conformance_server
url="" nginx="" work=""
while [ $# -gt 0 ]; do
  case $1 in
    --url) url=$2 && shift ;;
    --server) server=$2 && shift ;;
    --nginx) nginx=1 ;;
    --keep) mkdir -p "$2" && work=$(cd "$2" && pwd) && shift ;;
    *)
      sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
      exit 1
      ;;
  esac
  shift
done

node=$("$packages" node)
declare -A suite
for version in 0.1.16 0.2.0-alpha.12; do
  suite[$version]=$("$packages" npm "@modelcontextprotocol/conformance@$version")/node_modules/@modelcontextprotocol/conformance
done

server_pid="" nginx_pid=""
temporary=""
if [ -z "$work" ]; then
  temporary=$(mktemp -d)
  work=$temporary
fi
finish() {
  code=$?
  for pid in $nginx_pid $server_pid; do
    kill "$pid" 2>/dev/null && wait "$pid" || true
  done
  [ -z "$temporary" ] || rm -rf "$temporary"
  exit "$code"
}
trap finish EXIT

# Each round of passes gets a server of its own: the suites leave tasks behind, of which one client may have
# so many only.
start_server() {
  local line events
  [ -x "$server" ] || { echo "FAILED: there is no server at $server" >&2 && exit 1; }
  events=$(mktemp -u "$work/events.XXXX")
  mkfifo "$events"
  "$server" serve --http 127.0.0.1:0 --ops 127.0.0.1:0 2>"$events" &
  server_pid=$!
  exec 4<"$events"
  url=""
  while read -r -t 30 line <&4; do
    echo "$line" >>"$work/server.log"
    if [[ $line =~ \"event\":\"transport.listening\".*\"endpoint\":\"([^\"]+)\" ]]; then
      url=${BASH_REMATCH[1]}
      break
    fi
  done
  [ -n "$url" ] || { echo "FAILED: $server does not listen" >&2 && cat "$work/server.log" >&2 && exit 1; }
  cat <&4 >>"$work/server.log" & # a server whose log nobody reads would wait
}

# stop_server: it must still run, and end well within the drain timeout.
stop_server() {
  local code=0
  if ! kill -TERM "$server_pid" 2>/dev/null; then
    echo "FAILED: the server ended by itself; the end of its log:" >&2 && tail -n 5 "$work/server.log" >&2
    failed=1
  elif ! timeout 30 tail --pid "$server_pid" -f /dev/null; then
    echo "FAILED: the server did not end at SIGTERM" >&2
    kill -KILL "$server_pid"
    failed=1
  fi
  wait "$server_pid" || code=$?
  [ "$code" -eq 0 ] || { echo "FAILED: the server ended with exit code $code" >&2 && failed=1; }
  server_pid=""
}

# start_nginx: before the server at $url, on a free port; what is not said is nginx's default.
start_nginx() {
  local user="" port
  [ "$(id -u)" -ne 0 ] || user="user root;"
  mkdir -p "$work/nginx"
  for _ in 1 2 3 4 5; do # another process may take the port in between
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$work/nginx/nginx.conf" <<CONF
$user daemon off; worker_processes 1; pid $work/nginx/pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p;
  fastcgi_temp_path $work/nginx/f; uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
  server {
    listen 127.0.0.1:$port;
    location / { proxy_pass ${url%/*}; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host \$http_host; }
  }
}
CONF
    nginx -e "$work/nginx/error.log" -p "$work/nginx" -c "$work/nginx/nginx.conf" &
    nginx_pid=$!
    # Any answer will do: the server behind it may refuse a GET.
    if curl -s -o /dev/null --retry 50 --retry-connrefused --retry-delay 0 --retry-max-time 10 -X OPTIONS "http://127.0.0.1:$port/" && kill -0 "$nginx_pid" 2>/dev/null; then
      proxy_url=http://127.0.0.1:$port/${url##*/}
      return
    fi
    wait "$nginx_pid" || true
  done
  echo "FAILED: nginx did not start" >&2 && cat "$work/nginx/error.log" >&2 && exit 1
}

touch "$work/expected-failures.yml"
arguments=()
run_pass() { # NAME VERSION ARGUMENTS LEAST URL
  local out=$work/$((${#arguments[@]} / 4)) code=0 package=${suite[$2]}
  mkdir "$out"
  # shellcheck disable=SC2086
  timeout "$pass_limit" "$node" "$package/dist/index.js" server --url "$5" $3 \
    --expected-failures "$work/expected-failures.yml" -o "$out/scenarios" >"$out/log" 2>&1 || code=$?
  "$node" "$package/dist/index.js" list --server ${3/--suite all/} >"$out/list" 2>&1
  echo "$code" >"$out/code"
  arguments+=(--pass "$1" "$out" "$4")
}
run_passes() { # URL SUFFIX
  local pass name version what least
  for pass in "${passes[@]}"; do
    IFS='|' read -r name version what least <<<"$pass"
    run_pass "$name$2" "$version" "$what" "$least" "$1"
  done
}

failed=0
own_server=""
[ -n "$url" ] || own_server=1
[ -z "$own_server" ] || start_server
run_passes "$url" ""
[ -z "$own_server" ] || stop_server
if [ -n "$nginx" ] && command -v nginx >/dev/null; then
  [ -z "$own_server" ] || start_server
  start_nginx
  run_passes "$proxy_url" ", nginx"
  [ -z "$own_server" ] || stop_server
elif [ -n "$nginx" ]; then
  echo "SKIPPED: nginx is not installed, so nothing was run through it" >&2
fi
"$here/report.py" "${arguments[@]}" || failed=1
exit "$failed"
