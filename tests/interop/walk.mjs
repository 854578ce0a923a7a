// Everything that a client can ask a server for, asked through an SDK's client. What the SDK itself
// refuses (a result that is not of its schema, structured content that breaks the tool's output schema)
// arrives here as an exception, and is a problem of the server.
import { readFileSync } from 'node:fs';

const table = JSON.parse(readFileSync(new URL('arguments.json', import.meta.url)));

/** A value that the JSON schema admits, preferring what the schema itself gives as an example. */
function exampleOf(name, schema) {
  if (name in table.names) return table.names[name];
  if (schema.examples?.length) return schema.examples[0];
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'integer':
    case 'number': return schema.minimum ?? 1;
    case 'boolean': return true;
    case 'array': return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf('', schema.items ?? {}));
    case 'object': return argumentsOf({ inputSchema: schema });
    default: return 'example'.padEnd(schema.minLength ?? 0, '.');
  }
}

function argumentsOf(tool) {
  if (tool.name in table.tools) return table.tools[tool.name];
  const { properties = {}, required = [] } = tool.inputSchema;
  return Object.fromEntries(required.map(name => [name, exampleOf(name, properties[name] ?? {})]));
}

const expand = template => template.replace(/\{[+#./;?&]?([^}*:]+)[^}]*\}/g, (_, name) => encodeURIComponent(exampleOf(name, {})));

class Report {
  constructor() {
    this.problems = [];
    this.notes = [];
    this.checks = 0;
  }
  /** One thing that must work; its failure does not keep the others from being tried. */
  async check(name, action) {
    this.checks++;
    try {
      return await action();
    } catch (error) {
      this.problems.push(`${name}: ${error?.code !== undefined ? `[${error.code}] ` : ''}${error?.message ?? error}`);
      return undefined;
    }
  }
}

function expect(truth, message) {
  if (!truth) throw new Error(message);
}

async function refused(codes, action) {
  let answer;
  try {
    answer = await action();
  } catch (error) {
    expect(codes.includes(error.code), `refused with ${error.code} (${error.message}), not with ${codes.join(' or ')}`);
    return;
  }
  throw new Error(`was answered: ${JSON.stringify(answer).slice(0, 200)}`);
}

/** All pages of a list; each page is handed to `visit` while the client knows its items. */
async function pages(report, name, list, key, identity, visit = async () => {}) {
  const seen = new Map();
  let cursor;
  let count = 0;
  do {
    const page = await report.check(name, () => list(cursor === undefined ? undefined : { cursor }));
    if (!page) break;
    for (const item of page[key]) {
      if (seen.has(item[identity])) report.problems.push(`${name}: ${item[identity]} is listed twice`);
      seen.set(item[identity], item);
    }
    await visit(page[key]);
    cursor = page.nextCursor;
    if (++count > 200) {
      report.problems.push(`${name}: the pages do not end`);
      break;
    }
  } while (cursor !== undefined);
  return [...seen.values()];
}

async function callTool(report, client, tool) {
  await report.check(`tools/call ${tool.name}`, async () => {
    const progress = [];
    const result = await client.call({ name: tool.name, arguments: argumentsOf(tool) }, { onprogress: p => progress.push(p.progress) });
    expect(!result.isError, `isError: ${JSON.stringify(result.content).slice(0, 300)}`);
    expect(!tool.outputSchema || result.structuredContent !== undefined, 'has an outputSchema, but no structuredContent');
    expect(progress.every((value, i) => i === 0 || value > progress[i - 1]), `progress does not increase: ${progress}`);
  });
}

async function complete(report, client, prompts, templates) {
  const asked = [];
  for (const prompt of prompts)
    for (const argument of prompt.arguments ?? []) asked.push([{ type: 'ref/prompt', name: prompt.name }, argument.name]);
  for (const template of templates)
    for (const [, name] of template.uriTemplate.matchAll(/\{([^}]+)\}/g)) asked.push([{ type: 'ref/resource', uri: template.uriTemplate }, name]);
  for (const [ref, name] of asked)
    await report.check(`completion/complete ${ref.name ?? ref.uri} ${name}`, async () => {
      const { completion } = await client.complete({ ref, argument: { name, value: '' } });
      expect(completion.values.length <= 100, `${completion.values.length} values`);
    });
  await report.check('completion/complete of a prompt that is not there', () =>
    refused([-32602], () => client.complete({ ref: { type: 'ref/prompt', name: 'no_such_prompt' }, argument: { name: 'x', value: '' } })));
}

async function errors(report, client, tools) {
  await report.check('an unknown tool', () => refused([-32602], () => client.call({ name: 'no_such_tool', arguments: {} })));
  await report.check('an unknown prompt', () => refused([-32602], () => client.getPrompt({ name: 'no_such_prompt' })));
  await report.check('an unknown resource', () => refused(client.modern ? [-32602] : [-32002, -32602], () => client.readResource({ uri: 'finos://no/such' })));
  await report.check('a cursor of nobody', () => refused([-32602], () => client.listTools({ cursor: 'nobody' })));
  const strict = tools.find(tool => tool.inputSchema.required?.length);
  if (strict)
    await report.check(`${strict.name} without its arguments`, async () => {
      const result = await client.call({ name: strict.name, arguments: {} });
      expect(result.isError === true, 'an argument that is missing is an isError result');
    });
}

async function behaviour(report, client, tools) {
  const tool = tools[0];
  const call = options => client.call({ name: tool.name, arguments: argumentsOf(tool) }, options);
  await report.check('20 calls at once', async () => expect((await Promise.all(Array.from({ length: 20 }, () => call()))).length === 20, 'calls are missing'));
  await report.check('cancellation', async () => {
    const controller = new AbortController();
    const cancelled = call({ signal: controller.signal }).then(() => 'answered', () => 'cancelled');
    controller.abort();
    await cancelled;
    await call();
  });
  const query = tools.find(t => t.inputSchema.properties?.query?.type === 'string');
  if (query)
    await report.check('text beyond ASCII', async () => {
      const text = 'Zürich \u{1F600} "quoted" \\ \u2028 \u0000 end';
      const result = await client.call({ name: query.name, arguments: { ...argumentsOf(query), query: text } });
      const echoed = result.structuredContent?.query;
      expect(echoed === undefined || echoed === text, `the query came back as ${JSON.stringify(echoed)}`);
    });
}

async function utilities(report, client, capabilities, resources) {
  if (client.ping) await report.check('ping', () => client.ping());
  if (capabilities.logging && client.setLoggingLevel) await report.check('logging/setLevel', () => client.setLoggingLevel('debug'));
  if (capabilities.resources?.subscribe && client.subscribe && resources.length)
    await report.check('resources/subscribe and unsubscribe', async () => {
      await client.subscribe({ uri: resources[0].uri });
      await client.unsubscribe({ uri: resources[0].uri });
    });
  if (!client.listen) return;
  const wanted = {};
  for (const kind of ['tools', 'prompts', 'resources']) if (capabilities[kind]?.listChanged) wanted[`${kind}ListChanged`] = true;
  if (capabilities.resources?.subscribe && resources.length) wanted.resourceSubscriptions = [resources[0].uri];
  if (!Object.keys(wanted).length) {
    report.notes.push('no listen: nothing to subscribe to is offered');
    return;
  }
  await report.check('subscriptions/listen', async () => {
    const subscription = await client.listen(wanted);
    for (const [key, value] of Object.entries(wanted))
      expect(JSON.stringify(subscription.honoredFilter[key]) === JSON.stringify(value), `${key} is offered, but not honoured: ${JSON.stringify(subscription.honoredFilter)}`);
    await client.listTools(); // both at once
    await subscription.close();
    expect((await subscription.closed) === 'local', 'the server ended the subscription');
    await client.listTools();
  });
}

/** Walks the server; `client` has the calls of one SDK under common names (ts1.mjs, ts2.mjs). */
export async function walk(client, expectations) {
  const report = new Report();
  const capabilities = client.capabilities() ?? {};
  await report.check('negotiation', async () => {
    for (const [key, value] of Object.entries(expectations)) expect(client[key] === value, `${key} is ${client[key]}, not ${value}`);
    expect(client.serverInfo()?.name && client.serverInfo()?.version, 'the server does not say its name and version');
  });
  let calls = 0;
  const tools = await pages(report, 'tools/list', client.listTools, 'tools', 'name', async page => {
    for (const tool of page) await callTool(report, client, tool);
    calls += page.length;
  });
  const prompts = await pages(report, 'prompts/list', client.listPrompts, 'prompts', 'name');
  const resources = await pages(report, 'resources/list', client.listResources, 'resources', 'uri');
  const templates = await pages(report, 'resources/templates/list', client.listResourceTemplates, 'resourceTemplates', 'uriTemplate');
  for (const prompt of prompts)
    await report.check(`prompts/get ${prompt.name}`, async () => {
      const values = Object.fromEntries((prompt.arguments ?? []).map(a => [a.name, String(exampleOf(a.name, {}))]));
      expect((await client.getPrompt({ name: prompt.name, arguments: values })).messages.length > 0, 'has no messages');
    });
  const uris = [...new Set([resources[0]?.uri, resources.at(-1)?.uri].filter(Boolean)), ...templates.map(t => expand(t.uriTemplate))];
  for (const uri of uris)
    await report.check(`resources/read ${uri}`, async () => expect((await client.readResource({ uri })).contents.length > 0, 'has no contents'));
  if (capabilities.completions) await complete(report, client, prompts, templates);
  else report.notes.push('no completions offered');
  await errors(report, client, tools);
  await behaviour(report, client, tools);
  await utilities(report, client, capabilities, resources);
  return {
    negotiated: client.version, tools: tools.length, prompts: prompts.length, resources: resources.length, templates: templates.length,
    calls, checks: report.checks, problems: report.problems, notes: report.notes,
  };
}

/**
 * Collects what the SDK finds wrong outside of any call. An answer that crosses the cancellation of its call
 * is no fault; an answer to a subscription that the client has ended is.
 */
export function watch(client, transport) {
  const methods = new Map();
  const cancelled = new Set();
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    if (message.method === 'notifications/cancelled' && methods.get(message.params.requestId) === 'tools/call')
      cancelled.add(JSON.stringify(message.params.requestId));
    else if (message.id !== undefined) methods.set(message.id, message.method);
    return send(message, options);
  };
  const faults = [];
  client.onerror = error => {
    const late = /unknown message ID: .*?"id":("[^"]*"|\d+)/.exec(error.message);
    if (!(late && cancelled.has(late[1])) && error.name !== 'AbortError') faults.push(`outside of any call: ${error.message}`.slice(0, 400));
  };
  return faults;
}

/**
 * Ends the connection. Over stdio the SDKs close the server's input, and send a signal only to a server that
 * still runs after two seconds: that it took them so long means that the server did not end by itself.
 */
export async function finish(client, transport, report, faults) {
  if (transport.sessionId) await transport.terminateSession();
  const began = performance.now();
  await client.close();
  if (transport.sessionId === undefined && performance.now() - began > 1900) faults.push('the server did not end when its input did');
  report.problems.push(...faults);
  console.log(JSON.stringify(report));
}

/** The handlers that a server may need; each is declared as a capability. */
export const capabilities = { sampling: {}, elicitation: { form: {} }, roots: { listChanged: true } };
export const answers = {
  'sampling/createMessage': () => ({ model: 'test', role: 'assistant', content: { type: 'text', text: 'sampled' } }),
  'elicitation/create': () => ({ action: 'decline' }),
  'roots/list': () => ({ roots: [] }),
};
export const info = { name: 'govhost-interop', version: '1.0.0' };
