import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { DiscardedEntry } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import type { Client } from '../../client/client.ts';
import { inspectRepository } from '../../git/repository.ts';
import { treePatch } from '../../git/snapshots/tree-changes.ts';
import { shortIds } from '../choose/short-id.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { discardedTable } from '../render/discarded-table.ts';
import { restoredWords } from '../render/restore-lines.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';

export type DiscardedOptions = { readonly into?: string; readonly branch?: string };

const doings = ['list', 'show', 'restore', 'drop'] as const;
type Doing = (typeof doings)[number];
const isDoing = (word: string): word is Doing => doings.some((doing) => doing === word);

/** `discarded`: lists the work that was given up, shows one, brings one back, or deletes one. */
export const discarded = async (
  invocation: Invocation,
  doing: string,
  name: string | undefined,
  options: DiscardedOptions,
): Promise<ExitCode> => {
  if (!isDoing(doing)) {
    throw new ThroughlineError('input.invalid', `discarded work is not to be ${sanitiseLine(doing)}`, {
      hint: `one of: ${doings.join(', ')}`,
    });
  }
  const client = await ensureRuntime(invocation.directory, { script: thisProgram() });
  if (doing === 'list') return list(invocation, client);
  if (name === undefined) {
    throw new ThroughlineError('input.invalid', `say which one to ${doing}`, {
      hint: '`throughline discarded` lists them',
    });
  }
  const entry = findEntry((await client.call('discarded', {})).discarded, name);
  if (doing === 'show') return show(invocation, entry);
  return doing === 'drop' ? drop(invocation, client, entry) : restore(invocation, client, entry, options);
};

/** The one of that name, or the only one whose name begins like that. */
const findEntry = (entries: readonly DiscardedEntry[], name: string): DiscardedEntry => {
  const exact = entries.filter((entry) => entry.name === name);
  const [found, ...others] = exact.length > 0 ? exact : entries.filter((entry) => entry.name.startsWith(name));
  if (found !== undefined && others.length === 0) return found;
  if (found === undefined) {
    throw new ThroughlineError('snapshot.not_found', `no discarded work is called ${sanitiseLine(name)}`, {
      hint: '`throughline discarded` lists what there is',
    });
  }
  throw new ThroughlineError('input.invalid', `several are called like ${sanitiseLine(name)}`, {
    hint: 'give the whole name',
  });
};

const list = async ({ terminal, json, suggest }: Invocation, client: Client): Promise<ExitCode> => {
  const answer = await client.call('discarded', {});
  if (json) {
    await terminal.writeJson(answer);
    return exitCodes.done;
  }
  const { colours, columns } = terminal;
  const { discarded: entries, days } = answer;
  const [first] = entries;
  if (first === undefined) {
    await terminal.writeLine('Nothing was discarded.');
    return exitCodes.done;
  }
  // What was parked, or had landed and was undone, stays until somebody deletes it.
  const isTimed = entries.some(({ until }) => until !== null);
  const words = isTimed ? `; what has a day, for ${days} days (discardedDays in config.json)` : '';
  await terminal.write(discardedTable(entries, { colours, columns }));
  for (const line of wrapped(`${entries.length} kept${words}`, columns)) await terminal.writeLine(line);
  await terminal.writeLine(colours.dim(`Look at one:    ${suggest('discarded', 'show', first.name)}`));
  await terminal.writeLine(colours.dim(`Bring it back:  ${suggest('discarded', 'restore', first.name)}`));
  await terminal.writeLine(colours.dim(`Delete it now:  ${suggest('discarded', 'drop', first.name)}`));
  return exitCodes.done;
};

const show = async ({ terminal, json }: Invocation, entry: DiscardedEntry): Promise<ExitCode> => {
  const repository = await inspectRepository(entry.repository);
  const patch =
    entry.after === null
      ? { text: '', cut: false }
      : await treePatch({ repository, from: entry.after, to: entry.before });
  if (json) await terminal.writeJson({ ...entry, patch });
  else {
    await terminal.write(sanitise(patch.text));
    if (patch.cut) await terminal.writeLine(terminal.colours.dim('… and more'));
  }
  return exitCodes.done;
};

const drop = async ({ terminal, json }: Invocation, client: Client, entry: DiscardedEntry): Promise<ExitCode> => {
  await client.call('deleteDiscarded', { parameters: { name: entry.name } });
  if (json) await terminal.writeJson({ ok: true, name: entry.name });
  else await terminal.writeLine(`Deleted ${sanitiseLine(entry.name)}: ${sanitiseLine(entry.words)}.`);
  return exitCodes.done;
};

const restore = async (
  invocation: Invocation,
  client: Client,
  entry: DiscardedEntry,
  { into, branch }: DiscardedOptions,
): Promise<ExitCode> => {
  const { terminal, json, suggest } = invocation;
  const { colours } = terminal;
  const target = into === undefined ? null : (await resolveSession(invocation, into)).id;
  const answer = await client.call('restoreDiscarded', {
    parameters: { name: entry.name },
    body: { into: target, ...(branch === undefined ? {} : { branch }) },
  });
  if (json) {
    await terminal.writeJson({ ok: true, name: entry.name, ...answer });
    return exitCodes.done;
  }
  if ('branch' in answer) {
    await terminal.writeLine(`${colours.green('✓')} It is on branch ${sanitiseLine(answer.branch)} now.`);
    const repository = ['--repo', sanitiseLine(entry.repository)];
    await terminal.writeLine(
      colours.dim(`  Go on from it:  ${suggest('run', 'PROMPT', ...repository, '--base', answer.branch)}`),
    );
    return exitCodes.done;
  }
  const words = `${colours.green('✓')} ${restoredWords(answer, null, null)}`;
  for (const line of wrapped(words, terminal.columns, '  ', '')) await terminal.writeLine(line);
  if (answer.files > 0) {
    const { rows } = await client.call('dashboard', {});
    const shortId = shortIds(rows)(answer.session);
    const back = suggest('undo', shortId, '--to', `S${answer.kept}`);
    await terminal.writeLine(colours.dim(`  Undo this:  ${back}`));
  }
  return exitCodes.done;
};
