import * as assert from 'uvu/assert';
import { mcpServersFor } from '../../../actors/agents/acp/mcp-servers.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type McpServer, mcpServer } from '../../../actors/protocol/facts/events.ts';
import { mcpServersOf } from '../../../runtime/agents/mcp-servers.ts';
import { suite } from '../../support/suite.ts';

const test = suite('MCP servers');

const node = process.execPath;
const server = (given: object): McpServer => mcpServer.parse(given);
const named = (name: string, more: object = {}): McpServer => server({ type: 'stdio', name, command: node, ...more });

const reached = (ofSession: readonly McpServer[], environment: Record<string, string> = {}) =>
  mcpServersOf({
    configuration: {
      mcpServers: [named('everywhere'), named('same', { args: ['settings'] })],
      repositories: {
        '/repository/': { mcpServers: [named('here'), named('same', { args: ['repository'] })] },
        '/other': { mcpServers: [named('elsewhere')] },
      },
    },
    repository: '/repository',
    ofSession,
    environment,
  });

const refusal = (body: () => unknown): ThroughlineError => {
  try {
    body();
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return thrown;
  }
  throw new Error('it was not refused');
};

test('those of settings, repository and session are used together, and of one name the nearest', () => {
  const names = (servers: readonly { readonly name: string }[]) => servers.map(({ name }) => name).sort();
  assert.equal(names(reached([])), ['everywhere', 'here', 'same']);
  const all = reached([named('own'), named('same', { args: ['session'] })]);
  assert.equal(names(all), ['everywhere', 'here', 'own', 'same']);
  const same = all.find(({ name }) => name === 'same');
  assert.equal(same?.type === 'stdio' ? same.args : null, ['session']);
});

test('a secret is named in the settings, and only the agent gets it', () => {
  const braced = ['a-$', '{MY_TOKEN}-b'].join('');
  const given = [
    named('own', { env: { TOKEN: '$MY_TOKEN', BOTH: braced, PRICE: '5$$' } }),
    server({
      type: 'http',
      name: 'web',
      url: 'https://example.org/mcp',
      headers: { Authorization: 'Bearer $MY_TOKEN' },
    }),
  ];
  const [own, web] = reached(given, { MY_TOKEN: 's3cret' }).slice(-2);
  assert.equal(own?.type === 'stdio' ? own.env : null, [
    { name: 'TOKEN', value: 's3cret' },
    { name: 'BOTH', value: 'a-s3cret-b' },
    { name: 'PRICE', value: '5$' },
  ]);
  assert.equal(web?.type === 'http' ? web.headers : null, [{ name: 'Authorization', value: 'Bearer s3cret' }]);
  const missing = refusal(() => reached(given));
  assert.is(missing.code, 'input.invalid');
  assert.match(missing.message, 'MY_TOKEN');
});

test('a program that is not there is refused by its name', () => {
  const error = refusal(() => reached([named('own', { command: 'no-such-program' })]));
  assert.match(error.message, 'own needs no-such-program');
});

test('an agent is told of those that it can reach, in the protocol’s shape', () => {
  const servers = reached([
    server({ type: 'http', name: 'web', url: 'https://example.org/mcp' }),
    server({ type: 'sse', name: 'old', url: 'https://example.org/sse' }),
  ]).filter(({ name }) => ['here', 'web', 'old'].includes(name));
  const plain = mcpServersFor(servers, {});
  assert.equal(plain.told, [{ name: 'here', command: node, args: [], env: [] }]);
  assert.equal(plain.leftOut, ['web', 'old']);
  const able = mcpServersFor(servers, { mcpCapabilities: { http: true } });
  assert.equal(able.leftOut, ['old']);
  assert.equal(able.told[1], { type: 'http', name: 'web', url: 'https://example.org/mcp', headers: [] });
});

test.run();
