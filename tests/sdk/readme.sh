#!/bin/bash
# Builds every C++ block of the SDK's README as the plugin or program that it is, and uses it:
#   readme.sh COMPILER PREFIX WORK GOVHOST
. "$(dirname "$0")/common.sh"
compiler=$1 prefix=$2 work=$3 govhost=$4
readme=$prefix/share/gov-plugin-sdk/README.md
need_compiler "$compiler"
. "$(dirname "$0")/use.sh"

rm -rf "$work"
mkdir -p "$work"
# Each block has a language and, in the line before, the name of its file.
awk -v folder="$work" '
  function stop(why) { printf "README.md:%d: %s\n", NR, why > "/dev/stderr"; bad = 1; exit 1 }
  /^```/ && inside { inside = 0; name = ""; close(file); next }
  /^```/ { if (name == "") stop("a block without a name: write <!-- snippet: NAME --> above it")
           if ($0 == "```") stop("a block without a language")
           if ($0 == "```cpp" && name !~ /\.cpp$/) stop("C++ in " name)
           if (name in seen) stop("a second block named " name)
           seen[name] = 1; file = folder "/" name; inside = 1; next }
  inside { print > file; next }
  /^<!-- snippet: [A-Za-z0-9_.-]+ -->$/ { name = $3; next }
  { name = "" }
  END { if (!bad && inside) stop("the last block is not closed") }
' "$readme" || fail "the blocks of $readme cannot be extracted"

mkdir "$work/begun"
cd "$work/begun"
for kind in source search auth secrets transport; do
  begin "$kind" "my-$kind"
  cmp "$work/my_$kind.cpp" "my-$kind/my_$kind.cpp" ||
    fail "my_$kind.cpp in the README is not what govhost plugin new writes"
done
for script in "$work"/*.sh; do
  bash -n "$script" || fail "$script is not a shell script"
done

# The fifteen minutes, as they are written; only the SDK is elsewhere.
mkdir "$work/fifteen"
cd "$work/fifteen"
sed "s#/usr/local#$prefix#" "$work/begin.sh" > begin.sh
PATH=$(dirname "$govhost"):$PATH CXX=$compiler run begin.log bash -eu begin.sh
grep -q finos://documents/model-inventory begin.log || fail "nothing was found: $(cat begin.log)"

cd "$work"
# The build file shown to readers is the start of this one.
{
  cat CMakeLists.txt
  echo 'add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)'
  for source in *.cpp; do
    name=${source%.cpp}
    case $source in
      my_source.cpp) ;;
      *_test.cpp)
        echo "add_executable($name $source)"
        echo "target_link_libraries($name PRIVATE gov::plugin-sdk \${CMAKE_DL_LIBS})"
        ;;
      my_*.cpp) echo "gov_add_plugin(${name#my_}-${name//_/-} $source)" ;;
      *) fail "$source is neither a plugin (my_*.cpp) nor a program (*_test.cpp)" ;;
    esac
  done
} > all.txt
mv all.txt CMakeLists.txt
run configure.log cmake -S . -B build -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$prefix"
run build.log cmake --build build -j2

for kind in source search auth secrets transport; do
  plugin=build/$kind-my-$kind.so
  [ -f "$plugin" ] || fail "the README has no example of the kind $kind"
  check_exports "$plugin"
done
mkdir policies
echo "# One" > policies/one.md
found=$(build/list_test build/source-my-source.so policies)
[ "$found" = "one.md" ] || fail "list_test printed '$found' instead of 'one.md'"

# All of them in the host itself, whose compiler is another one in half of the runs. The README's own
# configuration names the source. What each says alone is asked by its project's test.
printf '# One\n\nThe first policy.\n' > policies/one.md
mkdir secrets
printf canary-of-the-readme > secrets/api
plugin_table() { printf '%s\nplugin = "%s"\nisolation = "in-process"\n' "$1" "$work/build/$2.so"; }
{
  sed "s#/opt/acme/#$work/build/#; s#/srv/policies#$work/policies#" govhost.toml
  plugin_table '[search]' search-my-search
  plugin_table '[[transport]]' transport-my-transport
} > host.toml
{
  cat host.toml
  plugin_table '[[auth]]' auth-my-auth
  echo 'options = { key = "my-secrets:api" }'
  plugin_table '[[secrets]]' secrets-my-secrets
  echo "options = { path = \"$work/secrets\" }"
} > all.toml
run check.log "$govhost" config check --config all.toml
ask '"total_found":1' host.toml tools/call "$search_for"'"first policy"}'
query='"first policy"' use_key all.toml canary-of-the-readme
