import { is, match, not } from 'uvu/assert';
import { colourless } from '../../../../runtime/cli/invocation/terminal.ts';
import { dashboardTable } from '../../../../runtime/cli/render/dashboard-table.ts';
import { suite } from '../../../support/suite.ts';
import { rowWith } from '../support/rows.ts';

const test = suite('the dashboard in a terminal');
const now = 1_790_000_000_000;
const wide = { colours: colourless, columns: 120 };

test('a row has its name first, a status with its shape, and a quiet line for what happened', () => {
  const rows = [
    rowWith({ name: 'docs', lastActivityAt: now - 180_000, pendingApprovals: 1 }),
    rowWith({
      id: '0190ffff-0000-7000-8000-000000000003',
      name: 'refactor',
      status: 'Failed',
      activity: null,
      failureReason: 'the agent exited with 1',
      lastActivityAt: now - 7_200_000,
    }),
    rowWith({
      id: '01a00000-0000-7000-8000-000000000004',
      name: 'tests',
      restored: true,
      recoveryHint: 'It was at work when the runtime ended: resume it.',
      lastActivityAt: now,
    }),
  ];
  const lines = dashboardTable({ version: 3, rows }, wide, now).trimEnd().split('\n');
  is(lines.length, 6);
  match(
    lines[1] ?? '',
    /^docs {6}● Running {2}waits for approval {2}rehearsal {2}3m {3}throughline\/tests {2}00000001$/,
  );
  match(lines[2] ?? '', /^refactor {2}✗ Failed .* 2h .* 00000003$/);
  is(lines[3], '  ✗ the agent exited with 1');
  match(lines[4] ?? '', /^tests .*○ Running {2}was working .* now /);
  is(lines[5], '  ↻ It was at work when the runtime ended: resume it.');
});

test('a success that was cut short and the kind of a failure stand beside the status', () => {
  const rows = [
    rowWith({ name: 'docs', status: 'Completed', activity: null, stopReason: 'max_tokens' }),
    rowWith({ name: 'shop', status: 'Completed', activity: null, stopReason: 'odd\u001b[2J' }),
    rowWith({ name: 'tests', status: 'Failed', activity: null, failureKind: 'limit', failureReason: 'try at 12:44' }),
  ];
  const lines = dashboardTable({ version: 3, rows }, wide, now).trimEnd().split('\n');
  match(lines[1] ?? '', '✓ Completed · cut short');
  is(lines[2], '  · the model’s token limit');
  is(lines[4], '  · the agent’s reason is “odd”');
  match(lines[5] ?? '', '✗ Failed · limit reached');
  is(lines[6], '  ✗ try at 12:44');
});

test('an agent that has said nothing for long is silent since then', () => {
  const rows = [rowWith({ lastActivityAt: now - 599_000 }), rowWith({ lastActivityAt: now - 601_000 })];
  const lines = dashboardTable({ version: 1, rows }, wide, now).split('\n');
  match(lines[1] ?? '', /Running {2}working /);
  match(lines[2] ?? '', /Running {2}silent since (?:\d+ \w+ )?\d\d:\d\d /);
});

test('on a narrow terminal the branch is left out, then the agent, and what stands below is wrapped', () => {
  const row = rowWith({
    name: 'docs',
    agent: 'acp:node a-long-agent.mjs',
    failureReason: 'no way '.repeat(20),
    lastActivityAt: now,
  });
  const at = (columns: number): string =>
    dashboardTable({ version: 1, rows: [row] }, { colours: colourless, columns }, now);
  for (const columns of [60, 80, 120])
    is(
      at(columns)
        .split('\n')
        .filter((line) => line.length > columns).length,
      0,
      `${columns}`,
    );
  match(at(120), /^NAME .* AGENT .* BRANCH .* ID\n/);
  match(at(80), /^NAME .* AGENT .* AGE +ID\n/);
  match(at(60), /^NAME +STATUS +ACTIVITY +AGE +ID\n/);
});

test('where names that are cut leave no room yet, what is done is cut as well', () => {
  const waits = rowWith({
    name: 'a name that is rather long',
    agent: 'acp:node a-long-agent.mjs',
    pendingApprovals: 12,
    lastActivityAt: now,
  });
  for (const columns of [50, 60]) {
    const lines = dashboardTable({ version: 1, rows: [waits] }, { colours: colourless, columns }, now).split('\n');
    is(lines.filter((line) => line.length > columns).length, 0, `${columns}`);
  }
});

test('a name, a branch or a reason cannot break out of its cell', () => {
  const row = rowWith({
    name: 'a\nb\u001b[2Jc',
    agent: 'acp:x\u0007',
    failureReason: 'no\r\n\u001b]0;t\u0007way',
    worktree: { path: null, branch: 'x\u202ey', base: null },
  });
  const text = dashboardTable({ version: 1, rows: [row] }, wide, now);
  is(text.split('\n').length, 4);
  match(text, /^a bc /m);
  match(text, 'x\\u{202e}y');
  match(text, '✗ no way');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is the point
  not.match(text, /[\u001b\u0007\r\u202e]/);
});

test.run();
