#!/usr/bin/env python3
"""Checks what the compiler does not: include directions, file sizes, what may stand at the top.

- Plugins and the SDK include no header of the host or of another plugin.
- A folder of host/ includes only folders whose libraries it names in CMakeLists.txt (USES), directly
  or through them; no two folders need each other.
- No source file is longer than 600 lines.
- Nothing stands at the top of the repository but what the README speaks of.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)
TOP = {"CMakeLists.txt", "CMakePresets.json", "host", "plugin-sdk", "plugins", "tests", "config", "packaging", "README.md",
       "docs", "LICENSE", "CHANGELOG.md", ".ci", ".clang-format", ".clang-tidy", ".gitignore", ".gitattributes", ".editorconfig"}
problems = []


def sources(folder):
    return [f for f in sorted(folder.rglob("*")) if f.suffix in {".cpp", ".h", ".hpp", ".c"}]


def includes(file):
    return INCLUDE.findall(file.read_text(errors="replace"))


def check_plugins(source):
    host = {f.name for f in (source / "host").iterdir() if f.is_dir()}
    plugins = [f for f in (source / "plugins").iterdir() if f.is_dir()]
    files = 0
    for plugin in plugins + [source / "plugin-sdk"]:
        own = {str(f.relative_to(plugin)) for f in sources(plugin)}
        for file in sources(plugin):
            files += 1
            for name in includes(file):
                first = name.split("/")[0]
                if name.startswith("..") or (first in host and name not in own and "/" in name):
                    problems.append(f"{file.relative_to(source)} includes {name}: plugins and the SDK know no header of the host")
    return files


def host_uses(source):
    """Folder to the folders it names, and all that it reaches through them."""
    direct = {}
    for cmake in (source / "host").glob("*/CMakeLists.txt"):
        text = re.sub(r"#.*", "", cmake.read_text())
        direct[cmake.parent.name] = set(re.findall(r"govhost_(?!library\b|embed\b|options\b|plugin\()(\w+)", text)) - {cmake.parent.name}
    reach = {}

    def walk(folder, path):
        if folder in path:
            problems.append("host folders need each other: " + " -> ".join(path + [folder]))
            return set()
        if folder not in reach:
            reach[folder] = set().union(*({d} | walk(d, path + [folder]) for d in direct.get(folder, ()))) if direct.get(folder) else set()
        return reach[folder]

    for folder in direct:
        walk(folder, [])
    return reach


def check_host(source):
    reach = host_uses(source)
    files = 0
    for folder, uses in reach.items():
        for file in sources(source / "host" / folder):
            files += 1
            for name in includes(file):
                first = name.split("/")[0]
                if "/" in name and first in reach and first != folder and first not in uses:
                    problems.append(f"{file.relative_to(source)} includes {name}, but host/{folder}/CMakeLists.txt does not use govhost_{first}")
    return files


def check_sizes(source):
    for top in ("host", "plugins", "plugin-sdk", "tests"):
        for file in sources(source / top) + sorted((source / top).rglob("*.py")) + sorted((source / top).rglob("*.sh")):
            lines = file.read_text(errors="replace").count("\n")
            if lines > 600:
                problems.append(f"{file.relative_to(source)} has {lines} lines: split it by duty")


def check_top(source):
    git = shutil.which("git")
    listed = subprocess.run([git, "-C", source, "ls-files"], capture_output=True, text=True) if git else None
    if not listed or listed.returncode != 0:
        print("SKIPPED: no git or no checkout of it, so the top of the tree was not checked")
        return
    for name in sorted({line.split("/")[0] for line in listed.stdout.splitlines()} - TOP):
        problems.append(f"{name} stands at the top of the repository; find it a room or extend the list in this test")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    source = parser.parse_args().source.resolve()
    plugin_files, host_files = check_plugins(source), check_host(source)
    check_sizes(source)
    check_top(source)
    if plugin_files < 20 or host_files < 60:
        problems.append(f"only {plugin_files} files of plugins and {host_files} of the host were found: is --source right?")
    print(f"{plugin_files} files of plugins and the SDK, {host_files} of the host")
    if problems:
        sys.exit("FAILED:\n" + "\n".join(problems))


if __name__ == "__main__":
    main()
