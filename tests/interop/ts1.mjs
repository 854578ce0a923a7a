// The 1.x TypeScript SDK: ts1.mjs http URL | stdio COMMAND...
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { answers, capabilities, finish, info, walk, watch } from './walk.mjs';

const [kind, target, ...rest] = process.argv.slice(2);
const transport = kind === 'http' ? new StreamableHTTPClientTransport(new URL(target)) : new StdioClientTransport({ command: target, args: rest, stderr: 'inherit' });
const client = new Client(info, { capabilities });
client.setRequestHandler(CreateMessageRequestSchema, answers['sampling/createMessage']);
client.setRequestHandler(ElicitRequestSchema, answers['elicitation/create']);
client.setRequestHandler(ListRootsRequestSchema, answers['roots/list']);

let version;
const tell = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = negotiated => {
  version = negotiated;
  tell?.(negotiated);
};
const faults = watch(client, transport);
await client.connect(transport);
const report = await walk(
  {
    version, modern: false,
    capabilities: () => client.getServerCapabilities(),
    serverInfo: () => client.getServerVersion(),
    call: (params, options) => client.callTool(params, undefined, options),
    listTools: params => client.listTools(params),
    listPrompts: params => client.listPrompts(params),
    listResources: params => client.listResources(params),
    listResourceTemplates: params => client.listResourceTemplates(params),
    getPrompt: params => client.getPrompt(params),
    readResource: params => client.readResource(params),
    complete: params => client.complete(params),
    ping: () => client.ping(),
    setLoggingLevel: level => client.setLoggingLevel(level),
    subscribe: params => client.subscribeResource(params),
    unsubscribe: params => client.unsubscribeResource(params),
  },
  { version: '2025-11-25' },
);
await finish(client, transport, report, faults);
