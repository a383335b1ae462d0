import { Worker } from 'node:worker_threads';
import { threadArguments, threadEntry } from './thread-entries.ts';

/** Starts a thread that loads the writer's program and waits to be told what to open. */
export const loadWriterThread = (): Worker => new Worker(threadEntry('writer'), { execArgv: threadArguments });
