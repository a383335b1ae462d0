import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { Log } from '../../data/log.ts';
import type { Readers } from '../../threads/readers.ts';
import type { Commands } from './commands.ts';

/**
 * Commands that the log has begun and nobody runs: their runtime died beside them. The log is told that they are lost;
 * their processes were ended as those of a dead runtime's agents are.
 */
export const createSettleLost = (options: {
  readonly readers: Pick<Readers, 'work' | 'dashboard'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly commands: Pick<Commands, 'of'>;
  readonly log: Log;
}) => {
  const { readers, record, commands, log } = options;

  const of = async (id: SessionId): Promise<void> => {
    // What lives is looked at first: one that begins meanwhile is then in neither.
    const live = new Set(commands.of(id));
    const { commands: known } = await readers.work(id);
    for (const { commandId, kind, name, outcome } of known) {
      if (outcome !== null || live.has(commandId) || commands.of(id).includes(commandId)) continue;
      const end = { outcome: 'lost' as const, exitCode: null, signal: null, output: { text: '' } };
      await record(id, fact('command_ended', { commandId, kind, name, ...end }, toTimestamp(Date.now())));
    }
  };

  return {
    /** Those of one session. */
    of,
    /** Those of all, as far as their rows show that there may be any. */
    all: async (): Promise<void> => {
      const { rows } = await readers.dashboard();
      for (const { id, work, restored } of rows) {
        // A setup is part of a run.
        const mayRun = restored || work.tearingDown || Object.values(work.checks).includes('running');
        if (!mayRun) continue;
        await of(id).catch((error) =>
          log.error('a command that was lost was not recorded', { session: id, error: asThroughlineError(error) }),
        );
      }
    },
  };
};
