#!/usr/bin/env python3
"""Measures search plugins at rising scale and prints a table.

Each row is a process of its own: bench_search makes the policies (or reads the folder), feeds them
to the plugin as the host does, and asks its queries of the host's search service, ten hits with
snippets each. Memory is what stays of the index when the feeding is done, beside the bytes of text.
Queries run on one thread. A figure that misses its target is marked with a "!".
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# By plugin: at 100 000 documents p99 in microseconds, memory by bytes of text, seconds to index.
TARGETS = {"search-memory": (2000, 0.8, 90), "search-xapian": (5000, None, None)}
ON_DISK = {"search-xapian"}
NO_TARGETS = (None, None, None)
TARGET_DOCUMENTS = 100_000
TARGET_FOLDER_P50 = 40  # microseconds, search-memory over the AI Governance Framework


def measure(build, plugin, content, queries):
    with tempfile.TemporaryDirectory() as folder:
        plugin_options = {"path": f"{folder}/index"} if plugin in ON_DISK else {}
        command = [build / "tests/bench_search", build / f"lib/govhost/plugins/{plugin}.so",
                   json.dumps(plugin_options), str(queries), content]
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{plugin} over {content}: bench_search ended with {done.returncode}")
    return json.loads(done.stdout)


def marked(value, target, text):
    return text + ("!" if target is not None and value > target else "")


def cells(plugin, content, row):
    p99, share, seconds = NO_TARGETS if content != str(TARGET_DOCUMENTS) else TARGETS.get(plugin, NO_TARGETS)
    p50 = TARGET_FOLDER_P50 if plugin == "search-memory" and not content.isdigit() else None
    memory = row["index_bytes"] / row["text_bytes"]
    return [plugin, content if content.isdigit() else pathlib.Path(content).name, str(row["passages"]),
            f"{row['text_bytes'] / 1e6:.1f}",
            marked(row["index_seconds"], seconds, f"{row['index_seconds']:.2f}"),
            f"{row['index_cpu_seconds']:.2f}",
            marked(memory, share, f"{row['index_bytes'] / 1e6:.1f} ({memory:.2f})"),
            marked(row["p50_micros"], p50, f"{row['p50_micros']:.0f}"),
            marked(row["p99_micros"], p99, f"{row['p99_micros']:.0f}"),
            f"{row['query_cpu_micros']:.0f}", f"{row['hits_per_query']:.1f}"]


HEAD = ["plugin", "documents", "passages", "text MB", "index s", "CPU s", "memory MB (/text)",
        "p50 us", "p99 us", "CPU us", "hits"]


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def built(build):
    return [name for name in TARGETS if (build / f"lib/govhost/plugins/{name}.so").exists()]


def smoke(build):
    """Whether it still measures: every figure is there and every query of the small corpus answers."""
    for plugin in built(build):
        check(plugin, measure(build, plugin, "50", 20))


def check(plugin, row):
    for name in ("index_seconds", "index_cpu_seconds", "passages", "text_bytes", "p50_micros", "p99_micros"):
        if not row[name] > 0:
            sys.exit(f"{plugin}: {name} is {row[name]}")
    if row["documents"] != 50 or row["snippets_per_query"] != row["hits_per_query"] or row["hits_per_query"] < 5:
        sys.exit(f"{plugin}: not what 50 policies answer: {row}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build/release")
    parser.add_argument("--plugins", default="", help="with commas between; default: all that are built")
    parser.add_argument("--documents", default="50,10000,100000", help="sizes, with commas between")
    parser.add_argument("--content", help="a folder in the framework's layout, measured as well")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--smoke", action="store_true", help="only whether it still runs")
    options = parser.parse_args()
    if options.smoke:
        return smoke(options.build)

    plugins = options.plugins.split(",") if options.plugins else built(options.build)
    contents = [size for size in options.documents.split(",") if size]
    contents += [options.content] if options.content else []
    rows = [HEAD]
    for content in contents:
        for plugin in plugins:
            print(f"{plugin} over {content} ...", file=sys.stderr)
            rows.append(cells(plugin, content, measure(options.build, plugin, content, options.queries)))
    print_table(rows)


if __name__ == "__main__":
    main()
