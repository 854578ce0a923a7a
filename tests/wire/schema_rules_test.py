#!/usr/bin/env python3
"""schema.py finds what is wrong with a message. usage: schema_rules_test.py FOLDER_OF_SCHEMAS"""
import os
import sys
import unittest

FOLDER = sys.argv.pop() if len(sys.argv) > 1 else ""
VERSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
LEGACY, MODERN = "2025-11-25", "2026-07-28"
OUTPUT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TASK = {"taskId": "t", "createdAt": "2026-01-01T00:00:00Z", "lastUpdatedAt": "2026-01-01T00:00:00Z", "ttlMs": None}


def answer(result, **more):
    return {"jsonrpc": "2.0", "id": 1, "result": result, **more}


def record(message, method="tools/call", version=LEGACY, params=None):
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {"name": "count"}}
    return {"message": message, "request": request, "version": version, "transport": "http", "program": "p", "test": "t"}


class Rules(unittest.TestCase):
    def setUp(self):
        self.schemas = schema.Schemas(FOLDER)
        self.schemas.learn(record(answer({"tools": [{"name": "count", "outputSchema": OUTPUT}]}), "tools/list"))

    def bad(self, *arguments, **named):
        found = self.schemas.check(record(*arguments, **named))
        self.assertTrue(found, arguments)
        return found[0]

    def good(self, *arguments, **named):
        self.assertEqual(self.schemas.check(record(*arguments, **named)), [])

    def test_the_type_follows_the_method_and_the_version(self):
        for version in VERSIONS:
            more = {"resultType": "complete"} if version == MODERN else {}
            cached = {"ttlMs": 0, "cacheScope": "public"} if version == MODERN else {}
            self.good(answer({"tools": [], **more, **cached}), "tools/list", version)
            self.bad(answer({"prompts": [], **more, **cached}), "tools/list", version)
            self.bad(answer({"tools": "none", **more, **cached}), "tools/list", version)
        self.good(answer({}), "ping")
        self.bad(answer({"tools": []}), "tools/list", MODERN)

    def test_envelopes(self):
        self.bad({"id": 1, "result": {"content": [], "structuredContent": {"n": 1}}})
        self.bad({"jsonrpc": "2.0", "id": 1, "error": {"code": "-1", "message": "m"}})
        self.bad({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000}})
        self.bad([])
        self.bad({"jsonrpc": "2.0", "method": "notifications/nonsense"})
        self.bad({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}})
        self.good({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1, "progressToken": 1}})
        self.assertTrue(self.schemas.check({**record(answer({})), "request": None}))
        # Only what could not be read is answered without an id.
        self.good({"jsonrpc": "2.0", "error": {"code": -32700, "message": "m"}}, version="2024-11-05")

    def test_structured_content_has_the_form_that_the_tool_lists(self):
        self.good(answer({"content": [], "structuredContent": {"n": 1}}))
        self.assertIn("outputSchema", self.bad(answer({"content": [], "structuredContent": {"n": "1"}})))
        self.assertIn("outputSchema", self.bad(answer({"content": []})))
        self.good(answer({"content": [], "isError": True}))
        self.good(answer({"content": []}), version="2025-03-26")

    def test_listed_schemas_are_schemas(self):
        tool = {"name": "n", "inputSchema": {"type": "object"}}
        self.good(answer({"tools": [tool]}), "tools/list")
        self.bad(answer({"tools": [{**tool, "inputSchema": {"type": "object", "required": "all"}}]}), "tools/list")

    def test_tasks(self):
        created = {"resultType": "task", "status": "working", **TASK}
        self.good(answer(created), version=MODERN)
        self.bad(answer({**created, "requestState": "s"}), version=MODERN)
        self.bad(answer({k: v for k, v in created.items() if k != "ttlMs"}), version=MODERN)
        done = {"resultType": "complete", "status": "completed", **TASK}
        self.bad(answer(done), "tasks/get", MODERN)
        self.good(answer({**done, "result": {}}), "tasks/get", MODERN)
        self.bad(answer({"resultType": "complete", "taskId": "t"}), "tasks/cancel", MODERN)
        self.good(answer({"resultType": "complete"}), "tasks/cancel", MODERN)


if __name__ == "__main__":
    if not os.path.isdir(FOLDER):
        print(f"SKIPPED: the rules need the schemas of the protocol: {FOLDER or 'no folder'} is absent")
        sys.exit(77)
    import schema

    unittest.main()
