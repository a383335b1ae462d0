import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { stopRuntime } from '../connect/stop-runtime.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';

/** `restart`: stops the runtime and starts it again in the background, which takes the port it had if that is free. */
export const restart = async (invocation: Invocation): Promise<ExitCode> => {
  const { terminal, directory, json, suggest } = invocation;
  const wasRunning = await stopRuntime(directory);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { url } = client.endpoint;
  const { pid } = await client.call('health', {});
  if (json) {
    await terminal.writeJson({ url, pid, data: directory.root, wasRunning });
    return exitCodes.done;
  }
  await terminal.writeLine(`The runtime ${wasRunning ? 'runs again' : 'runs'} at ${url} (process ${pid}).`);
  await terminal.writeLine(terminal.colours.dim(`Go on with what was at work: ${suggest('resume', '--all')}`));
  return exitCodes.done;
};
