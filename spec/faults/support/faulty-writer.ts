/**
 * The writer's own thread with a fault in it: at a COMMIT, so that it dies in the middle of a batch. What comes after it
 * is the ordinary one.
 */
import { workerData } from 'node:worker_threads';
import type { Database } from '../../../actors/store/file/sqlite.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';

export type WriterFault = {
  readonly fault: 'throws' | 'runs out of memory' | 'exits';
  /** Which COMMIT it is, from 1, and whether it is carried out first. */
  readonly commit: number;
  readonly when: 'before' | 'after';
};

const { fault, commit, when } = workerData as WriterFault;
let commits = 0;

const strike = (): void => {
  switch (fault) {
    case 'throws':
      throw new TypeError('a fault that was put in on purpose');
    case 'exits':
      process.exit(7);
      break;
    case 'runs out of memory': {
      const kept: unknown[] = [];
      for (;;) kept.push(new Array(100_000).fill(kept.length));
    }
  }
};

const prepare = Sqlite.prototype.prepare;
Sqlite.prototype.prepare = function prepareWithFault(this: Database, source: string) {
  const statement = prepare.call(this, source);
  if (source !== 'COMMIT') return statement;
  const run = statement.run.bind(statement);
  statement.run = (...parameters: unknown[]): ReturnType<typeof run> => {
    commits += 1;
    if (commits === commit && when === 'before') strike();
    const result = Reflect.apply(run, statement, parameters) as ReturnType<typeof run>;
    if (commits === commit && when === 'after') strike();
    return result;
  };
  return statement;
} as typeof prepare;

await import('../../../actors/writer/thread.ts');
