import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { closeWorlds, createWorld, ended, field, historyOf, start } from '../../support/world.ts';

const test = suite('output of terminals');
test.after(closeWorlds);

const small = fileURLToPath(new URL('agents/small.mjs', import.meta.url));

test('[law 16] the output of a command in a terminal of ours is in its tool call, live and at the end, with its exit', async () => {
  const world = createWorld('terminal-output');
  const runtime = await world.open();
  const { id } = await start(runtime, world, `acp:${process.execPath} ${small} terminal`);
  is((await ended(runtime, id)).status, 'Completed');
  const events = await historyOf(runtime, id);
  const result = events.find(({ type }) => type === 'tool_result');
  equal(field(result, 'output'), { text: 'TERM-LINE-1\nTERM-LINE-2\n' });
  equal(field(result, 'exit'), { code: 3, signal: null });
  const live = events.flatMap((event) => {
    const appended = event.type === 'tool_call' ? field(event, 'outputAppended') : undefined;
    return appended === undefined ? [] : [(appended as { readonly text: string }).text];
  });
  equal(live, ['TERM-LINE-1\n', 'TERM-LINE-2\n']);
  const created = events.find((event) => field(event, 'note') === 'terminal_created');
  is(field(created, 'command'), 'sh');
  equal(field(created, 'arguments'), ['-c', 'echo TERM-LINE-1; sleep 0.6; echo TERM-LINE-2; exit 3']);
  ok(String(field(created, 'folder')).endsWith('/greetings'));
  await world.close();
});

test.run();
