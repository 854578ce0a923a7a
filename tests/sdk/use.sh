# Sourced after common.sh, with $govhost set: begins projects and uses what they build in the host.

# listed NAME JSON: the texts of one array, a line each.
listed() {
  python3 -c 'import json, sys; print(*json.loads(sys.argv[2])[sys.argv[1]], sep="\n")' "$1" "$2"
}

# begin KIND NAME: the project ./NAME; what is printed with --json is what is there. The commands that
# were printed are in NAME.sh, without the last one, which serves until it is ended.
begin() {
  local said
  said=$("$govhost" plugin new "$1" "$2" --json) || fail "govhost plugin new $1 $2"
  [ "$(listed files "$said")" = "$(cd "$2" && find . -type f -printf '%P\n' | LC_ALL=C sort)" ] ||
    fail "--json does not list what was written: $said"
  [ -f "$2/${2//-/_}.cpp" ] || fail "$2 has no ${2//-/_}.cpp"
  listed next "$said" > "$2.sh"
  [ "$(tail -n1 "$2.sh")" = "govhost serve -c govhost.toml" ] || fail "the last step is: $said"
  sed -i '$d' "$2.sh"
}

# validate PLUGIN: with every verb that judges a plugin's file.
validate() {
  run info.log "$govhost" plugin info "$1"
  if "$govhost" plugin --help | grep -q '^ *check '; then
    run validate.log "$govhost" plugin check "$1"
  fi
}

meta='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'

# request METHOD PARAMS: one message of the modern era; PARAMS is the inside of an object.
request() {
  echo '{"jsonrpc":"2.0","id":1,"method":"'"$1"'","params":{'"$2,$meta"'}}'
}

# ask EXPECTED CONFIG METHOD PARAMS [OPTIONS...]: a host for one message on its standard input.
ask() {
  local expected=$1 config=$2 answer
  answer=$("$govhost" serve --config "$config" --ops 127.0.0.1:0 "${@:5}" \
    <<< "$(request "$3" "$4")" 2> serve.log) || fail "the host does not serve: $(cat serve.log)"
  [[ $answer == *$expected* ]] || fail "the host answered '$answer' instead of '$expected'"
}

search_for='"name":"search","arguments":{"query":'

use_source() {
  run check.log "$govhost" config check --config govhost.toml
  ask 'has an owner and a date' govhost.toml resources/read \
    '"uri":"finos://documents/model-inventory"' --stdio
  ask '"source":"'"$1"'"' govhost.toml tools/call "$search_for"'"approved for it"}' --stdio
}

use_search() {
  run check.log "$govhost" config check --config govhost.toml
  ask '"total_found":0' govhost.toml tools/call "$search_for"'"no such words anywhere"}' --stdio
  ask 'risks/' govhost.toml tools/call "$search_for"'"prompt"}' --stdio
}

use_transport() {
  run check.log "$govhost" config check --config govhost.toml
  ask 'risks/' govhost.toml tools/call "$search_for"'"prompt injection"}'
}

# answers STATUS URL [KEY]: the HTTP status of one call, with `Authorization: ApiKey KEY`.
answers() {
  local status
  status=$(curl -sS -m 20 -o answer.json -w '%{http_code}' "$2" ${3:+-H "Authorization: ApiKey $3"} \
    -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
    -H 'MCP-Protocol-Version: 2026-07-28' -H 'Mcp-Method: tools/call' -H 'Mcp-Name: search' \
    -d "$(request tools/call "$search_for$query}")") || fail "$2 is not there"
  [ "$status" = "$1" ] || fail "the host answered $status instead of $1: $(cat answer.json)"
}

# query='"WORDS"' use_key CONFIG KEY: over HTTP who has the key is let in, nobody else; no log has the key.
use_key() {
  local url
  mkfifo serve.pipe
  "$govhost" serve --config "$1" --http 127.0.0.1:0 --ops 127.0.0.1:0 2> serve.pipe > serve.out &
  server=$!
  trap 'kill "$server" 2> /dev/null || true' EXIT
  exec 3< serve.pipe
  url=$(timeout 60 sed -nu '/"transport.listening"/{s#.*\(http://127.0.0.1:[0-9]*/mcp\).*#\1#p;q}' <&3)
  [ -n "$url" ] || fail "the host does not listen"
  answers 401 "$url"
  answers 401 "$url" "$2-not"
  answers 200 "$url" "$2"
  grep -q '"results":\[{' answer.json || fail "nothing was found: $(cat answer.json)"
  kill "$server"
  trap - EXIT
  wait "$server" || fail "the host ended with $?"
  cat <&3 > serve.log
  exec 3<&-
  if grep "$2" serve.log; then fail "the key is in the log"; fi
}

use_auth() {
  local upper=${1//-/_}
  export "${upper^^}_KEY=canary-$1"
  run check.log "$govhost" config check --config govhost.toml
  query='"prompt injection"' use_key govhost.toml "canary-$1"
}

# Who asks a store is another plugin: readme.sh has one.
use_secrets() {
  run check.log "$govhost" config check --config govhost.toml
  ask 'risks/' govhost.toml tools/call "$search_for"'"prompt injection"}' --stdio
}
