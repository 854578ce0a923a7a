# Sourced after common.sh, with $govhost set: begins projects and uses what they build in the host.

# begin KIND NAME: the project ./NAME; what is printed with --json is what is there.
begin() {
  local said
  said=$("$govhost" plugin new "$1" "$2" --json) || fail "govhost plugin new $1 $2"
  [ "$(python3 -c 'import json, sys; print(*json.load(sys.stdin)["files"], sep="\n")' <<< "$said")" = "$(cd "$2" && find . -type f -printf '%P\n' | LC_ALL=C sort)" ] ||
    fail "--json does not list what was written: $said"
  [ -f "$2/${2//-/_}.cpp" ] || fail "$2 has no ${2//-/_}.cpp"
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

use_source() {
  run check.log "$govhost" config check --config govhost.toml
  ask 'has an owner and a date' govhost.toml resources/read \
    '"uri":"finos://documents/model-inventory"' --stdio
  ask '"source":"'"$1"'"' govhost.toml tools/call \
    '"name":"search","arguments":{"query":"approved customer data"}' --stdio
}
