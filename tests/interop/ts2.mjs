// The 2.x TypeScript client: ts2.mjs legacy|auto|modern http URL | stdio COMMAND...
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { answers, capabilities, finish, info, walk, watch } from './walk.mjs';

const newest = '2026-07-28';
const [era, kind, target, ...rest] = process.argv.slice(2);
const transport = kind === 'http' ? new StreamableHTTPClientTransport(new URL(target)) : new StdioClientTransport({ command: target, args: rest, stderr: 'inherit' });
const client = new Client(info, { capabilities, versionNegotiation: { mode: era === 'modern' ? { pin: newest } : era } });
for (const [method, answer] of Object.entries(answers)) client.setRequestHandler(method, answer);
const faults = watch(client, transport);
await client.connect(transport);
const modern = client.getProtocolEra() === 'modern';
const fresh = { cacheMode: 'bypass' }; // what is tested is the server, not the client's cache
const report = await walk(
  {
    version: client.getNegotiatedProtocolVersion(), modern,
    capabilities: () => client.getServerCapabilities(),
    serverInfo: () => client.getServerVersion(),
    call: (params, options) => client.callTool(params, options),
    listTools: params => client.listTools(params, params ? fresh : undefined),
    listPrompts: params => client.listPrompts(params, fresh),
    listResources: params => client.listResources(params, fresh),
    listResourceTemplates: params => client.listResourceTemplates(params, fresh),
    getPrompt: params => client.getPrompt(params),
    readResource: params => client.readResource(params, fresh),
    complete: params => client.complete(params),
    // The modern era has neither; the client refuses to send them.
    ping: modern ? undefined : () => client.ping(),
    setLoggingLevel: modern ? undefined : level => client.setLoggingLevel(level),
    subscribe: modern ? undefined : params => client.subscribeResource(params),
    unsubscribe: modern ? undefined : params => client.unsubscribeResource(params),
    listen: modern ? filter => client.listen(filter) : undefined,
  },
  { version: era === 'legacy' ? '2025-11-25' : newest, modern: era !== 'legacy' },
);
await finish(client, transport, report, faults);
