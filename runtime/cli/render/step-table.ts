/** The steps of a machine as a table that grows line by line, for `inspect`. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { ContextChange, Step } from '../../../actors/protocol/gateway/inspection.ts';
import type { Colours } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const seqColumns = 7;
const timeColumns = 13;
const eventColumns = 20;
const maxChangeColumns = 60;

export const createStepTable = (options: {
  readonly colours: Colours;
  /** Also what passes the machine by. */
  readonly all: boolean;
  /** The machine's id, which is left out of the names of its states. */
  readonly machine: string;
}) => {
  const { colours, all } = options;
  let passedBy = 0;

  const passedLine = (): string => {
    if (passedBy === 0) return '';
    const line = `${' '.repeat(seqColumns)}${colours.dim(`… ${counted(passedBy, 'event')} the machine does not hear`)}\n`;
    passedBy = 0;
    return line;
  };

  return {
    heading: (name: string, run: number | null): string =>
      `${colours.bold(sanitiseLine(name))}${run === null ? '' : colours.dim(`, run ${run}`)}\n` +
      colours.dim(`${'SEQ'.padEnd(seqColumns)}${'TIME'.padEnd(timeColumns)}${'EVENT'.padEnd(eventColumns)}STEP\n`),

    /** The lines of a step; none yet for one that only counts. */
    show: (step: Step): string => {
      if (!step.heard && !all && step.event.type !== 'error') {
        passedBy += 1;
        return '';
      }
      const { event } = step;
      const time = new Date(event.occurredAt).toISOString().slice(11, 23);
      const type = truncate(sanitiseLine(event.type), eventColumns - 1);
      const moved = step.from.join() !== step.to.join();
      const [from, to] = [step.from, step.to].map((ids) => ids.map((id) => stateName(id, options.machine)).join(', '));
      const state = moved ? `${from} → ${colours.bold(to ?? '')}` : colours.dim(to ?? '');
      const guards = step.considered.filter(({ guard, passed }) => passed && guard !== null);
      const details = [
        ...guards.map(({ guard }) => `[${sanitiseLine(guard ?? '')}]`),
        ...(step.actions.length === 0 ? [] : [`/ ${step.actions.map(sanitiseLine).join(', ')}`]),
        ...step.changes.map((change) => truncate(changeText(change), maxChangeColumns)),
      ];
      const indent = ' '.repeat(seqColumns + timeColumns + eventColumns);
      const known = event.type === 'error' ? colours.red(type.padEnd(eventColumns)) : type.padEnd(eventColumns);
      return [
        passedLine(),
        `${colours.dim(`${event.seq}`.padEnd(seqColumns) + time.padEnd(timeColumns))}${known}${state}\n`,
        ...(details.length === 0 ? [] : [`${indent}${colours.dim(details.join('  '))}\n`]),
      ].join('');
    },

    end: passedLine,
  };
};

/** A state's name without that of the machine: `running.working`. */
export const stateName = (id: string, machine = 'run'): string =>
  sanitiseLine(id.startsWith(`${machine}.`) ? id.slice(machine.length + 1) : id);

/** What a change did, on one line. */
export const changeText = (change: ContextChange): string => {
  const key = sanitiseLine(change.key);
  if ('added' in change) {
    const items = [...change.added.map((item) => `+${item}`), ...change.removed.map((item) => `−${item}`)];
    return `${key} ${sanitiseLine(items.join(' '))}`;
  }
  return `${key} ${sanitiseLine(JSON.stringify(change.before))} → ${sanitiseLine(JSON.stringify(change.after))}`;
};
