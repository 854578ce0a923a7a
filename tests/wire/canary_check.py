#!/usr/bin/env python3
"""No message that a server sent in any test holds a secret of a test.

usage: canary_check.py FOLDER CANARY

FOLDER has a file of JSON lines for each process that talked to a server. What a client said itself may come back.
"""
import json
import pathlib
import sys


def main():
    folder, canary = pathlib.Path(sys.argv[1]), sys.argv[2]
    checked, leaked = 0, []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open() as lines:
            for line in lines:
                record = json.loads(line)
                checked += 1
                if canary in json.dumps(record["message"]) and canary not in json.dumps(record["request"]):
                    leaked.append(f"{path.name}: {json.dumps(record['message'])[:500]}")
    print(f"{checked} messages were looked through")
    if leaked:
        sys.exit("\n".join(leaked[:20]))
    if checked == 0:
        sys.exit(f"nothing was recorded in {folder}")


if __name__ == "__main__":
    main()
