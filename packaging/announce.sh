#!/usr/bin/env bash
# announce.sh GOVHOST ARGUMENTS...: starts `govhost serve ARGUMENTS`, waits until it listens, and
# prints how to connect. The server's log goes on to standard error; signals reach the server.
set -euo pipefail
binary=$1
shift

json() { printf '"%s"' "$(sed 's/["\\]/\\&/g' <<<"$1")"; } # TEXT as a JSON string

command=$(json "$binary")
# What a client that starts the server itself must say to get the same documents.
stdio_args='"serve", "--stdio"'
arguments=("$@")
for ((i = 0; i < ${#arguments[@]}; i++)); do
  option=${arguments[i]} value=${arguments[i + 1]:-}
  case $option in
    --content=* | --config=*) value=${option#*=} option=${option%%=*} ;;
    --content | --config | -c) ;;
    *) continue ;;
  esac
  stdio_args+=", \"$option\", $(json "$(realpath -m "$value")")"
done

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
mkfifo "$log/all" "$log/start"
# Ctrl-C reaches every process of the terminal, a new one before its exec too. What copies the log
# must outlive it: the last lines tell how the server ended. It stops when the server closes the log.
trap '' TERM INT HUP
tee --output-error=warn-nopipe "$log/start" <"$log/all" >&2 & # a shell loop would be slower than the server
copy=$!
# In a process group of its own: Ctrl-C would reach the server from the terminal and again from the
# trap, and a second signal ends it without a drain.
set -m
"$binary" serve "$@" 2>"$log/all" &
server=$!
set +m
trap 'kill -TERM $server 2>/dev/null' TERM INT HUP

# Until the announcement is made nothing runs in the foreground but the shell itself: Ctrl-C would end
# a program there, and with it this script without its server.
field() { if [[ $1 =~ \"$2\":\"?([^\",}]*) ]]; then printf -v "$2" %s "${BASH_REMATCH[1]}"; fi; }

announce() {
  local text
  read -r -d '' text <<TEXT || true

govhost serves $documents documents at $endpoint

Try it:
  curl -s $endpoint -H 'Content-Type: application/json' -H 'Accept: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"prompt injection","limit":3}}}'

Claude Desktop (claude_desktop_config.json), stdio:
  {"mcpServers": {"govhost": {"command": $command, "args": [$stdio_args]}}}
Claude Desktop, HTTP (Settings > Connectors > Add custom connector, or through mcp-remote):
  {"mcpServers": {"govhost": {"command": "npx", "args": ["-y", "mcp-remote", "$endpoint"]}}}

VS Code (.vscode/mcp.json), stdio:
  {"servers": {"govhost": {"type": "stdio", "command": $command, "args": [$stdio_args]}}}
VS Code, HTTP:
  {"servers": {"govhost": {"type": "http", "url": "$endpoint"}}}

Cursor (.cursor/mcp.json), stdio:
  {"mcpServers": {"govhost": {"command": $command, "args": [$stdio_args]}}}
Cursor, HTTP:
  {"mcpServers": {"govhost": {"url": "$endpoint"}}}

Stop it with Ctrl-C.
TEXT
  printf '\n%s\n\n' "$text"
}

endpoint="" documents=""
while IFS= read -r line; do
  case "$line" in
    *'"event":"content.loaded"'*) field "$line" documents ;;
    *'"event":"transport.listening"'*) field "$line" endpoint ;;
    *'"event":"serve.ready"'*)
      announce
      break
      ;;
  esac
done <"$log/start"

# wait_for PROCESS: its exit code, although signals end a wait.
wait_for() {
  local code=0
  wait "$1" || code=$?
  while kill -0 "$1" 2>/dev/null; do
    code=0
    wait "$1" || code=$?
  done
  return "$code"
}

code=0
wait_for "$server" || code=$?
wait_for "$copy" || true
exit "$code"
