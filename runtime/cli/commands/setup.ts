/** `setup`: what a repository says it needs, and whether its person agrees to that. */
import { resolve } from 'node:path';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { RepositorySetupAnswer, SetupError } from '../../../actors/protocol/gateway/check-routes.ts';
import type { Client } from '../../client/client.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { setupChanges } from '../render/setup-changes.ts';
import { setupLines } from '../render/setup-lines.ts';
import { sanitiseLine, visibly } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

export type SetupOptions = {
  readonly repo: string;
  readonly base?: string;
  readonly file?: boolean;
  readonly yes?: boolean;
  readonly approvals?: boolean;
};

/** `setup show`: what runs, what is copied and set, and how it stands with the agreement. 2 where it has errors. */
const showSetup = async (invocation: Invocation, options: SetupOptions): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const { answer } = await look(invocation, options);
  if (json) await terminal.writeJson(answer);
  else if (options.file) await terminal.write(answer.texts.map(textLines).join('\n'));
  else await terminal.write(shown(invocation, options, answer));
  return answer.standing === 'broken' ? exitCodes.wrongUsage : exitCodes.done;
};

/** `setup agree`: shows it and asks. In a pipe nobody can be asked: `--yes` says so. */
const agreeToSetup = async (invocation: Invocation, options: SetupOptions): Promise<ExitCode> => {
  const { terminal, json, suggest } = invocation;
  const { client, answer, path } = await look(invocation, options);
  const { hash, standing } = answer;
  if (standing === 'broken') throw errorsOf(answer.errors);
  if (hash === null) throw noSetup();
  if (!json) await terminal.write(shown(invocation, options, answer, true));
  if (!options.yes) {
    const hint = `after you have read it: ${suggest('setup', 'agree', ...whereOf(options), '--yes')}`;
    if (!canAsk(terminal)) throw new ThroughlineError('input.invalid', 'nobody can be asked here', { hint });
    const [word = ''] = await askPerson(terminal, ['Agree to exactly this content? [y/N] ']);
    if (!/^y(?:es)?$/iu.test(word.trim())) {
      terminal.stderr.write('Nothing was agreed to.\n');
      return exitCodes.refused;
    }
  }
  const body = { path, ...baseOf(options), hash, agreed: true, approvals: options.approvals === true };
  await client.call('agreeToSetup', { body });
  return say(invocation, 'Agreed. You are asked again when its content changes.', { agreed: true, hash });
};

/** `setup refuse`: nobody is asked about this content again; one that was agreed to before goes on being used. */
const refuseSetup = async (invocation: Invocation, options: SetupOptions): Promise<ExitCode> => {
  const { client, answer, path } = await look(invocation, options);
  const { hash } = answer;
  if (answer.standing === 'broken') throw errorsOf(answer.errors);
  if (hash === null) throw noSetup();
  const body = { path, ...baseOf(options), hash, agreed: false, approvals: false };
  await client.call('agreeToSetup', { body });
  const kept = answer.before === null ? 'Nothing of it runs.' : 'The one that you agreed to before goes on being used.';
  return say(invocation, `Not agreed to. ${kept}`, { agreed: false, hash });
};

/** `setup forget`: as if nobody had ever looked at any of it. */
const forgetSetup = async (invocation: Invocation, options: SetupOptions): Promise<ExitCode> => {
  const client = await ensureRuntime(invocation.directory, { script: thisProgram() });
  const path = resolve(invocation.workingDirectory, options.repo);
  await client.call('agreeToSetup', { body: { path, hash: null, agreed: false, approvals: false } });
  return say(invocation, 'Whatever was agreed to for this repository is forgotten: nothing of it runs.', {});
};

const say = async ({ terminal, json }: Invocation, words: string, facts: object): Promise<ExitCode> => {
  if (json) await terminal.writeJson({ ok: true, ...facts });
  else await terminal.writeLine(words);
  return exitCodes.done;
};

const baseOf = ({ base }: SetupOptions): { readonly base?: string } => (base === undefined ? {} : { base });

/** The words by which the same repository is meant again. */
const whereOf = ({ repo, base }: SetupOptions): readonly string[] => [
  ...(repo === '.' ? [] : ['--repo', repo]),
  ...(base === undefined ? [] : ['--base', base]),
];

