import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readToken } from '../../runtime/data/data-directory.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, historyOf, rowOf, saidIn, start, type World } from '../support/world.ts';
import { evilAgent } from './support/evil-agent.ts';

const test = suite('attacks on secrets');
test.after(closeWorlds);

/** Made up, in the shapes that real ones have; put together here so that no scanner takes this file for a leak. */
const secrets: Readonly<Record<string, string>> = {
  openai: `sk-${'proj'}-${'Ab3dEf6hIj9kLm2nOp5q'}`,
  anthropic: `sk-${'ant'}-api03-${'Zy8xWv7uTs6rQp5oNm4l'}`,
  github: `ghp_${'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'}`,
  githubFine: `github_pat_${'11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz'}`,
  aws: `AKIA${'QWERTYUIOPASDFGH'}`,
  google: `AIza${'SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p'}`,
  slack: `xoxb-${'1234567890-abcdefghijkl'}`,
  jwt: `eyJ${'hbGciOiJIUzI1NiJ9'}.eyJ${'zdWIiOiIxMjM0NTY3ODkwIn0'}.${'dBjftJeZ4CVPmB92K27uhbUJU1p1r'}`,
  bearer: `Bearer ${'mF_9.B5f-4.1JqM~zZz'}`,
  pem: `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEAvVeryPrivate'}\n${'SecondLineOfTheKey0123456789'}\n-----END RSA PRIVATE KEY-----`,
  url: `https://me:${'hunter2hunter2'}@git.example.org/x.git`,
  assignment: `DATABASE_PASSWORD=${'correct-horse-battery'}`,
};

/** The part of each that must be nowhere. */
const core = (secret: string): string =>
  secret.includes('PRIVATE KEY')
    ? 'SecondLineOfTheKey'
    : (/(?:me:|PASSWORD=|Bearer )([^@\s]+)/.exec(secret)?.[1] ?? secret.slice(8, 24));

const holds = (text: string): readonly string[] =>
  Object.entries(secrets)
    .filter(([, secret]) => text.includes(core(secret)))
    .map(([name]) => name);

const filesOf = (world: World, ...beginnings: readonly string[]): string =>
  readdirSync(world.directory.root)
    .filter((name) => beginnings.some((beginning) => name.startsWith(beginning)))
    .map((name) => readFileSync(join(world.directory.root, name), 'latin1'))
    .join('\n');

