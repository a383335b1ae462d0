/** `check`: the checks of a session's repository, run in its worktree; what they said; their failures to the agent. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { RanCommand } from '../../../actors/protocol/gateway/work.ts';
import { resolveSession, withQueries } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { watchCommands } from '../connect/watch-commands.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { checkTable, commandMark, endedLines, saidLines } from '../render/check-lines.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { asSaid, sanitise, sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

export type CheckOptions = {
  readonly list?: boolean;
  readonly show?: boolean;
  readonly send?: boolean;
  readonly cancel?: boolean;
};

export const check = (
  invocation: Invocation,
  given: string,
  names: readonly string[],
  options: CheckOptions,
): Promise<ExitCode> => {
  const chosen = Object.entries(options).filter(([name, isSet]) => isSet && name in ways);
  if (chosen.length > 1) {
    throw new ThroughlineError(
      'input.invalid',
      'only one of --list, --show, --send and --cancel can be done at a time',
    );
  }
  if (options.list) return listChecks(invocation, given);
  if (options.show) return showCheck(invocation, given, names);
  if (options.send) return sendCheck(invocation, given, names);
  if (options.cancel) return cancelChecks(invocation, given, names);
  return runChecks(invocation, given, names);
};

const ways = { list: true, show: true, send: true, cancel: true };

/** Runs them, shows what they say as they say it, and ends by how they end. Ctrl-C ends them. */
const runChecks = async (invocation: Invocation, given: string, names: readonly string[]): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { colours, columns } = terminal;
  const { id, shortId } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { position } = await client.call('health', {});
  const parameters = { id };
  const { checks } = await client.call('runChecks', {
    parameters,
    body: { names: names.length === 0 ? null : [...names] },
  });
  const ids = checks.map(({ commandId }) => commandId);
  let isCancelled = false;
  const cancel = (): void => {
    isCancelled = true;
    // The last first: one that ends lets the next begin.
    for (const commandId of ids.toReversed()) {
      client.call('cancelCheck', { parameters: { id, commandId }, body: {} }).catch(() => {});
    }
  };
  process.once('SIGINT', cancel);
  let isLineStart = true;
  const live = async (text: string): Promise<void> => {
    const safe = asSaid(sanitise(text), isLineStart);
    if (safe === '') return;
    isLineStart = safe.endsWith('\n');
    await terminal.write(safe);
  };
  try {
    const ended = await watchCommands({
      client,
      session: id,
      from: position,
      commands: ids,
      onStarted: async ({ name, command }) => {
        const head = `● ${sanitiseLine(name)}`;
        const room = Math.max(12, columns - displayWidth(head) - 2);
        const what = colours.dim(truncate(sanitiseLine(command), room));
        if (!json) await terminal.writeLine(`${colours.blue('●')}${head.slice(1)}  ${what}`);
        isLineStart = true;
      },
      onOutput: async (text) => {
        if (!json) await live(text);
      },
      onEnded: async (command) => {
        if (json) return;
        if (!isLineStart) await terminal.write('\n');
        // All it said stands above.
        await terminal.write(endedLines({ ...command, output: null }, { colours, columns }));
      },
    });
    const failed = ended.filter(({ outcome }) => outcome !== 'passed');
    const isWell = failed.length === 0 && ended.length === ids.length;
    if (json) await terminal.writeJson({ ok: isWell, id, checks: ended });
    else {
      await terminal.writeLine(summaryOf(ended, ids.length));
      const [first] = failed.filter(({ outcome }) => outcome === 'failed' || outcome === 'timed_out');
      if (first !== undefined) {
        await terminal.writeLine(
          colours.dim(`Give it to the agent:  ${suggest('check', shortId, first.name, '--send')}`),
        );
      }
    }
    if (isCancelled) return exitCodes.detached;
    return isWell ? exitCodes.done : exitCodes.failed;
  } finally {
    process.removeListener('SIGINT', cancel);
  }
};

const summaryOf = (ended: readonly RanCommand[], asked: number): string => {
  const passed = ended.filter(({ outcome }) => outcome === 'passed').length;
  const others = asked - passed;
  const all = asked === 1 ? 'The check' : `All ${asked} checks`;
  return others === 0 ? `${all} passed.` : `${passed} of ${asked} passed.`;
};

