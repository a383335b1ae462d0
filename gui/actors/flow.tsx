import { classes } from '../components/classes.ts';

export type FlowProps = {
  /** What goes along it, per second. */
  readonly rate: number;
  readonly says: string;
  /** What it is, for who does not see it between its two ends. */
  readonly label: string;
};

/** The way from one actor to the next: it moves while something goes along it. */
export const Flow = ({ rate, says, label }: FlowProps) => (
  <p class={classes('flow', rate > 0 && 'flow-moves')}>
    <span class="visually-hidden">{label}: </span>
    <span class="flow-line" aria-hidden="true" />
    <span class="flow-rate numbers">{says}</span>
  </p>
);