test('what an agent says on stderr before it dies is quoted without its secrets, though they came in two pieces', async () => {
  const world = createWorld('secrets');
  const runtime = await world.open();
  const agent = evilAgent(async ({ given }) => {
    for (const secret of Object.values(given)) {
      const middle = Math.floor(secret.length / 2);
      process.stderr.write(`the key is ${secret.slice(0, middle)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.stderr.write(`${secret.slice(middle)} or so\n`);
    }
    process.stderr.write(`${given.github} is what I died of\n`, () => process.exit(3));
    await new Promise(() => {});
  }, secrets);
  const { id } = await start(runtime, world, agent);
  const row = await ended(runtime, id);
  assert.is(row.status, 'Failed');
  assert.match(row.failureReason ?? '', /is what I died of/);
  const errors = (await historyOf(runtime, id)).filter(({ type }) => type === 'error' || type === 'status');
  assert.match(JSON.stringify(errors), /the key is \[redacted\]/);
  assert.equal(holds(JSON.stringify(errors)), []);
  assert.equal(holds(JSON.stringify(await rowOf(runtime, id))), []);
  await runtime.stop();
  assert.equal(holds(filesOf(world, 'runtime.log')), []);
});

test('an agent that floods stderr cannot have a key quoted by cutting its beginning off', async () => {
  const world = createWorld('secrets');
  const runtime = await world.open();
  for (const secret of ['openai', 'pem']) {
    const agent = evilAgent(
      async ({ given }) => {
        // What is kept of stderr begins in the middle of the secret.
        const { secret: text = '' } = given;
        const after = 8_192 - Math.floor(text.length / 2);
        process.stderr.write(`${text}${' and so on'.repeat(1_000).slice(0, after)}`, () => process.exit(3));
        await new Promise(() => {});
      },
      { secret: secrets[secret] ?? '' },
    );
    const { id } = await start(runtime, world, agent);
    await ended(runtime, id);
    const text = JSON.stringify(await historyOf(runtime, id));
    assert.match(text, /and so on/);
    const tail = (secrets[secret] ?? '').slice(-12);
    assert.not.ok(text.includes(tail), `${tail} is in ${text.slice(0, 3_000)}`);
    assert.equal(holds(text), []);
  }
});

test('an error that an agent answers with is told without its secrets', async () => {
  const world = createWorld('secrets');
  const runtime = await world.open();
  const agent = evilAgent(async ({ given, send }) => {
    const message = `401: wrong key ${given.anthropic}`;
    const error = { code: -32000, message, data: { headers: given.bearer, url: given.url } };
    // The prompt is the fourth request of a conversation; one of them fits.
    for (const id of [0, 1, 2, 3, 4, 5]) send(JSON.stringify({ jsonrpc: '2.0', id, error }));
    await new Promise(() => {});
  }, secrets);
  const { id } = await start(runtime, world, agent);
  const row = await ended(runtime, id);
  assert.match(row.failureReason ?? '', /wrong key \[redacted\]/);
  const errors = (await historyOf(runtime, id)).filter(({ type }) => type === 'error' || type === 'status');
  assert.equal(holds(JSON.stringify(errors)), []);
});

test('what an agent said as its work stays in the history as it was said, and only there', async () => {
  const world = createWorld('secrets');
  const runtime = await serve(world.directory);
  const agent = evilAgent(async ({ say, given }) => say(Object.values(given).join(' ')), secrets);
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  assert.equal(holds(saidIn(await historyOf(runtime, id))), Object.keys(secrets));
  await runtime.stop();
  assert.equal(holds(filesOf(world, 'runtime', 'config', 'port', 'window', 'token')), []);
});

test('a configuration that is no JSON is refused without a piece of the keys in it', async () => {
  const world = createWorld('secrets');
  const broken = `{ "agents": { "mine": { "command": "x", "env": { "MY_KEY": "${secrets.openai}" "B": "1" } } } }`;
  for (const text of [broken, `"${secrets.github}`, `{"a":${secrets.aws}}`, `${secrets.slack}`]) {
    writeFileSync(world.directory.configuration, text, { mode: 0o600 });
    const said = await serve(world.directory).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    assert.match(said, /config\.json: .*JSON/);
    for (const name of ['openai', 'github', 'aws', 'slack']) {
      const secret = secrets[name] ?? '';
      for (let at = 0; at + 4 <= secret.length; at += 1) {
        assert.not.ok(said.includes(secret.slice(at, at + 4)), `${said} quotes ${secret.slice(at, at + 4)}`);
      }
    }
  }
});

test('the token is in no process, no log, no event, and nothing that an agent was given', async () => {
  const world = createWorld('secrets');
  const runtime = await serve(world.directory);
  const agent = evilAgent(async ({ say }) => {
    say(JSON.stringify({ environment: process.env, words: process.argv }));
    await new Promise((resolve) => process.stdin.once('never', resolve));
  });
  const { id } = await start(runtime, world, agent);
  const history = async (): Promise<string> => JSON.stringify(await historyOf(runtime, id));
  while (!(await history()).includes('environment')) await new Promise((resolve) => setTimeout(resolve, 20));
  const token = readToken(world.directory) ?? '';
  assert.is(token.length, 43);
  assert.not.ok((await history()).includes(token));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const name of ['cmdline', 'environ']) {
      let text = '';
      try {
        text = readFileSync(`/proc/${pid}/${name}`, 'utf8');
      } catch {
        continue; // it has ended
      }
      assert.not.ok(text.includes(token), `${name} of ${pid}`);
    }
  }
  await runtime.stop();
  assert.not.ok(filesOf(world, 'runtime', 'throughline.db', 'search.db', 'config', 'port', 'lock').includes(token));
});

test('an agent gets the environment that it needs, and no secret that is not for it', async () => {
  const world = createWorld('secrets');
  writeFileSync(
    world.directory.configuration,
    JSON.stringify({
      passEnvironment: ['GITLAB_TOKEN', 'DEPLOY_*'],
      agents: { mine: { command: process.execPath, args: [], env: { MINE_TOKEN: 'given-by-name' } } },
    }),
    { mode: 0o600 },
  );
  const passes = {
    ANTHROPIC_API_KEY: 'for-the-model',
    OPENAI_API_KEY: 'for-the-model',
    CLAUDE_CODE_OAUTH_TOKEN: 'for-the-model',
    HTTPS_PROXY: 'http://me:password@proxy.invalid:3128',
    SSH_AUTH_SOCK: '/run/agent.sock',
    LANG: 'C.UTF-8',
    MY_PROJECT_ROOT: '/projects/mine',
    KEYBOARD_LAYOUT: 'us',
    GITLAB_TOKEN: 'passed-by-name',
    DEPLOY_KEY: 'passed-by-beginning',
  };
  const withheld = {
    GITHUB_TOKEN: 'x',
    NPM_TOKEN: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    STRIPE_SECRET_KEY: 'x',
    PGPASSWORD: 'x',
    DB_PASSWORD: 'x',
    VAULT_CREDENTIALS: 'x',
    DATABASE_URL: 'postgres://me:password@db.invalid/x',
    HARMLESS_NAME: secrets.github ?? '',
    THROUGHLINE_DATA: '/elsewhere',
    THROUGHLINE_SECRET: 'x',
  };
  const runtime = await serve(world.directory, [], undefined, { ...process.env, ...passes, ...withheld });
  const agent = evilAgent(async ({ say, ask }) => {
    const created = await ask('terminal/create', { command: 'env', args: ['-0'] });
    const { terminalId } = created.result ?? {};
    await ask('terminal/wait_for_exit', { terminalId });
    const shown = await ask('terminal/output', { terminalId });
    const lines = String(shown.result?.output).split('\0');
    say(JSON.stringify({ own: process.env, terminal: lines.filter((line) => !line.startsWith('THROUGHLINE_RUN=')) }));
  });
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  const { own, terminal } = JSON.parse(saidIn(await historyOf(runtime, id))) as {
    own: Record<string, string>;
    terminal: string[];
  };
  for (const [name, value] of Object.entries(passes)) {
    assert.is(own[name], value, name);
    assert.ok(terminal.includes(`${name}=${value}`), name);
  }
  for (const name of Object.keys(withheld)) {
    assert.is(own[name], undefined, name);
    assert.not.ok(
      terminal.some((line) => line.startsWith(`${name}=`)),
      name,
    );
  }
});

test.run();
