/** `usage`: what is printed of tokens and money, without a runtime. */
import { join } from 'node:path';
import { equal, is, match, not } from 'uvu/assert';
import { fact } from '../../../actors/protocol/facts/events.ts';
import type { UsageAnswer } from '../../../actors/protocol/gateway/usage-routes.ts';
import { at, openLogWorld } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { inProcess } from './support/in-process.ts';

const test = suite('usage on the command line');

test('tokens and money are summed for a person, for programs by the contract, and as CSV without formulas', async () => {
  const data = temporaryFolder('usage');
  process.env.THROUGHLINE_DATA = data;
  const world = openLogWorld({ path: join(data, 'throughline.db') });
  const { runKey } = world.openSession('=cmd|\u001b[31m"x"');
  const noon = at(new Date(2026, 10, 30, 12).getTime());
  const begun = { how: 'begun', agent: 'codex', version: null, mode: null, protocol: 1, asks: null } as const;
  world.append(
    runKey,
    fact('conversation', begun, noon),
    fact('usage', { of: 'turn', inputTokens: 120, outputTokens: 30, cachedReadTokens: 20 }, noon),
    fact('usage', { used: 9, cost: { amount: 0.25, currency: 'USD' } }, noon),
  );
  world.close();
  const words = await inProcess(100, 'usage');
  match(
    words.stdout,
    /DAY +AGENT +TURNS +IN +CACHED +OUT +COST\n2026-11-30 +rehearsal +1 +100 +20 +30 +0\.25 USD\nall/,
  );
  const { totals, rows } = (await inProcess(100, 'usage', '--json')).json() as unknown as UsageAnswer;
  is(totals.output, 30);
  equal(
    rows.map(({ day, repository, agent, model, session }) => [day, repository, agent, model, session]),
    [['2026-11-30', '/repository', 'rehearsal', null, null]],
  );
  const csv = await inProcess(100, 'usage', '--csv', '--by', 'session');
  match(csv.stdout, /^day,.*reportedUSD\n.*"'=cmd\|.*""x""",.*,0\.25\n$/);
  not.match(csv.stdout, '\u001b');
  not.match((await inProcess(100, 'usage', '--by', 'run')).stdout, '\u001b');
  const refused = await inProcess(100, 'usage', '--by', 'week');
  is(refused.code, 2);
  match(refused.stderr, /--by .*day, repository/);
});

test.run();
