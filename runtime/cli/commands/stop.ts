import { stopRuntime } from '../connect/stop-runtime.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';

/** `stop`: stops the runtime and waits until it has gone. */
export const stop = async ({ terminal, directory, json }: Invocation): Promise<ExitCode> => {
  const wasRunning = await stopRuntime(directory);
  if (json) await terminal.writeJson({ ok: true, wasRunning });
  else await terminal.writeLine(wasRunning ? 'The runtime has stopped.' : 'No runtime is running.');
  return exitCodes.done;
};
