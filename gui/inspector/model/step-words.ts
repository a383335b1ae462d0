/** A step in words: for a screen reader, and for the line above the details. */
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { stateNames } from './state-words.ts';

/** `awaitingApproval to working by approval_resolved`, or that it stays where it is, and why. */
export const stepSentence = ({ event, from, to, heard, taken }: Step): string => {
  if (from.join() !== to.join()) return `${stateNames(from)} to ${stateNames(to)} by ${event.type}`;
  if (!heard) return `${stateNames(to)}: ${event.type} passes the machine by`;
  return taken.length > 0
    ? `stays ${stateNames(to)}, acts on ${event.type}`
    : `stays ${stateNames(to)}: no transition takes ${event.type}`;
};

/** A transition's id, `run.running status 2`, as where it stands and what it reacts to. */
export const transitionWords = (id: string): { readonly source: string; readonly event: string } => {
  const [source = id, ...rest] = id.split(' ');
  return { source, event: rest.slice(0, -1).join(' ') };
};
