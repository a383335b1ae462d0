import { resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';

export type ServeOptions = {
  readonly port?: number;
  readonly background?: boolean;
  readonly debugWire?: string;
  /** Set by the program itself when it starts a runtime in the background. */
  readonly detached?: boolean;
};

/** `serve`: runs the runtime, here or in the background. `writerThread` was loaded while the words were read. */
export const serve = async (
  invocation: Invocation,
  options: ServeOptions,
  writerThread: Worker | null,
): Promise<ExitCode> => {
  const { terminal, directory, json, suggest } = invocation;
  const { port } = options;
  const file = options.debugWire ?? invocation.environment.THROUGHLINE_DEBUG_WIRE;
  const debugWire = file === undefined || file === '' ? undefined : resolve(invocation.workingDirectory, file);
  if (!options.background) {
    // Loaded only here: the other commands start without the runtime's code.
    const { serve: serveHere } = await import('../../serve.ts');
    const foreground = options.detached !== true;
    return (await serveHere({
      dataDirectory: directory.root,
      port,
      debugWire,
      foreground,
      json,
      suggest,
      writerThread,
    })) as ExitCode;
  }
  const { ensureRuntime, thisProgram } = await import('../connect/runtime-process.ts');
  const { findRuntime } = await import('../../client/find-runtime.ts');
  const wasThere = (await findRuntime(directory)) !== null;
  const client = await ensureRuntime(directory, { script: thisProgram(), port, debugWire });
  const { url } = client.endpoint;
  const { pid } = await client.call('health', {});
  if (json) {
    await terminal.writeJson({ url, pid, data: directory.root });
    return exitCodes.done;
  }
  await terminal.writeLine(`The runtime ${wasThere ? 'is already running' : 'runs'} at ${url} (process ${pid}).`);
  await terminal.writeLine(terminal.colours.dim(`Stop it: ${suggest('stop')}`));
  return exitCodes.done;
};
