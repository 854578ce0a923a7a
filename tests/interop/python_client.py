"""The official Python SDK against the server: python_client.py legacy|auto|modern http URL | stdio COMMAND...

Runs in a virtual environment that has the SDK, of either major version: 1.x speaks the legacy era only.
What the SDK refuses (a result that is not of its model, structured content that breaks the tool's output
schema) arrives as an exception, and is a problem of the server. Prints one JSON object.
"""
import asyncio
import contextlib
import importlib.metadata
import json
import re
import sys
import time
import warnings

import mcp
from mcp.client.stdio import StdioServerParameters

from python_arguments import argument_values, arguments_of, uri_of

NEWEST, LEGACY = "2026-07-28", "2025-11-25"
OLD = importlib.metadata.version("mcp").startswith("1.")


def plain(result):
    """Both versions' models as the wire spells them."""
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


def text_of(error):
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(text_of(inner) for inner in error.exceptions)
    code = getattr(getattr(error, "error", None), "code", None)
    return (f"[{code}] " if code is not None else f"{type(error).__name__}: ") + str(error)[:400]


class Walk:
    def __init__(self, client, modern):
        self.client, self.modern = client, modern
        self.problems, self.notes, self.checks = [], [], 0

    async def check(self, name, action):
        self.checks += 1
        try:
            return await asyncio.wait_for(action, 30)
        except Exception as error:  # every failure is one line of the report, and the next thing is tried
            self.problems.append(f"{name}: {text_of(error)}")
            return None

    async def refused(self, name, codes, action):
        async def expect():
            try:
                answer = await action
            except Exception as error:  # 1.x and 2.x name their exceptions differently
                code = getattr(getattr(error, "error", None), "code", None)
                assert code in codes, f"refused with {text_of(error)}, not with {codes}"
                return
            raise AssertionError(f"was answered: {str(answer)[:200]}")
        await self.check(name, expect())

    async def pages(self, name, key):
        items, cursor = [], None
        call = getattr(self.client, name)
        for _ in range(200):
            if OLD:
                page = await self.check(name, call(params=mcp.types.PaginatedRequestParams(cursor=cursor)))
            else:
                page = await self.check(name, call(cursor=cursor, cache_mode="bypass"))
            if page is None:
                return items
            items += plain(page)[key]
            cursor = plain(page).get("nextCursor")
            if cursor is None:
                return items
        self.problems.append(f"{name}: the pages do not end")
        return items

    async def call(self, tool):
        progress = []

        async def on_progress(value, total, message):
            progress.append(value)
        result = plain(await self.client.call_tool(tool["name"], arguments_of(tool), progress_callback=on_progress))
        assert not result.get("isError"), f"isError: {str(result)[:300]}"
        assert "outputSchema" not in tool or "structuredContent" in result, "has an outputSchema, but no structuredContent"
        assert progress == sorted(set(progress)), f"progress does not increase: {progress}"

    async def everything(self, capabilities):
        tools = await self.pages("list_tools", "tools")
        prompts = await self.pages("list_prompts", "prompts")
        resources = await self.pages("list_resources", "resources")
        templates = await self.pages("list_resource_templates", "resourceTemplates")
        for tool in tools:
            await self.check(f"call_tool {tool['name']}", self.call(tool))
        for prompt in prompts:
            await self.check(f"get_prompt {prompt['name']}", self.client.get_prompt(prompt["name"], argument_values(prompt)))
        uris = [resources[0]["uri"], resources[-1]["uri"]] if resources else []
        uris += [uri_of(template["uriTemplate"]) for template in templates]
        for uri in uris:
            await self.check(f"read_resource {uri}", self.client.read_resource(uri))
        if "completions" in capabilities:
            await self.complete(prompts, templates)
        else:
            self.notes.append("no completions offered")
        await self.refused("an unknown tool", (-32602,), self.client.call_tool("no_such_tool", {}))
        await self.refused("an unknown prompt", (-32602,), self.client.get_prompt("no_such_prompt"))
        await self.refused("an unknown resource", (-32602,) if self.modern else (-32002, -32602), self.client.read_resource("finos://no/such"))
        await self.check("20 calls at once", asyncio.gather(*(self.call(tools[0]) for _ in range(20))))
        await self.check("cancellation", self.cancel(tools[0]))
        await self.utilities(capabilities, resources)
        return {"tools": len(tools), "prompts": len(prompts), "resources": len(resources), "templates": len(templates), "calls": len(tools)}

    async def complete(self, prompts, templates):
        types = mcp.types
        of_template = getattr(types, "ResourceTemplateReference", None)
        asked = [(types.PromptReference(type="ref/prompt", name=p["name"]), a["name"]) for p in prompts for a in p.get("arguments", [])]
        asked += [(of_template(type="ref/resource", uri=t["uriTemplate"]), name) for t in templates for name in re.findall(r"\{(\w+)\}", t["uriTemplate"])]
        for ref, name in asked:
            await self.check(f"complete {name}", self.client.complete(ref, {"name": name, "value": ""}))

    async def cancel(self, tool):
        task = asyncio.ensure_future(self.client.call_tool(tool["name"], arguments_of(tool)))
        await asyncio.sleep(0)  # lets it begin
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await self.call(tool)

    async def utilities(self, capabilities, resources):
        client = self.client
        subscribes = capabilities.get("resources", {}).get("subscribe") and resources
        if not self.modern:
            await self.check("ping", client.send_ping())
            if "logging" in capabilities:
                await self.check("set_logging_level", client.set_logging_level("debug"))
            if subscribes:
                await self.check("subscribe_resource", client.subscribe_resource(resources[0]["uri"]))
                await self.check("unsubscribe_resource", client.unsubscribe_resource(resources[0]["uri"]))
            return
        wanted = {f"{kind}_list_changed": True for kind in ("tools", "prompts", "resources") if capabilities.get(kind, {}).get("listChanged")}
        if subscribes:
            wanted["resource_subscriptions"] = [resources[0]["uri"]]
        if not wanted:
            self.notes.append("no listen: nothing to subscribe to is offered")
            return

        async def listen():
            async with client.listen(**wanted) as subscription:
                honored = subscription.honored.model_dump(exclude_none=True)
                assert honored == wanted, f"{wanted} was asked for, {honored} is honoured"
                await client.list_tools(cache_mode="bypass")
            await client.list_tools(cache_mode="bypass")
        await self.check("listen", listen())


