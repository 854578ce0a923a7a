#!/usr/bin/env python3
"""How many of the documents that answer a question of the links stand among the first five.

Asks the real binary every labelled question over stdio and prints recall@5 per class, and what is
missing.
"""
import argparse
import collections
import json
import pathlib
import sys

from quality import HERE, Host

DEPTH = 5

Question = collections.namedtuple("Question", "kind tool arguments list wanted text")


def read_questions(file):
    questions = []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 6 or not all(fields):
            sys.exit(f"{file}:{number}: want class | tool | arguments | list | wanted | question")
        kind, tool, arguments, where, wanted, text = fields
        wanted = set(wanted.split(","))
        if len(wanted) > DEPTH:
            sys.exit(f"{file}:{number}: more than {DEPTH} are wanted")
        questions.append(Question(kind, tool, json.loads(arguments), where, wanted, text))
    return questions


def name_of(item):
    """What the labels call a document or an entry."""
    if "entry" in item:
        return f"{item['framework']}#{item['entry']}"
    return item["short_id"] or item["id"]


def names_at(answer, path):
    """The names in the list at a dotted path; lists on the way are walked through."""
    found = [answer]
    for member in path.split("."):
        found = [item for each in found for item in each[member]]
    return list(dict.fromkeys(name_of(item) for item in found))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build/release")
    parser.add_argument("--content", type=pathlib.Path, required=True)
    parser.add_argument("--questions", type=pathlib.Path, default=HERE / "questions.txt")
    parser.add_argument("--gate", type=float, default=0, help="least recall of each class")
    options = parser.parse_args()

    host = Host(options.build, options.content)
    recalls = collections.defaultdict(list)
    for question in read_questions(options.questions):
        names = names_at(host.call(question.tool, question.arguments), question.list)[:DEPTH]
        recalls[question.kind].append(len(question.wanted & set(names)) / len(question.wanted))
        if missing := question.wanted - set(names):
            print(f"{question.tool} {json.dumps(question.arguments)}: misses {','.join(sorted(missing))}, "
                  f"has {' '.join(names) or 'nothing'}")
    host.close()

    print(f"{'class':<12}{'questions':>10}{'recall@5':>10}")
    for kind, rows in recalls.items():
        print(f"{kind:<12}{len(rows):>10}{sum(rows) / len(rows):>10.3f}")
    if missed := [kind for kind, rows in recalls.items() if sum(rows) / len(rows) < options.gate]:
        sys.exit(f"FAILED: recall@5 of {', '.join(missed)} is below {options.gate}")


if __name__ == "__main__":
    main()
