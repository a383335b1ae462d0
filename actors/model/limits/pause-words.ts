/** What a paused session waits for, in one line: for the command line and the window alike. */
import type { PauseState } from '../../protocol/facts/limit-events.ts';

type Paused = { readonly agent: string; readonly work: { readonly pause: PauseState | null } };

/**
 * What a session waits for and until when; null: it is not paused. `timeOf` words a time where the person is.
 * @example
 * const pause = { why: 'limit', until: 5, known: true, attempt: 1, message: '', again: 'continue', name: null } as const;
 * const at = (): string => '17:42';
 * pauseWords({ agent: 'claude', work: { pause } }, at) // => 'limit of claude until 17:42'
 * pauseWords({ agent: 'kimi', work: { pause: { ...pause, known: false } } }, at) // => 'limit of kimi, tried again at 17:42'
 * pauseWords({ agent: 'kimi', work: { pause: { ...pause, until: null, why: 'person' } } }, at) // => 'paused until you continue it'
 */
export const pauseWords = ({ agent, work: { pause } }: Paused, timeOf: (ms: number) => string): string | null => {
  if (pause === null) return null;
  const { why, until, known } = pause;
  const cause = causeOf(why, agent.length > maxAgentCharacters ? `${agent.slice(0, maxAgentCharacters - 1)}…` : agent);
  if (until === null) return `${cause} until you continue it`;
  return known ? `${cause} until ${timeOf(until)}` : `${cause}, tried again at ${timeOf(until)}`;
};

const maxAgentCharacters = 20;

const causeOf = (why: PauseState['why'], agent: string): string => {
  switch (why) {
    case 'limit':
      return `limit of ${agent}`;
    case 'service':
      return `the service of ${agent} failed`;
    case 'connection':
      return `${agent} lost its connection`;
    case 'flood':
      return `${agent} floods its model: paused`;
    case 'person':
      return 'paused';
  }
};
