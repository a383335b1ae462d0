// An agent of the protocol that wants a login. Whether it has one stands in the file LOGIN_STATE; with `--login` behind
// its other arguments it is the program that logs in, in the person's terminal. LOGIN_METHODS names what it offers.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { LOGIN_STATE: state = '', LOGIN_METHODS = 'api-key,browser', LOGIN_WAY = '' } = process.env;

if (process.argv.includes('--login')) {
  console.log(`logging in, ${LOGIN_WAY}`);
  if (process.env.LOGIN_FAILS === undefined) writeFileSync(state, LOGIN_WAY);
  process.exit(process.env.LOGIN_FAILS === undefined ? 0 : 3);
}

/** @type {Record<string, object>} */
const methods = {
  'api-key': { id: 'api-key', name: 'API Key', description: 'Use the key in the environment' },
  browser: { id: 'browser', name: 'Browser', description: 'Opens a page\u001b[31m' },
  waits: { id: 'waits', name: 'Waits for ever' },
  terminal: { id: 'terminal', type: 'terminal', name: 'Terminal', args: ['--login'], env: { LOGIN_WAY: 'by hand' } },
  // As agents had it before the protocol did: a whole command.
  program: {
    id: 'program',
    name: 'Program',
    _meta: {
      'terminal-auth': {
        command: process.execPath,
        args: [process.argv[1], '--login'],
        env: { LOGIN_WAY: 'by program' },
      },
    },
  },
};

// As some do, it does not end when nobody speaks with it any more.
if (process.env.LOGIN_STAYS !== undefined) setInterval(() => {}, 60_000);

let isKeyUsed = false;
const isLoggedIn = () => isKeyUsed || existsSync(state);

/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
/** @param {string} text */
const say = (text) => {
  const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } };
  send({ method: 'session/update', params: { sessionId: 's-1', update } });
};

/** @param {string} methodId */
const authenticate = (methodId) => {
  if (methodId === 'api-key') {
    if (!process.env.CODEX_API_KEY) return { error: { code: -32603, message: 'CODEX_API_KEY is not set' } };
    isKeyUsed = true;
  } else {
    process.stderr.write('open http://127.0.0.1:9/login\u001b[2J\n');
    writeFileSync(state, methodId);
  }
  return { result: {} };
};

const required = { error: { code: -32000, message: 'Authentication required' } };

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  switch (method) {
    case 'initialize': {
      const offersTerminal = params.clientCapabilities.auth?.terminal === true;
      const offered = LOGIN_METHODS.split(',').filter((name) => name !== 'terminal' || offersTerminal);
      send({
        id,
        result: {
          protocolVersion: 1,
          agentInfo: { name: 'codex-acp', version: '9.9.9' },
          agentCapabilities: { loadSession: true, mcpCapabilities: { http: true }, auth: { logout: {} } },
          authMethods: offered.map((name) => methods[name]).filter((each) => each !== undefined),
        },
      });
      return;
    }
    case 'authenticate':
      if (params.methodId !== 'waits') send({ id, ...authenticate(params.methodId) });
      return;
    case 'logout':
      rmSync(state, { force: true });
      send({ id, result: {} });
      return;
    case 'session/new':
    case 'session/load':
      send({ id, ...(isLoggedIn() ? { result: { sessionId: 's-1' } } : required) });
      return;
    case 'session/prompt':
      say('ready');
      send({ id, result: { stopReason: 'end_turn' } });
      return;
  }
});
