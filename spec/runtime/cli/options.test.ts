import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match, not, ok } from 'uvu/assert';
import { createClient } from '../../../runtime/client/client.ts';
import { openDataDirectory, readOwner, readToken } from '../../../runtime/data/data-directory.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, type Throughline, throughline } from './support/throughline.ts';

const test = suite('options of an agent on the command line');

const script = fileURLToPath(new URL('../../support/agents/choosing-agent.mjs', import.meta.url));

/** A session's folder, and how its agent is called. */
const place = (variant: string) => {
  const folder = temporaryFolder('options');
  const work = join(folder, 'work');
  mkdirSync(work);
  const agent = `acp:${process.execPath} ${script} ${variant} ${folder}`;
  const prompts = join(folder, 'prompted');
  return {
    folder,
    agent,
    run: (name: string) => ['run', 'Do it', '--name', name, '--repo', work, '--no-worktree', '--agent', agent] as const,
    /** What was chosen at each prompt that the agent got. */
    prompted: (): readonly string[] => (existsSync(prompts) ? readFileSync(prompts, 'utf8').trim().split('\n') : []),
  };
};

const detailOf = async (cli: Throughline, name: string): Promise<Record<string, unknown>> =>
  (await cli.run('show', name, '--json')).json()[0] ?? {};

const shown = async (cli: Throughline, name: string): Promise<readonly (readonly [unknown, unknown])[]> => {
  const [answer] = (await cli.run('options', name, '--json')).json();
  const options = answer?.options as readonly { readonly id: string; readonly value: unknown }[];
  return options.map(({ id, value }) => [id, value]);
};

for (const variant of ['config', 'groups'] as const) {
  test(`what run is given is chosen before the prompt: ${variant}`, async () => {
    const cli = throughline(bundle);
    const { run, prompted } = place(variant);
    const given = ['--model', 'big', '--mode', 'plan', '--option', 'fast=on', '--wait'];
    const ended = await cli.run(...run('first'), ...given);
    is(ended.code, 0, ended.stderr);
    equal(prompted(), ['chosen: model big, mode plan, fast true']);
    equal((await detailOf(cli, 'first')).choices, { fast: 'on', model: 'big', mode: 'plan' });
    equal(await shown(cli, 'first'), [
      ['model', 'big'],
      ['mode', 'plan'],
      ['fast', true],
    ]);
    const text = (await cli.run('options', 'first')).stdout;
    match(text, '✓ big  BIG');
    if (variant === 'groups') match(text, 'Theirs');
    match((await cli.run('show', 'first')).stdout, /options +model big, fast on/);
  });
}

test('modes and models of older agents are chosen with the same words', async () => {
  const cli = throughline(bundle);
  const { run, prompted } = place('old');
  is((await cli.run(...run('old'), '--model', 'big', '--mode', 'plan', '--wait')).code, 0);
  equal(prompted(), ['chosen: model big, mode plan, fast false']);
});

test('a mode that the agent does not offer fails the run before its prompt, with what it offers', async () => {
  const cli = throughline(bundle);
  const { run, prompted } = place('config');
  const ended = await cli.run(...run('typo'), '--mode', 'plaan', '--wait');
  is(ended.code, 1);
  match(ended.stdout, 'the agent has no mode plaan; it offers code, plan');
  equal(prompted(), []);
  is((await detailOf(cli, 'typo')).failureReason, 'the agent has no mode plaan; it offers code, plan');

  const unknown = await cli.run('options', 'typo', 'mode=plaan');
  is(unknown.code, 3);
  match(unknown.stderr, /^throughline: the agent has no mode plaan; it offers code, plan/);
  is((await cli.run('options', 'typo', 'mode=plan')).code, 0);
  is((await cli.run('resume', 'typo', 'Now', '--wait')).code, 0);
  equal(prompted(), ['chosen: model small, mode plan, fast false']);
});

test('a choice that the agent cannot meet is taken back, and the session goes on', async () => {
  const cli = throughline(bundle);
  const { run, prompted } = place('config');
  const ended = await cli.run(...run('stuck'), '--option', 'speed=high', '--wait');
  is(ended.code, 1);
  match(ended.stdout, 'the agent has no option speed; it offers model, mode, fast');
  is((await cli.run('options', 'stuck', 'speed=')).code, 0);
  is((await cli.run('resume', 'stuck', 'Now', '--wait')).code, 0);
  equal(prompted(), ['chosen: model small, mode code, fast false']);
});

