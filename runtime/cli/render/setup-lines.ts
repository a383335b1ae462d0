/** What a repository says of itself, as a person is asked to agree to it: every command whole, with nothing hidden. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DescribedSetup, RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { durationWords } from '../text/duration-words.ts';
import { visibly } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

const labelColumns = 18;
const mostListed = 10;

type Look = { readonly colours: Colours; readonly columns: number };

/** All of it; `setup` is the one of the answer that is to be shown. */
export const setupLines = (answer: RepositorySetupAnswer, setup: DescribedSetup, look: Look): string => {
  const rows = [
    ...steps('Runs at the start', setup.setup),
    ...checks(setup),
    ...steps('Runs at the end', setup.teardown),
    ...copies(answer, setup),
    ...sets(setup),
    ...list('Means to change', setup.touches),
    ...approvals(answer, setup, look.colours),
  ];
  return rows.map((row) => rowText(row, look)).join('');
};

type Row = { readonly label: string; readonly text: string; readonly note?: string };

const rowText = ({ label, text, note }: Row, { colours, columns }: Look): string => {
  const room = Math.max(20, columns - labelColumns - 1);
  const lines = wrap(text, room).map((line, index) => `${(index === 0 ? label : '').padEnd(labelColumns)} ${line}`);
  const notes =
    note === undefined ? [] : wrap(note, room).map((line) => `${' '.repeat(labelColumns)} ${colours.dim(line)}`);
  return [...lines, ...notes].map((line) => `${line.trimEnd()}\n`).join('');
};

const steps = (label: string, all: DescribedSetup['setup']): readonly Row[] =>
  all.map(({ command, timeoutMs }, index) => ({
    label: index === 0 ? label : '',
    text: visibly(command),
    note: `at most ${durationWords(timeoutMs)}`,
  }));

const times = { asked: 'when asked', after_run: 'after each run', landing: 'before landing' } as const;

const checks = ({ checks: all, landing }: DescribedSetup): readonly Row[] =>
  all.map(({ name, command, timeoutMs, when, retry }, index) => {
    const isForLanding = landing.checks === null ? when.includes('landing') : landing.checks.includes(name);
    const meant = [...when.filter((each) => each !== 'landing'), ...(isForLanding ? (['landing'] as const) : [])];
    const again =
      retry === null
        ? []
        : [`a failure goes to the agent by itself, ${retry.tries === 1 ? 'once' : `${retry.tries} times`} at most`];
    const note = [meant.map((each) => times[each]).join(', '), `at most ${durationWords(timeoutMs)}`, ...again];
    return {
      label: index === 0 ? 'Runs as checks' : '',
      text: `${name}: ${visibly(command)}`,
      note: note.filter((each) => each !== '').join('; '),
    };
  });

const copies = ({ copies: found }: RepositorySetupAnswer, { copy }: DescribedSetup): readonly Row[] => {
  if (copy.length === 0) return [];
  const text = copy.map(visibly).join(', ');
  if (found === null) return [{ label: 'Copies from yours', text }];
  const named = found.files.slice(0, mostListed).map(visibly).join(', ');
  const more = found.files.length > mostListed ? `, and ${found.files.length - mostListed} more` : '';
  const note =
    found.files.length === 0
      ? 'no such files are there'
      : `${counted(found.files.length, 'file')}, ${fileSize(found.bytes)}, ignored by git: ${named}${more}`;
  return [{ label: 'Copies from yours', text, note }];
};

const sets = ({ agent, base, landing }: DescribedSetup): readonly Row[] => {
  const said = [
    agent === null ? null : `agent ${visibly(agent)}`,
    base === null ? null : `base ${visibly(base)}`,
    landing.how === null ? null : `landing by ${landing.how}`,
    landing.branch === null ? null : `landing on ${visibly(landing.branch)}`,
  ].filter((each) => each !== null);
  return said.length === 0 ? [] : [{ label: 'Sets', text: said.join(', ') }];
};

const fileSize = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};

const list = (label: string, patterns: readonly string[]): readonly Row[] =>
  patterns.length === 0 ? [] : [{ label, text: patterns.map(visibly).join(', ') }];

const wishes = {
  ask: 'that agents ask',
  allow: 'that everything is allowed unasked',
  deny: 'that everything is refused',
};

const approvals = (
  { approvalsAgreed, standing }: RepositorySetupAnswer,
  { approvals: wish }: DescribedSetup,
  colours: Colours,
): readonly Row[] => {
  if (wish === null) return [];
  const isAgreed = standing === 'agreed' && approvalsAgreed;
  const note = isAgreed ? 'you agreed to that' : 'not part of the agreement, unless you add --approvals';
  return [{ label: 'Approvals', text: `${isAgreed ? '' : colours.yellow('▲ ')}wants ${wishes[wish]}`, note }];
};
