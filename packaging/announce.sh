#!/usr/bin/env bash
# announce.sh GOVHOST ARGUMENTS...: starts `govhost serve ARGUMENTS`, waits until it listens, and
# prints how to connect. The server's log goes on to standard error; signals reach the server.
set -euo pipefail
binary=$1
shift

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
mkfifo "$log/pipe"
"$binary" serve "$@" 2>"$log/pipe" &
server=$!
trap 'kill -TERM $server 2>/dev/null' TERM INT

field() { sed -n 's/.*"'"$2"'":"\{0,1\}\([^",}]*\).*/\1/p' <<<"$1"; }

stdio_args='"serve", "--stdio"'
arguments=("$@")
for ((i = 0; i + 1 < ${#arguments[@]}; i++)); do
  if [ "${arguments[i]}" = --content ] || [ "${arguments[i]}" = -c ] || [ "${arguments[i]}" = --config ]; then
    stdio_args+=", \"${arguments[i]}\", \"$(realpath "${arguments[i + 1]}")\""
  fi
done

announce() {
  local endpoint=$1 documents=$2
  cat <<TEXT

govhost serves $documents documents at $endpoint

Try it:
  curl -s $endpoint -H 'Content-Type: application/json' -H 'Accept: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"prompt injection","limit":3}}}'

Claude Desktop (claude_desktop_config.json), stdio:
  {"mcpServers": {"govhost": {"command": "$binary", "args": [$stdio_args]}}}
Claude Desktop, HTTP (Settings > Connectors > Add custom connector, or through mcp-remote):
  {"mcpServers": {"govhost": {"command": "npx", "args": ["-y", "mcp-remote", "$endpoint"]}}}

VS Code (.vscode/mcp.json), stdio:
  {"servers": {"govhost": {"type": "stdio", "command": "$binary", "args": [$stdio_args]}}}
VS Code, HTTP:
  {"servers": {"govhost": {"type": "http", "url": "$endpoint"}}}

Cursor (.cursor/mcp.json), stdio:
  {"mcpServers": {"govhost": {"command": "$binary", "args": [$stdio_args]}}}
Cursor, HTTP:
  {"mcpServers": {"govhost": {"url": "$endpoint"}}}

Stop it with Ctrl-C.

TEXT
}

endpoint="" documents=""
exec 3<"$log/pipe"
while IFS= read -r line <&3; do
  printf '%s\n' "$line" >&2
  case "$line" in
    *'"event":"content.loaded"'*) documents=$(field "$line" documents) ;;
    *'"event":"transport.listening"'*) endpoint=$(field "$line" endpoint) ;;
    *'"event":"serve.ready"'*)
      announce "$endpoint" "$documents"
      break
      ;;
  esac
done
cat <&3 >&2 & # a shell loop would be slower than the server
code=0
wait "$server" || code=$?
while kill -0 "$server" 2>/dev/null; do # a signal ended the wait, not the server
  code=0
  wait "$server" || code=$?
done
exit "$code"