test('what is chosen later is in the log, set at once, and again after a load', async () => {
  const cli = throughline(bundle);
  const { run, prompted } = place('config');
  is((await cli.run(...run('later'), '--wait')).code, 0);
  const chosen = await cli.run('options', 'later', 'model=big', 'fast=true');
  is(chosen.code, 0, chosen.stderr);
  is((await cli.run('prompt', 'later', 'More', '--wait')).code, 0);
  is((await cli.run('stop')).code, 0);
  is((await cli.run('prompt', 'later', 'And more', '--wait')).code, 0);
  equal(prompted(), [
    'chosen: model small, mode code, fast false',
    'chosen: model big, mode code, fast true',
    'chosen: model big, mode code, fast true',
  ]);
  is((await detailOf(cli, 'later')).conversation, 'loaded');
  // While no agent lives, what is chosen waits for the next.
  is((await cli.run('stop')).code, 0);
  is((await cli.run('options', 'later', 'mode=plan')).code, 0);
  equal((await shown(cli, 'later'))[1], ['mode', 'plan']);
  is((await cli.run('prompt', 'later', 'The last', '--wait')).code, 0);
  is(prompted().at(-1), 'chosen: model big, mode plan, fast true');
  const facts = (await cli.run('history', 'later', '--json', '--type', 'option_chosen')).json();
  equal(
    facts.map(({ payload }) => payload),
    [
      { optionId: 'model', value: 'big' },
      { optionId: 'fast', value: true },
      { optionId: 'mode', value: 'plan' },
    ],
  );
  is((await cli.run('verify', '--json')).json()[0]?.ok, true);
});

test('a choice that the living agent refuses is answered with its words, and taken back', async () => {
  const cli = throughline(bundle);
  const { folder, run, prompted } = place('config');
  is((await cli.run(...run('refused'), '--wait')).code, 0);
  writeFileSync(join(folder, 'big is refused'), '');
  const refused = await cli.run('options', 'refused', 'model=big');
  is(refused.code, 4);
  match(refused.stderr, 'big is not for you');
  is((await cli.run('stop')).code, 0);
  is((await cli.run('prompt', 'refused', 'Go on', '--wait')).code, 0);
  is(prompted().at(-1), 'chosen: model small, mode code, fast false');

  const failed = await cli.run(...run('from the start'), '--model', 'big', '--wait');
  is(failed.code, 1);
  match(failed.stdout, 'big is not for you');
});

test('what an agent offered last and what was chosen last is known for the next session with it', async () => {
  const cli = throughline(bundle);
  const { agent, run } = place('config');
  is((await cli.run(...run('one'), '--model', 'big', '--wait')).code, 0);
  is((await cli.run(...run('two'), '--wait')).code, 0);
  const directory = openDataDirectory(cli.data);
  const client = createClient({ url: readOwner(directory)?.url ?? '', token: readToken(directory) ?? '' });
  const known = await client.call('agentOptions', { parameters: { name: agent } });
  equal(known.choices, { model: 'big' });
  equal(
    known.options.map(({ id, value }) => [id, value]),
    [
      ['model', 'small'],
      ['mode', 'code'],
      ['fast', false],
    ],
  );
  const unknown = await client.call('agentOptions', { parameters: { name: 'none' } });
  equal(unknown, { options: [], choices: {} });
});

test('settings choose for each session of an agent, and what they name in vain costs a notice', async () => {
  const cli = throughline(bundle);
  const { folder, run, prompted } = place('config');
  mkdirSync(cli.data, { recursive: true, mode: 0o700 });
  const options = { model: 'big', fast: true, speed: 'high' };
  const mine = { command: process.execPath, args: [script, 'config', folder], options };
  writeFileSync(join(cli.data, 'config.json'), JSON.stringify({ agents: { mine } }), { mode: 0o600 });
  const words = run('settings').slice(0, -1);
  const ended = await cli.run(...words, 'mine', '--wait');
  is(ended.code, 0, ended.stderr);
  match(ended.stdout, 'the agent has no option speed');
  is((await cli.run(...words, 'mine', '--model', 'small', '--wait')).code, 0);
  equal(prompted(), ['chosen: model big, mode code, fast true', 'chosen: model small, mode code, fast true']);
});

test('[law 18] an agent that cannot be made to ask is marked in agents, in the first lines of run, and in show', async () => {
  const cli = throughline(bundle);
  const { folder, run } = place('config');
  mkdirSync(cli.data, { recursive: true, mode: 0o700 });
  // Known by its command, as pi's adapter is.
  const pi = { command: process.execPath, args: [script, 'config', folder, 'pi-acp'] };
  writeFileSync(join(cli.data, 'config.json'), JSON.stringify({ agents: { pi } }), { mode: 0o600 });
  match((await cli.run('agents')).stdout, /pi.*does not ask/);
  const words = run('unasked').slice(0, -1);
  const ended = await cli.run(...words, 'pi', '--wait');
  match(ended.stderr, 'pi does not ask before it acts');
  match(ended.stdout, 'this agent does not ask before it acts');
  match((await cli.run('show', 'unasked')).stdout, 'does not ask before it acts');
  is((await detailOf(cli, 'unasked')).asks, false);
  not.match((await cli.run(...run('unknown'), '--wait')).stderr, 'does not ask');
  ok((await detailOf(cli, 'unknown')).asks === null);
});

test.run();