async def roots(context):
    return mcp.types.ListRootsResult(roots=[])


async def elicit(context, params):
    return mcp.types.ElicitResult(action="decline")


async def sample(context, params):
    return mcp.types.CreateMessageResult(role="assistant", model="test", content=mcp.types.TextContent(type="text", text="sampled"))


@contextlib.asynccontextmanager
async def connect(era, kind, target, rest):
    """The client, what was negotiated and the server's capabilities."""
    answers = {"sampling_callback": sample, "elicitation_callback": elicit, "list_roots_callback": roots}
    server = target if kind == "http" else StdioServerParameters(command=target, args=rest)
    if not OLD:
        mode = NEWEST if era == "modern" else era
        async with mcp.Client(server, mode=mode, **answers) as client:
            if era == "modern":  # a version that is adopted comes without what the server offers
                capabilities = (await client.session.send_discover(NEWEST))["capabilities"]
            else:
                capabilities = plain(client.server_capabilities)
            yield client, client.protocol_version, capabilities
        return
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamable_http_client
    async with streamable_http_client(server) if kind == "http" else stdio_client(server) as streams:
        async with mcp.ClientSession(streams[0], streams[1], **answers) as session:
            result = plain(await session.initialize())
            yield session, result["protocolVersion"], result["capabilities"]


async def main():
    era, kind, target, *rest = sys.argv[1:]
    async with connect(era, kind, target, rest) as (client, version, capabilities):
        walk = Walk(client, version == NEWEST)
        expected = LEGACY if era == "legacy" else NEWEST
        if version != expected:
            walk.problems.append(f"negotiation: version {version}, not {expected}")
        counts = await walk.everything(capabilities)
        began = time.monotonic()
    # The SDK closes the server's input, and ends a server that still runs after two seconds.
    if kind == "stdio" and time.monotonic() - began > 1.9:
        walk.problems.append("the server did not end when its input did")
    print(json.dumps({"negotiated": version, **counts, "checks": walk.checks, "problems": walk.problems, "notes": walk.notes}))


warnings.simplefilter("ignore")  # what 2.x deprecates is what the legacy era consists of
asyncio.run(main())
