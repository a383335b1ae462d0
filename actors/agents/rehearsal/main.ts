import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import { createAgent } from './agent.ts';
import { builtInScript, isRehearsalScript } from './built-in.ts';
import { rehearsalScripts } from './scripts/scripts.ts';
import { privateStateFolder } from './stage/conversation.ts';
import { readScriptFile, type Script } from './stage/script.ts';
import { createWire } from './stage/wire.ts';

const usage = `usage: rehearsal [--script NAME|FILE.json] [--state DIR]; scripts: ${Object.keys(rehearsalScripts).join(', ')}`;

const refuse = (message: string): never => {
  process.stderr.write(`rehearsal: ${message}\n`);
  process.exit(2);
};

const scriptCalled = (name: string): Script => {
  if (isRehearsalScript(name)) return builtInScript(name);
  if (name.endsWith('.json')) return readScriptFile(resolve(name));
  const known = Object.keys(rehearsalScripts).join(', ');
  throw new ThroughlineError('agent.script_invalid', `there is no script called ${name}; built in are ${known}`);
};

const stateFolderAt = (path: string): string => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return resolve(path);
};

const settingsFrom = (args: readonly string[]): { script: Script; stateFolder: string } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { script: { type: 'string', default: 'default' }, state: { type: 'string' } },
    });
    const stateFolder = values.state === undefined ? privateStateFolder() : stateFolderAt(values.state);
    return { script: scriptCalled(values.script), stateFolder };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return refuse(thrown instanceof ThroughlineError ? message : `${message}; ${usage}`);
  }
};

const { script, stateFolder } = settingsFrom(process.argv.slice(2));
const wire = createWire(process.stdout);
const agent = createAgent({
  script,
  stateFolder,
  wire,
  now: () => new Date(),
  exit: (code, lastWords) => process.stderr.write(lastWords, () => process.exit(code)),
});

// Without a client every turn is over, and a process that has nothing left to do ends by itself. A script that plays a
// stubborn agent keeps itself alive.
process.stdout.on('error', agent.cancelAll);
process.stderr.on('error', () => {});
await wire.listen(process.stdin, agent);
agent.cancelAll();
