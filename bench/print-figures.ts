import type { Figure, Goal } from './figure.ts';

/** The figures as a person reads them: one line each, and below it what it was made of. */
export const printFigures = (figures: readonly Figure[]): string => figures.flatMap(linesOf).join('\n');

const linesOf = (figure: Figure): readonly string[] => {
  const spread = figure.repeats === 1 ? '' : ` (${shown(figure.smallest)}–${shown(figure.largest)})`;
  const value = `${shown(figure.value)} ${figure.unit}${spread}`;
  const details = Object.entries(figure.details).map(([name, detail]) => `${name} ${shown(detail)}`);
  return [
    `${markOf(figure)} ${figure.name.padEnd(28)} ${value.padEnd(34)} ${figure.goal === null ? '' : goalText(figure.goal)}`.trimEnd(),
    `       ${figure.says}`,
    ...(details.length === 0 ? [] : [`       ${details.join(', ')}`]),
  ];
};

const markOf = ({ met }: Figure): string => (met === null ? '      ' : met ? 'met   ' : 'MISSED');

const goalText = (goal: Goal): string => ('atLeast' in goal ? `goal ≥ ${goal.atLeast}` : `goal ≤ ${goal.atMost}`);

const shown = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
