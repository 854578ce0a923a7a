#!/usr/bin/env python3
"""How well search finds what a banker, a risk officer or a developer means.

Asks the real binary every labelled query over stdio and prints hit@1, hit@3, hit@5 and the mean
reciprocal rank per class and half. The halves are told apart by a digest of the query: what is
tuned is looked at in one half only, the other says whether it helps.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DEPTH = 10  # ranks beyond it count as not found
HALVES = ("tuning", "held back")

Query = collections.namedtuple("Query", "kind tool wanted text half")


def half_of(text):
    return HALVES[hashlib.sha256(text.encode()).digest()[0] & 1]


def read_queries(file):
    queries, seen = [], set()
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 4 or not all(fields):
            sys.exit(f"{file}:{number}: want class | tool | accepted ids | query")
        kind, tool, wanted, text = fields
        if (tool, text) in seen:
            sys.exit(f"{file}:{number}: this query stands there twice")
        seen.add((tool, text))
        queries.append(Query(kind, tool, set(wanted.split(",")), text, half_of(text)))
    return queries


def framework_of(build):
    """Where the tests of this build look for the AI Governance Framework."""
    for line in (build / "CMakeCache.txt").read_text().splitlines():
        if line.startswith("GOVHOST_AIGF_DIR:"):
            return pathlib.Path(line.split("=", 1)[1])
    sys.exit(f"{build} has no GOVHOST_AIGF_DIR: configure it with the tests")


class Host:
    """One process; requests are written ahead, so that a run is a matter of a second."""

    def __init__(self, build, content, settings=()):
        if not (content / "docs/_risks").is_dir():
            print(f"SKIPPED: QUALITY IS NOT CHECKED over {content}, which is absent")
            sys.exit(77)
        command = [build / "bin/govhost", "serve", "--stdio", "--content", content, "--log-level", "error",
                   *(f"--set={each}" for each in settings)]
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.request(0, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {},
                                       "clientInfo": {"name": "quality", "version": "1"}})
        self.answer()

    def request(self, number, method, params):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method,
                                             "params": params}) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("govhost ended: " + self.process.stderr.read()[-2000:])
        return json.loads(line)

    def call(self, tool, arguments):
        self.request(2, "tools/call", {"name": tool, "arguments": arguments})
        answer = self.answer()
        if "error" in answer or answer["result"].get("isError"):
            sys.exit(f"{tool} {arguments}: {json.dumps(answer)[:500]}")
        return answer["result"]["structuredContent"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def name_of(tool, hit):
    """What the labels call a hit."""
    if tool == "search_frameworks":
        return f"{hit['framework_id']}#{hit['entry']}"
    if tool == "search":
        return f"{hit['id']}#{hit['entry']}" if hit["kind"] == "framework" else hit["short_id"] or hit["id"]
    return {"search_risks": "ri-", "search_mitigations": "mi-"}[tool] + hit["document_id"].split("_")[0]


def rank_of(query, names):
    return next((rank for rank, name in enumerate(names, 1) if name in query.wanted), None)


def figures(ranks):
    hit = [sum(1 for r in ranks if r and r <= depth) / len(ranks) for depth in (1, 3, 5)]
    return [*hit, sum(1 / r for r in ranks if r) / len(ranks)]


def print_table(title, ranks):
    """ranks: {(class, half): [rank or None]}"""
    print(f"\n{title}")
    print(f"{'class':<12}{'half':<11}{'queries':>8}{'hit@1':>8}{'hit@3':>8}{'hit@5':>8}{'MRR':>8}")
    for kind in [*dict.fromkeys(kind for kind, _ in ranks), "all"]:
        for half in HALVES:
            rows = [r for (k, h), rs in ranks.items() if kind in (k, "all") and h == half for r in rs]
            if rows:
                print(f"{kind:<12}{half:<11}{len(rows):>8}" + "".join(f"{f:>8.3f}" for f in figures(rows)))


def missed_gates(ranks, gates):
    """Gates are CLASS:HIT@1:HIT@5 over the half that is held back."""
    missed = []
    for gate in gates:
        kind, first, fifth = gate.split(":")
        rows = [r for (k, h), rs in ranks.items() if kind in (k, "all") and h == HALVES[1] for r in rs]
        if not rows:
            missed.append(f"{gate}: no query of the class is held back")
            continue
        hit1, _, hit5, _ = figures(rows)
        if hit1 < float(first) or hit5 < float(fifth):
            missed.append(f"{kind}, held back: hit@1 {hit1:.3f} and hit@5 {hit5:.3f}, must be {first} and {fifth}")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build/release")
    parser.add_argument("--content", type=pathlib.Path, help="default: the data set's own")
    parser.add_argument("--queries", type=pathlib.Path, default=HERE / "aigf.txt")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="{folder} is a temporary one")
    parser.add_argument("--failures", action="store_true", help="queries of the tuning half not answered first")
    parser.add_argument("--gate", action="append", default=[], metavar="CLASS:HIT@1:HIT@5")
    options = parser.parse_args()

    queries = read_queries(options.queries)
    content = options.content or (HERE.parents[1] / "config/catalogue" if options.queries.stem == "starter"
                                  else framework_of(options.build))
    folder = tempfile.TemporaryDirectory()
    host = Host(options.build, content, [each.replace("{folder}", folder.name) for each in options.set])
    ranks = collections.defaultdict(list)
    for query in queries:
        found = host.call(query.tool, {"query": query.text, "limit": DEPTH})["results"]
        names = [name_of(query.tool, hit) for hit in found]
        rank = rank_of(query, names)
        ranks[query.kind, query.half].append(rank)
        if options.failures and query.half == HALVES[0] and rank != 1:
            print(f"{query.kind:<11} {rank or '-':>2}  {','.join(sorted(query.wanted)):<12} {' '.join(names[:5]):<40} {query.text}")
    host.close()

    print_table(f"{options.queries.name} over {content.name}", ranks)
    if missed := missed_gates(ranks, options.gate):
        sys.exit("FAILED:\n" + "\n".join(missed))


if __name__ == "__main__":
    main()
