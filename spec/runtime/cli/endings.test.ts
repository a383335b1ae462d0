/** How the command line tells the ends of runs apart: in its exit code, in the stream, in `list` and in `show`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match, not } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('ends of runs on the command line', { timeLimitMs: 120_000 });
const agent = fileURLToPath(new URL('support/ending-agent.mjs', import.meta.url));
const repository = join(temporaryFolder('repository'), 'greetings');
makeSampleRepository(repository);

const cli = throughline(bundle);
// A limit ends a run only where it is not waited for.
mkdirSync(cli.data, { recursive: true, mode: 0o700 });
writeFileSync(join(cli.data, 'config.json'), JSON.stringify({ limits: { wait: false } }), { mode: 0o600 });

const ended = async (name: string, end: string) => {
  const words = ['run', 'Do it', '--name', name, '--repo', repository, '--no-worktree'];
  const waited = await cli.run(...words, '--agent', `acp:node ${agent} ${end}`, '--wait');
  const [row] = (await cli.run('list', '--json')).json();
  const rows = (row?.rows ?? []) as readonly Record<string, unknown>[];
  return { waited, row: rows.find((each) => each.name === name), shown: (await cli.run('show', name)).stdout };
};

const cutShort = [
  ['max_tokens', 'the model’s token limit'],
  ['max_turn_requests', 'the agent’s limit of requests in a turn'],
  ['error', 'the agent’s reason is “error”'],
] as const;

for (const [stopReason, words] of cutShort) {
  test(`a run that ends with ${stopReason} is Completed and cut short, and ends with a code of its own`, async () => {
    const { waited, row, shown } = await ended(`ends-${stopReason}`, stopReason);
    is(waited.code, 6, waited.stderr);
    match(waited.stdout, new RegExp(`✓ Completed · cut short in .* · ${words}`));
    equal([row?.status, row?.stopReason], ['Completed', stopReason]);
    match(shown, /status .*✓ Completed · cut short/);
    match(shown, words);
  });
}

test('a refusal is Failed, and a plain end is a plain success', async () => {
  const refused = await ended('refuses', 'refusal');
  is(refused.waited.code, 1);
  equal([refused.row?.status, refused.row?.stopReason], ['Failed', 'refusal']);
  match(refused.shown, /✗ Failed · refused/);
  const done = await ended('is-done', 'end_turn');
  is(done.waited.code, 0);
  not.match(done.shown, '·  ');
  match(done.shown, /status +✓ Completed\n/);
});

test('a failure says its cause and its kind, in the stream, the list and the outcome', async () => {
  const { waited, row, shown } = await ended('at-limit', 'limit');
  is(waited.code, 1);
  match(waited.stdout, /✗ Failed · limit reached in .* · usage limit reached/);
  not.match(waited.stdout, 'Internal error');
  equal([row?.status, row?.failureKind, row?.failureReason], ['Failed', 'limit', 'usage limit reached']);
  match(shown, /✗ Failed · limit reached/);
  match((await cli.run('list')).stdout, /at-limit .*✗ Failed · limit reached[^\n]*\n {2}✗ usage limit reached/);
  const [outcome] = (await cli.run('prompt', 'at-limit', 'Again', '--wait', '--json')).json().slice(-1);
  equal([outcome?.failureKind, outcome?.failureReason, outcome?.stopReason], ['limit', 'usage limit reached', null]);
});

test.run();
