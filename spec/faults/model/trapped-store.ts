/** A store whose transactions go wrong where they are told to: the thread dies there, or the disk refuses. */
import type { Database } from '../../../actors/store/file/sqlite.ts';

/** What goes wrong in the next commit, and where. */
export type Trap = 'crash before' | 'crash after' | 'disk before' | 'disk at commit' | 'disk at commit and after';

/** The death of the thread, which nobody catches but who simulates it. */
export class Crash extends Error {}

const diskFault = (): Error => Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });

/** The database with a trap at its transactions. */
export const trapped = (database: Database, trap: () => Trap | null): Database =>
  new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') {
        return (source: string) => trapStatement(target.prepare(source), source, trap);
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

const trapStatement = (statement: ReturnType<Database['prepare']>, source: string, trap: () => Trap | null) =>
  new Proxy(statement, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (
        name === 'get' &&
        /FROM session_events ORDER BY position DESC/.test(source) &&
        trap() === 'disk at commit and after'
      ) {
        return (): unknown => {
          throw diskFault();
        };
      }
      if (name !== 'run') return typeof value === 'function' ? value.bind(target) : value;
      return (...parameters: unknown[]): unknown => {
        const wrong = trap();
        if (wrong === 'disk before' && source.startsWith('UPDATE sessions')) throw diskFault();
        if (source === 'COMMIT' && wrong === 'crash before') throw new Crash();
        if (source === 'COMMIT' && wrong?.startsWith('disk at commit')) throw diskFault();
        const result: unknown = Reflect.apply(target.run, target, parameters);
        if (source === 'COMMIT' && wrong === 'crash after') throw new Crash();
        return result;
      };
    },
  });
