/** Threads of the bench: bundled first, as the program's own are, and asked one question at a time. */
import { fileURLToPath } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';
import { build } from 'esbuild';

const entries = {
  session: fileURLToPath(new URL('./threads/session-thread.ts', import.meta.url)),
  raw: fileURLToPath(new URL('./threads/raw-thread.ts', import.meta.url)),
};

/** Bundles the threads' entries into a folder. */
export const bundleThreads = async (folder: string): Promise<void> => {
  await build({
    entryPoints: entries,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
};

export type BenchThread<Request, Answer> = {
  readonly ask: (request: Request, transfer?: readonly Transferable[]) => Promise<Answer>;
  readonly end: () => Promise<void>;
};

export const startThread = <Request, Answer>(
  folder: string,
  name: keyof typeof entries,
): BenchThread<Request, Answer> => {
  const worker = new Worker(`${folder}/${name}.mjs`);
  return {
    ask: (request, transfer = []) =>
      new Promise((resolve, reject) => {
        const settle = (answer: Answer): void => {
          worker.off('error', reject);
          resolve(answer);
        };
        worker.once('message', settle);
        worker.once('error', reject);
        worker.postMessage(request, [...transfer]);
      }),
    end: async () => {
      await worker.terminate();
    },
  };
};
