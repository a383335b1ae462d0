/** The conversations that agents keep themselves: listed, taken up, deleted, by the command line. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, not } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { createKeepingAgent } from '../../support/keeping-agent.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('conversations on the command line', { timeLimitMs: 180_000 });

const createPlace = () => {
  const repository = join(realpathSync(temporaryFolder('repository')), 'greetings');
  makeSampleRepository(repository);
  const cli = throughline(bundle);
  const agent = createKeepingAgent();
  const run = (name: string, ...words: readonly string[]) =>
    cli.run('run', 'And now this', '--name', name, '--repo', repository, '--no-worktree', '--wait', ...words);
  return { repository, cli, agent, run };
};

test('they are listed over all pages, with those that are sessions here, and no letter of theirs acts on the terminal', async () => {
  const { agent, cli, repository, run } = createPlace();
  const name = agent.as();
  is((await run('mine', '--agent', name)).code, 0);
  agent.keep('away', { cwd: '/elsewhere', title: 'An \u001b[31mevil\u001b[0m\u0007 title\nof two lines' });
  for (const id of ['b', 'c', 'd']) agent.keep(id, { cwd: repository, title: `Talk ${id}` });
  const [listed] = (await cli.run('conversations', '--agent', name, '--json')).json();
  equal(
    ((listed?.conversations ?? []) as readonly Record<string, unknown>[]).map(({ id, session }) => [
      id,
      session !== null,
    ]),
    [
      ['away', false],
      ['b', false],
      ['c', false],
      ['d', false],
      ['kept-1', true],
    ],
  );
  is(listed?.isCut, false);
  const { stdout, code } = await cli.run('conversations', '--agent', name);
  is(code, 0);
  match(stdout, /kept-1 .*the session mine/);
  match(stdout, 'Take one up: throughline run');
  not.match(stdout, '\u001b');
  not.match(stdout, '\u0007');
  is(stdout.split('\n').filter((line) => line.startsWith('away')).length, 1);
  await cli.run('conversations', '--agent', name, '--repo', repository);
  equal(agent.heard('session/list').length, 9);
});

test('an agent whose list has no end, and one that does not list, are told as they are', async () => {
  const { agent, cli } = createPlace();
  for (const id of ['a', 'b', 'c']) agent.keep(id, { cwd: '/elsewhere' });
  const endless = await cli.run('conversations', '--agent', agent.as('endless'), '--json');
  is(((endless.json()[0]?.conversations ?? []) as readonly unknown[]).length, 3, endless.stderr);
  is(agent.heard('session/list').length, 2);
  const refused = await cli.run('conversations', '--agent', agent.as('no-list'));
  is(refused.code, 4);
  match(refused.stderr, 'does not list its conversations');
});

test('[law 8] one that was had elsewhere is taken up with all that was said in it, and gone on with', async () => {
  const { agent, cli, repository, run } = createPlace();
  agent.keep('old', { cwd: repository, texts: ['What is two and two?', 'It is four.'] });
  const waited = await run('taken', '--agent', agent.as(), '--conversation', 'old');
  is(waited.code, 0, waited.stderr);
  equal(agent.heard('session/new'), []);
  equal(agent.heard('session/load'), ['session/load old']);
  const events = (await cli.run('history', 'taken', '--json')).json();
  const said = JSON.stringify(events);
  match(said, 'What is two and two?');
  match(said, 'It is four.');
  match(said, '"how":"loaded"');
  match(said, 'Heard: And now this');
  const recovered = events.filter(({ payload }) => (payload as Record<string, unknown>)?.recovered === true);
  is(recovered.length, 2);
  // The next process takes it up again, and hears nothing new in it.
  await cli.run('stop');
  is((await cli.run('prompt', 'taken', 'More', '--wait')).code, 0);
  const later = (await cli.run('history', 'taken', '--json')).json();
  is(later.filter(({ payload }) => (payload as Record<string, unknown>)?.recovered === true).length, 2);
  equal(agent.heard('session/load').length, 2);
  is((await cli.run('verify')).code, 0);
});

test('one that the agent does not take up here fails the run, again and again, and none is begun in its place', async () => {
  const { agent, cli, run } = createPlace();
  agent.keep('away', { cwd: '/elsewhere' });
  const refused = await run('refused', '--agent', agent.as('own-folder'), '--conversation', 'away');
  is(refused.code, 1);
  match(refused.stdout, 'the conversation away was not taken up: it refused session/load: away belongs to /elsewhere');
  is((await cli.run('prompt', 'refused', 'Once more', '--wait')).code, 1);
  equal(agent.heard('session/new'), []);
  match(JSON.stringify((await cli.run('history', 'refused', '--json')).json()), '--no-worktree');
});

test('a removal deletes the conversation at the person’s word only, and goes on where the agent does not', async () => {
  const { agent, cli, run } = createPlace();
  for (const name of ['one', 'two']) is((await run(name, '--agent', agent.as())).code, 0);
  is((await run('three', '--agent', agent.as('no-delete'))).code, 0);
  equal(agent.conversations(), ['kept-1', 'kept-2', 'kept-3']);
  is((await cli.run('remove', 'one')).stdout, 'Removed one.\n');
  equal(agent.conversations(), ['kept-1', 'kept-2', 'kept-3']);
  is(
    (await cli.run('remove', 'two', '--conversation')).stdout,
    'Removed two. Its agent has deleted the conversation.\n',
  );
  equal(agent.conversations(), ['kept-1', 'kept-3']);
  const kept = await cli.run('remove', 'three', '--conversation');
  is(kept.code, 0);
  match(
    kept.stdout.replaceAll(/\s+/g, ' '),
    /^Removed three\. The conversation is still with its agent: .* does not delete conversations\. $/,
  );
  equal(agent.conversations(), ['kept-1', 'kept-3']);
  is((await cli.run('list')).stdout.includes('three'), false);
});

test('a session is forked with its conversation, and both go on by themselves', async () => {
  const { agent, cli, run } = createPlace();
  const name = agent.as('forks');
  is((await run('first', '--agent', name)).code, 0);
  const forked = await cli.run('fork', 'first', 'Another way', '--name', 'second', '--wait');
  is(forked.code, 0, forked.stderr);
  match(forked.stdout, 'Heard: Another way');
  equal(agent.heard('session/fork'), ['session/fork kept-1']);
  is((await cli.run('prompt', 'first', 'And on', '--wait')).code, 0);
  is((await cli.run('prompt', 'second', 'On here, too', '--wait')).code, 0);
  const told = agent.heard('session/prompt').map((line) => line.split(' ')[1]);
  equal(told, ['kept-1', 'fork-of-kept-1', 'kept-1', 'fork-of-kept-1']);
  is((await cli.run('verify')).code, 0);
});

test('an agent that forks nothing is told in the fork what was said, and the session is as it was', async () => {
  const { agent, cli, run } = createPlace();
  const name = agent.as();
  is((await run('first', '--agent', name)).code, 0);
  const forked = await cli.run('fork', 'first', 'Another way', '--wait');
  is(forked.code, 0, forked.stderr);
  match(forked.stdout, 'could not take the conversation up: a new one was begun');
  match((await cli.run('history', 'first (fork)', '--json')).stdout, 'forks no conversation');
  match(forked.stdout, 'This session goes on from another one');
  is((await cli.run('prompt', 'first', 'And on', '--wait')).code, 0);
});

test.run();
