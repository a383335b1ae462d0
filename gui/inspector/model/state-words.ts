/** States as they are spoken of and coloured. Their ids are paths: `run.running.awaitingApproval`. */

export const stateName = (id: string): string => id.slice(id.lastIndexOf('.') + 1);

export const stateNames = (ids: readonly string[]): string => ids.map(stateName).join(', ');

/** One colour for what is alike; a state that is not known here gets none of its own. */
export type StateTone = 'begin' | 'work' | 'ask' | 'stop' | 'good' | 'bad' | 'plain';

const tones: Readonly<Record<string, StateTone>> = {
  queued: 'begin',
  starting: 'begin',
  working: 'work',
  awaitingApproval: 'ask',
  paused: 'ask',
  asked: 'stop',
  askedAgain: 'stop',
  terminating: 'stop',
  completed: 'good',
  interrupted: 'stop',
  failed: 'bad',
};

export const stateTone = (ids: readonly string[]): StateTone =>
  ids.map((id) => tones[stateName(id)]).find((tone) => tone !== undefined) ?? 'plain';
