"""What to call tools, prompts and templates with: a small table, else what their schemas say."""
import json
import pathlib
import re

TABLE = json.loads((pathlib.Path(__file__).parent / "arguments.json").read_text())


def example_of(name, schema):
    if name in TABLE["names"]:
        return TABLE["names"][name]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("default", "const"):
        if key in schema:
            return schema[key]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "array":
        return [example_of("", schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    if kind == "object":
        return required_of(schema)
    return True if kind == "boolean" else "example".ljust(schema.get("minLength", 0), ".")


def required_of(schema):
    properties = schema.get("properties", {})
    return {name: example_of(name, properties.get(name, {})) for name in schema.get("required", [])}


def arguments_of(tool):
    return TABLE["tools"].get(tool["name"]) or required_of(tool["inputSchema"])


def argument_values(prompt):
    return {argument["name"]: str(example_of(argument["name"], {})) for argument in prompt.get("arguments", [])}


def uri_of(template):
    """Its variables are simple ones or lists of them, which is what servers use."""
    return re.sub(r"\{[+#./;?&]?(\w+)[^}]*\}", lambda match: str(example_of(match[1], {})), template)
