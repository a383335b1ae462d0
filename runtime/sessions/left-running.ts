/**
 * What an interrupted turn left running: processes of the agent's that began in the turn, carry the session's mark and
 * are still there a moment after it ended. They are recorded, and ended when somebody asks for it, and with the session.
 * What the agent had running before the turn are its own helpers, and none of these. Only Linux tells of marks.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import { type Ordinal, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import { isTheSame, type MarkedProcess } from '../processes/orphans.ts';

export type LeftRunningOptions = {
  /** Finds the processes that carry the session's mark. */
  readonly find: () => Promise<readonly MarkedProcess[]>;
  /** Ends those of them that still are the same, with what descends from them; gives how many. */
  readonly end: (processes: readonly MarkedProcess[]) => Promise<number>;
  readonly record: (fact: LedgerFact) => Promise<void>;
  /** Looks after work that goes on by itself. */
  readonly follow: (work: Promise<unknown>) => void;
};

/** An agent that has cancelled its turn may still be ending what ran in it. */
const settleMs = 1_000;
const lookAgainEveryMs = 5_000;
const maxListed = 100;
const maxCommandCharacters = 200;

export const createLeftRunning = ({ find, end, record, follow }: LeftRunningOptions) => {
  let before: ReadonlySet<number> | null = null;
  let left: readonly MarkedProcess[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const say = (next: LedgerFact): Promise<void> => record(next).catch(() => {});

  const lookAgainLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => follow(lookAgain()), lookAgainEveryMs);
    timer.unref();
  };

  const look = async (run: Ordinal, earlier: ReadonlySet<number>, at: ReadonlySet<number>): Promise<void> => {
    const found = (await find()).filter(({ pid }) => at.has(pid) && !earlier.has(pid));
    if (closed) return;
    const known = new Set(left.map(({ pid }) => pid));
    const all = [...left.filter(isTheSame), ...found.filter(({ pid }) => !known.has(pid))];
    left = all;
    if (found.length > 0) {
      const processes = all.slice(0, maxListed).map((each) => ({ ...each, command: commandOf(each.pid) }));
      await say(fact('left_running', { run, processes }, toTimestamp(Date.now())));
    }
    if (all.length > 0) lookAgainLater();
  };

  /** They may end by themselves. */
  const lookAgain = async (): Promise<void> => {
    if (closed || left.length === 0) return;
    if (left.some(isTheSame)) lookAgainLater();
    else await endAll();
  };

  const endAll = async (): Promise<number> => {
    const ending = left;
    // Taken at once: whoever asks meanwhile has nothing to end.
    left = [];
    if (ending.length === 0) return 0;
    const processes = await end(ending);
    await say(fact('left_running_ended', { processes }, toTimestamp(Date.now())));
    return processes;
  };

  return {
    /** The prompt goes to the agent. */
    turnBegins: (): void => {
      before = pidsNow();
    },

    turnEnded: (run: Ordinal, isInterrupted: boolean): void => {
      const earlier = before;
      before = null;
      // What another turn begins from here on is that one's.
      const at = isInterrupted ? pidsNow() : null;
      if (earlier === null || at === null) return;
      setTimeout(() => closed || follow(look(run, earlier, at)), settleMs).unref();
    },

    /** Ends what was left, and records that; gives how many processes were ended. */
    end: endAll,

    /** The same when the session ends, after which nothing is looked for any more. */
    close: async (): Promise<void> => {
      closed = true;
      clearTimeout(timer);
      await endAll();
    },
  };
};

/** Every process there is, where the system tells: one look at a folder, so that no turn has to wait for it. */
const pidsNow = (): ReadonlySet<number> | null => {
  try {
    return process.platform === 'linux' ? new Set(readdirSync('/proc').filter(isNumber).map(Number)) : null;
  } catch {
    return null;
  }
};

const isNumber = (name: string): boolean => /^\d+$/u.test(name);

const commandOf = (pid: number): string => {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return words.slice(0, maxCommandCharacters);
  } catch {
    return '';
  }
};