const look = async (
  { directory, workingDirectory }: Invocation,
  options: SetupOptions,
): Promise<{ readonly client: Client; readonly answer: RepositorySetupAnswer; readonly path: string }> => {
  const path = resolve(workingDirectory, options.repo);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  return { client, path, answer: await client.call('repositorySetup', { query: { path, ...baseOf(options) } }) };
};

const shown = (
  { terminal: { colours, columns }, suggest }: Invocation,
  options: SetupOptions,
  answer: RepositorySetupAnswer,
  isAgreeing = false,
): string => {
  const name = visibly(answer.repository.split('/').at(-1) ?? answer.repository);
  const at = whereOf(options);
  const lines = (text: string): string => `${wrap(text, columns).join('\n')}\n`;
  const advice = (...rows: readonly (readonly [string, readonly string[]])[]): string => {
    const width = Math.max(...rows.map(([words]) => words.length));
    return rows.map(([words, command]) => colours.dim(`${words.padEnd(width)}  ${suggest(...command)}\n`)).join('');
  };
  const uncommitted = answer.uncommitted
    ? lines('▲ Your checkout has another one that is not committed: sessions begin with the one that is.')
    : '';
  if (answer.standing === 'none') {
    const words = `${name} says nothing of what it needs: there is neither .throughline/config.json nor .worktreeinclude.`;
    return lines(words) + uncommitted;
  }
  if (answer.standing === 'broken') {
    return `${lines(`${name}’s setup has ${counted(answer.errors.length, 'error')}. While it has any, nothing of it is used.`)}${answer.errors.map(errorText).join('')}`;
  }
  const { offered, before } = answer;
  const heads: Readonly<Record<typeof answer.standing, string>> = {
    agreed: `✓ ${name}’s setup, as you agreed to it.`,
    declined: `${name} brings its own setup. You did not agree to it: nothing of it runs.`,
    changed: `▲ ${name}’s setup is another than you agreed to. Until you agree, the one you know is used.`,
    unknown: `${name} brings its own setup. Nothing of it runs before you agree to it.`,
  };
  const content = answer.hash === null ? '' : colours.dim(`content ${answer.hash.slice(0, 12)}\n`);
  const look = { colours, columns };
  const agree: readonly [string, readonly string[]] = ['Agree to it:', ['setup', 'agree', ...at]];
  const read: readonly [string, readonly string[]] = ['Read the file:', ['setup', 'show', '--file', ...at]];
  return [
    lines(heads[answer.standing]),
    uncommitted,
    '\n',
    ...(answer.standing === 'changed' && before !== null
      ? [setupChanges(before.texts, answer.texts, colours), '\n']
      : []),
    ...(offered === null ? [] : [setupLines(answer, offered, look)]),
    '\n',
    lines('Commands run as you, with your environment, and not in a sandbox.'),
    content,
    answer.standing === 'agreed' || isAgreeing ? advice(read) : advice(read, agree),
  ].join('');
};

const textLines = ({ file, text }: RepositorySetupAnswer['texts'][number]): string =>
  `# ${visibly(file)}\n${visibly(text.endsWith('\n') ? text : `${text}\n`)}`;

/** As a compiler says it, so that editors can go there. */
const errorText = ({ file, line, column, place, message }: SetupError): string =>
  `${[`${file}:${line}:${column}`, ...(place === '' ? [] : [place]), message].map(sanitiseLine).join('  ')}\n`;

const errorsOf = (errors: readonly SetupError[]): ThroughlineError =>
  new ThroughlineError('configuration.invalid', errors.map(errorText).join('').trimEnd(), {
    hint: 'while it has errors, nothing of it is used',
  });

const noSetup = (): ThroughlineError =>
  new ThroughlineError('check.not_found', 'the repository says nothing of what it needs', {
    hint: 'it would stand in .throughline/config.json',
  });

const ways = { show: showSetup, agree: agreeToSetup, refuse: refuseSetup, forget: forgetSetup } as const;

export const setup = (invocation: Invocation, way: string, options: SetupOptions): Promise<ExitCode> => {
  const found = Object.entries(ways).find(([name]) => name === way)?.[1];
  if (found !== undefined) return found(invocation, options);
  throw new ThroughlineError('input.invalid', `setup cannot ${JSON.stringify(way.slice(0, 60))}`, {
    hint: `it can ${Object.keys(ways).join(', ')}`,
  });
};
