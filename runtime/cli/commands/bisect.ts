import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { occasionOf } from '../../../actors/protocol/facts/snapshot-occasion.ts';
import type { SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';

export type BisectOptions = { readonly timeout?: number };

type Bisect = NonNullable<SessionWork['bisect']>;

const marks = { passes: '✓', fails: '✗', cannot_tell: '–' } as const;

/** `bisect`: finds the first turn after which a command fails. Ctrl-C cancels it. */
export const bisect = async (
  invocation: Invocation,
  given: string,
  command: readonly string[],
  { timeout }: BisectOptions,
): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  if (command.length === 0) throw new ThroughlineError('input.invalid', 'say what is to be tried: -- npm test');
  const { id, shortId } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const parameters = { id };
  const { position } = await client.call('health', {});
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  process.once('SIGINT', cancel);
  const tail = client.tail({ session: id, from: position, signal: stop.signal });
  const { snapshots } = await client.call('bisect', {
    parameters,
    body: { command: [...command], ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }) },
  });
  const line = async (text: string): Promise<void> => {
    if (json) return;
    for (const each of wrapped(text, terminal.columns, '  ', '')) await terminal.writeLine(each);
  };
  await line(`${counted(snapshots.length, 'snapshot')} that differ. In a folder of its own: nothing of yours changes.`);
  let told = 0;
  for await (const message of tail) {
    if (message.kind !== 'event' || !message.event.type.startsWith('bisect_')) continue;
    const { bisect: state, snapshots: all } = await client.call('work', { parameters });
    for (const tried of state?.tried.slice(told) ?? []) {
      if (!json) await terminal.writeLine(truncate(triedLine(tried, all), terminal.columns));
    }
    told = state?.tried.length ?? told;
    if (state?.ended != null) break;
  }
  process.removeListener('SIGINT', cancel);
  if (stop.signal.aborted) {
    // It may have ended by itself meanwhile.
    await client.call('cancelBisect', { parameters }).catch(() => {});
    if (json) await terminal.writeJson((await client.call('work', { parameters })).bisect);
    await line('Cancelled.');
    return exitCodes.detached;
  }
  const { bisect: found, snapshots: all } = await client.call('work', { parameters });
  if (found?.ended == null) throw new ThroughlineError('bisect.no_answer', 'nobody knows how it ended');
  if (json) await terminal.writeJson(found);
  else {
    for (const text of answerLines(found, all)) await line(text);
    const { snapshot, before, run } = found.ended;
    const next = [
      ...(snapshot === null || before === null
        ? []
        : [['See it:', suggest('diff', shortId, '--between', `S${before}`, `S${snapshot}`)]]),
      ...(run === null ? [] : [['Read it:', suggest('history', shortId, '--run', String(run))]]),
      ...(before === null ? [] : [['Fork before it:', suggest('fork', shortId, '--at', `S${before}`, '…')]]),
    ];
    const width = Math.max(0, ...next.map(([what = '']) => what.length));
    for (const [what = '', words = ''] of next) {
      await terminal.writeLine(terminal.colours.dim(`${what.padEnd(width)}  ${words}`));
    }
  }
  const { outcome } = found.ended;
  return outcome === 'found' || outcome === 'never_fails' || outcome === 'always_fails'
    ? exitCodes.done
    : exitCodes.failed;
};

const nameOf = (snapshot: number, all: readonly Snapshot[]): string => {
  const found = all.find((each) => each.snapshot === snapshot);
  return `S${snapshot}${found === undefined ? '' : `  ${occasionOf(found)}`}`;
};

const triedLine = (
  { snapshot, outcome, tookMs, exitCode, output }: Bisect['tried'][number],
  all: readonly Snapshot[],
) => {
  const last = output.text.trimEnd().split('\n').at(-1) ?? '';
  const why = outcome === 'fails' ? `exit ${exitCode}${last.trim() === '' ? '' : `: ${last}`}` : '';
  const seconds = tookMs < 1000 ? `${tookMs} ms` : `${Math.round(tookMs / 1000)} s`;
  const name = nameOf(snapshot, all).padEnd(25);
  return `  ${marks[outcome]} ${name}  ${outcome.replaceAll('_', ' ').padEnd(11)}  ${seconds}${sanitiseLine(why) === '' ? '' : `  ${sanitiseLine(why)}`}`;
};

const answerLines = ({ ended, snapshots, tried }: Bisect, all: readonly Snapshot[]): readonly string[] => {
  if (ended === null) return [];
  const total = `${tried.length} of ${snapshots.length} tried. Exit 0 passes, 125 cannot tell, anything else fails.`;
  const { outcome, snapshot, before, run, position, message } = ended;
  const first = snapshot === null ? '' : nameOf(snapshot, all).replace(/ {2,}/, ', ');
  switch (outcome) {
    case 'found': {
      const gap =
        before !== null && snapshot !== null ? snapshots.filter((each) => each > before && each < snapshot) : [];
      const unclear = gap.length === 0 ? '' : ` It cannot tell of ${gap.map((each) => `S${each}`).join(', ')}.`;
      const whose = run === null ? 'changed between two runs, not by the agent' : `by run ${run}`;
      return [`✗ First fails in ${first}: ${whose}, event ${position}.${unclear}`, total];
    }
    case 'always_fails':
      return [`✗ It fails from the beginning: in ${first} already.`, total];
    case 'never_fails':
      return ['✓ It passes in the last snapshot: there is no turn after which it fails.', total];
    case 'unclear':
      return ['– It cannot tell of any of them.', total];
    default:
      return [`✗ ${outcome}${message === null ? '' : `: ${sanitiseLine(message)}`}`];
  }
};
