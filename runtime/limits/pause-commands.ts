/** What a person does to a session's pause: begins one, moves its end, ends it. */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, type Timestamp, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import { notPaused } from '../../actors/protocol/facts/not-paused.ts';
import type { Lifecycles } from '../sessions/lifecycles.ts';
import type { Runs } from '../sessions/runs.ts';
import type { SessionHosts } from '../sessions/session-hosts.ts';
import type { Readers } from '../threads/readers.ts';
import type { PauseCommands } from '../work/offered/pause-commands.ts';
import type { GoingOn } from './going-on.ts';

export type PauseCommandsOptions = {
  readonly readers: Pick<Readers, 'handle'>;
  readonly hosts: Pick<SessionHosts, 'get' | 'isLive'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly lifecycle: Lifecycles['begin'];
  readonly runs: Pick<Runs, 'resumePaused'>;
  readonly goingOn: () => Pick<GoingOn, 'moved' | 'left'>;
};

const now = (): Timestamp => toTimestamp(Date.now());

export const createPauseCommands = (options: PauseCommandsOptions) => {
  const { readers, hosts, record, lifecycle, runs } = options;

  const move = async (id: SessionId, until: number | null): Promise<void> => {
    await record(id, fact('pause_moved', { until }, now()));
    options.goingOn().moved(id, until);
  };

  /** Has it go on, if it is paused; says whether it was. */
  const goOn = async (id: SessionId, by: 'time' | 'person'): Promise<boolean> => {
    const host = hosts.get(id);
    if (host === undefined || !hosts.isLive(id)) return (await runs.resumePaused(id)) !== null;
    await lifecycle(id, 'continue', () => host.goOn(by));
    return true;
  };

  const commands: PauseCommands = {
    pause: async (id, { until = null }) => {
      const { state } = await readers.handle(id);
      if (state.work.pause !== null) return move(id, until);
      const host = hosts.get(id);
      if (host === undefined || !hosts.isLive(id)) {
        throw new ThroughlineError('session.not_running', 'no run of this session is under way');
      }
      await lifecycle(id, 'pause', () => host.pause(until));
    },
    continue: async (id, { at }) => {
      const { state } = await readers.handle(id);
      if (state.work.pause === null) throw notPaused();
      if (at !== undefined) return move(id, at);
      if (!(await goOn(id, 'person'))) throw notPaused();
      options.goingOn().left(id);
    },
  };

  return { commands, goOn: (id: SessionId) => goOn(id, 'time') };
};
