#!/usr/bin/env python3
"""Holds every message that servers sent in the tests against the JSON schema of its version.

usage: schema_check.py --schemas FOLDER --recorded FOLDER [--programs NAME...]

FOLDER of --recorded has a file of JSON lines for each process that talked to a server. When all
--programs have recorded something, every version must have been spoken over both transports.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import re
import sys

SKIPPED = 77
SHOWN = 20
CORRELATION_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def records(folder):
    for path in sorted(folder.glob("*.jsonl")):
        program = path.name.rsplit("-", 1)[0]
        with path.open() as lines:
            for line in lines:
                yield {**json.loads(line), "program": program}


def same(record):
    """Equal for messages that the same rules find equally good or bad."""
    message = record["message"]
    if isinstance(message, dict):
        message = {k: v if k != "id" else type(v).__name__ for k, v in message.items()}
    request = record["request"] or {}
    method, params = request.get("method"), request.get("params")
    tool = params.get("name") if isinstance(params, dict) else None
    text = json.dumps([record["version"], method, tool, message], sort_keys=True)
    return hashlib.sha256(CORRELATION_ID.sub("", text).encode()).digest()


def method_of(record):
    message = record["message"]
    if isinstance(message, dict) and "method" in message:
        return message["method"]
    method = (record["request"] or {}).get("method")
    return method if method and len(method) < 40 else "(unreadable)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemas", type=pathlib.Path, required=True)
    parser.add_argument("--recorded", type=pathlib.Path, required=True)
    parser.add_argument("--programs", nargs="*", default=[])
    options = parser.parse_args()
    if not options.schemas.is_dir():
        print(f"SKIPPED: no message was held against a schema: {options.schemas} is absent")
        return SKIPPED
    import schema  # needs python3-jsonschema, which a machine without the schemas need not have

    schemas = schema.Schemas(options.schemas)
    for record in records(options.recorded):
        schemas.learn(record)
    counts, seen, bad, programs = collections.Counter(), set(), [], set()
    methods = collections.Counter()
    for record in records(options.recorded):
        programs.add(record["program"])
        counts[schemas.version_of(record).name, record["transport"]] += 1
        methods[method_of(record)] += 1
        key = same(record)
        if key in seen:
            continue
        seen.add(key)
        bad += [(record, fault) for fault in schemas.check(record)]

    for (version, transport), count in sorted(counts.items()):
        print(f"{version} over {transport}: {count} messages")
    print("by method: " + ", ".join(f"{m} {n}" for m, n in methods.most_common()))
    print(f"{sum(counts.values())} messages, {len(seen)} different, {len(bad)} faults")
    for record, fault in bad[:SHOWN]:
        print(f"\n{record['program']} {record['test']} ({record['transport']}, {record['version']}):\n  {fault}\n"
              f"  {json.dumps(record['message'])[:600]}\n  answers {json.dumps(record['request'])[:300]}")
    missing = [f"{v} over {t}" for v in schemas.versions for t in ("http", "stdio") if not counts[v, t]]
    complete = set(options.programs) <= programs
    if complete and missing:
        print("nothing was recorded of " + ", ".join(missing))
    if not counts:
        print(f"nothing was recorded in {options.recorded}")
    return 1 if bad or not counts or (complete and missing) else 0


if __name__ == "__main__":
    sys.exit(main())
