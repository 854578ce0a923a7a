"""What the JSON schemas of the protocol say about a recorded message of a server."""
import functools
import json
import pathlib

import jsonschema

TASKS = "tasks/"
NEWEST_LEGACY, MODERN = "2025-11-25", "2026-07-28"
# A request without a version: the version of servers that cannot learn one (2025-06-18, transports).
ASSUMED = "2025-03-26"

# The tasks extension has no schema file; these are its tables (ext-tasks, specification).
TASK = {"type": "object", "required": ["resultType", "taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs"],
        "properties": {"taskId": {"type": "string", "minLength": 1},
                       "status": {"enum": ["working", "input_required", "completed", "failed", "cancelled"]},
                       "createdAt": {"type": "string"}, "lastUpdatedAt": {"type": "string"},
                       "ttlMs": {"type": ["integer", "null"]}, "pollIntervalMs": {"type": "integer"}}}
CREATED = {"allOf": [TASK, {"properties": {"resultType": {"const": "task"}},
                            "not": {"anyOf": [{"required": ["requestState"]}, {"required": ["result"]}]}}]}
DETAILED = {"allOf": [TASK, {"properties": {"resultType": {"const": "complete"}}},
                      {"if": {"properties": {"status": {"const": "completed"}}}, "then": {"required": ["result"]}},
                      {"if": {"properties": {"status": {"const": "failed"}}}, "then": {"required": ["error"]}},
                      {"if": {"properties": {"status": {"const": "input_required"}}},
                       "then": {"required": ["inputRequests"]}}]}
TOLD = {"properties": {"params": {**TASK, "required": [k for k in TASK["required"] if k != "resultType"]}}}
ACKNOWLEDGED = {"type": "object", "required": ["resultType"], "properties": {"resultType": {"const": "complete"}},
                "not": {"anyOf": [{"required": [k]} for k in ("taskId", "status", "result", "error", "inputRequests")]}}


class Version:
    def __init__(self, folder, name):
        self.name = name
        self.root = json.loads((folder / name / "schema.json").read_text())
        self.key = "$defs" if "$defs" in self.root else "definitions"
        self.types = self.root[self.key]
        self.by_method = {d["properties"]["method"]["const"]: n for n, d in self.types.items()
                          if "const" in d.get("properties", {}).get("method", {})}

    @functools.lru_cache(maxsize=None)
    def checker(self, name):
        return validator({"$schema": self.root["$schema"], self.key: self.types, "$ref": f"#/{self.key}/{name}"})

    def first(self, *names):
        return next(n for n in names if n in self.types)


def validator(schema):
    return jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)(schema)


def faults(checker, value, where):
    worst = jsonschema.exceptions.best_match(checker.iter_errors(value))
    return [] if worst is None else [f"{where}: {worst.json_path}: {worst.message[:300]}"]


class Schemas:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.versions = {p.name: Version(folder, p.name) for p in sorted(folder.iterdir()) if (p / "schema.json").is_file()}
        self.outputs = {}  # (program, tool): the outputSchema that it listed last

    def version_of(self, record):
        """The version whose schema a message must satisfy."""
        result = record["message"].get("result") if isinstance(record["message"], dict) else None
        if (record["request"] or {}).get("method") == "initialize" and isinstance(result, dict):
            return self.versions.get(result.get("protocolVersion"), self.versions[NEWEST_LEGACY])
        asked = record["version"]
        if asked in self.versions:
            return self.versions[asked]
        # Asked in a version that nobody knows: the answer is an error of the era of the question.
        meta = ((record["request"] or {}).get("params") or {})
        modern = isinstance(meta, dict) and "_meta" in meta and asked is not None
        return self.versions[MODERN if modern else ASSUMED if asked is None else NEWEST_LEGACY]

    def learn(self, record):
        """Remembers the output schemas of listed tools."""
        message = record["message"]
        result = message.get("result") if isinstance(message, dict) else None
        for tool in (result or {}).get("tools", []) if isinstance(result, dict) else []:
            self.outputs[record["program"], tool["name"]] = tool.get("outputSchema")

    def check(self, record):
        """Sentences about what is wrong; empty when nothing is."""
        message, version = record["message"], self.version_of(record)
        if not isinstance(message, dict):
            return [f"not an object: {str(message)[:200]}"]
        if "method" in message:
            return self.check_call(message, version)
        if "error" in message:
            return self.check_error(message, version)
        return self.check_result(record, version)

    def check_call(self, message, version):
        envelope = "JSONRPCRequest" if "id" in message else "JSONRPCNotification"
        found = faults(version.checker(envelope), message, envelope)
        if message["method"] == "notifications/tasks":
            return found + faults(validator(TOLD), message, "notifications/tasks")
        name = version.by_method.get(message["method"])
        if name is None:
            return found + [f"{version.name} has no {message['method']}"]
        return found + faults(version.checker(name), message, name)

    def check_error(self, message, version):
        envelope = version.first("JSONRPCErrorResponse", "JSONRPCError")
        # The older schemas want an id also where the request had none that could be read.
        required = "id" in version.types[envelope]["required"]
        value = {**message, "id": 0} if required and message.get("id") is None else message
        return faults(version.checker(envelope), value, envelope)

    def check_result(self, record, version):
        message, method = record["message"], (record["request"] or {}).get("method")
        envelope = version.first("JSONRPCResultResponse", "JSONRPCResponse")
        found = faults(version.checker(envelope), message, envelope)
        result = message.get("result")
        if not isinstance(result, dict):
            return found or ["a result that is no object"]
        if (record["request"] or {}).get("unread"):
            return found
        if method is None:
            return found + ["a result that answers no request"]
        if method.startswith(TASKS):
            return found + faults(validator(DETAILED if method == "tasks/get" else ACKNOWLEDGED), result, method)
        kind = result.get("resultType")
        if kind == "task":
            return found + faults(validator(CREATED), result, "a task")
        name = "InputRequiredResult" if kind == "input_required" else self.result_type(version, method)
        found += faults(version.checker(name), result, name)
        if method == "tools/list" and not found:
            found += self.check_tools(result)
        if method == "tools/call" and kind != "input_required":
            found += self.check_output(record, version)
        return found

    @staticmethod
    def result_type(version, method):
        asked = version.by_method.get(method, "")
        name = asked.removesuffix("Request") + "Result"
        return name if asked and name in version.types else "EmptyResult"

    @staticmethod
    def check_tools(result):
        found = []
        for tool in result["tools"]:
            for member in ("inputSchema", "outputSchema"):
                schema = tool.get(member)
                try:
                    if schema is not None:
                        jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator).check_schema(schema)
                except jsonschema.SchemaError as error:
                    found.append(f"{tool['name']}: {member} is no schema: {error.message[:200]}")
        return found

    def check_output(self, record, version):
        result = record["message"]["result"]
        schema = self.outputs.get((record["program"], record["request"].get("params", {}).get("name")))
        # Structured content came with 2025-06-18; an error need not have the tool's form.
        if schema is None or result.get("isError") or (version.name < "2025-06-18" and "structuredContent" not in result):
            return []
        if "structuredContent" not in result:
            return ["the tool lists an outputSchema and gave no structuredContent"]
        return faults(validator(schema), result["structuredContent"], "structuredContent by the tool's outputSchema")