const listChecks = async (invocation: Invocation, given: string): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { id } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { setup } = await client.call('checks', { parameters: { id } });
  const { commands } = await client.call('work', { parameters: { id } });
  const checks = setup.inUse?.checks ?? setup.offered?.checks ?? [];
  if (json) {
    await terminal.writeJson({
      id,
      standing: setup.standing,
      checks,
      ran: commands.filter(({ kind }) => kind === 'check'),
    });
    return exitCodes.done;
  }
  if (checks.length === 0)
    for (const line of wrap(
      'The repository has no checks: they would stand in .throughline/config.json.',
      terminal.columns,
    )) {
      await terminal.writeLine(line);
    }
  else await terminal.write(checkTable(checks, commands, terminal));
  if (setup.inUse === null && setup.offered !== null) {
    await terminal.writeLine(
      terminal.colours.dim(`You have not agreed to them:  ${suggest('setup', '--repo', setup.repository)}`),
    );
  }
  return exitCodes.done;
};

const showCheck = async (invocation: Invocation, given: string, names: readonly string[]): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const { id } = await resolveSession(invocation, given);
  const { commands } = await withQueries(invocation, (queries) => queries.work(id));
  const last = lastOf(commands, names, () => true);
  if (json) await terminal.writeJson(last);
  else {
    await terminal.write(saidLines(last, terminal.colours));
    await terminal.writeLine(`${commandMark(last, terminal.colours)}  ${sanitiseLine(last.name)}`);
  }
  return exitCodes.done;
};

const sendCheck = async (invocation: Invocation, given: string, names: readonly string[]): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { id, shortId } = await resolveSession(invocation, given);
  const { commands } = await withQueries(invocation, (queries) => queries.work(id));
  const { commandId, name } = lastOf(commands, names, ({ outcome }) => outcome === 'failed' || outcome === 'timed_out');
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const started = await client.call('sendCheck', { parameters: { id, commandId }, body: {} });
  if (json) await terminal.writeJson({ ok: true, commandId, ...started });
  else {
    await terminal.writeLine(`The end of ${sanitiseLine(name)} went to the agent as run ${started.run}.`);
    await terminal.writeLine(terminal.colours.dim(`Watch it:  ${suggest('history', shortId, '--follow')}`));
  }
  return exitCodes.done;
};

const cancelChecks = async (invocation: Invocation, given: string, names: readonly string[]): Promise<ExitCode> => {
  const { terminal, json, directory } = invocation;
  const { id } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { running } = await client.call('checks', { parameters: { id } });
  const { commands } = await client.call('work', { parameters: { id } });
  const meant = running.filter((each) => {
    const name = commands.find(({ commandId }) => commandId === each)?.name;
    return names.length === 0 || (name !== undefined && names.includes(name));
  });
  // The last first: one that ends lets the next begin.
  for (const commandId of meant.toReversed())
    await client.call('cancelCheck', { parameters: { id, commandId }, body: {} });
  if (json) await terminal.writeJson({ ok: true, id, cancelled: meant });
  else
    await terminal.writeLine(
      meant.length === 0 ? 'Nothing runs.' : meant.length === 1 ? 'It is ended.' : `All ${meant.length} are ended.`,
    );
  return exitCodes.done;
};

/** The last run of the check that is meant: of its name, or of the only one that fits. */
const lastOf = (
  commands: readonly RanCommand[],
  names: readonly string[],
  fits: (command: RanCommand) => boolean,
): RanCommand => {
  const checks = commands.filter(({ kind }) => kind === 'check');
  const known = [...new Set(checks.map(({ name }) => name))];
  if (names.length > 1) throw new ThroughlineError('input.invalid', 'one check is shown or sent at a time');
  const meant = names.length === 1 ? known.filter((name) => name === names[0]) : known;
  const found = meant.flatMap((name) => checks.findLast((each) => each.name === name && each.outcome !== null) ?? []);
  const fitting = found.filter(fits);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  if (only === undefined) {
    throw new ThroughlineError('check.not_found', 'there is no such check in the log of the session', {
      hint: 'run it first',
    });
  }
  throw new ThroughlineError('input.invalid', `several are meant: ${fitting.map(({ name }) => name).join(', ')}`, {
    hint: 'name one',
  });
};
