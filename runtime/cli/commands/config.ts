/** `config`: the settings of a data directory, shown, changed and edited; a file that would be wrong is never written. */
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import { parseConfiguration, readConfiguration } from '../../data/configuration.ts';
import { openDataDirectory, readOwnFile, writeOwnFile } from '../../data/data-directory.ts';
import { settingAt, withSetting } from '../../data/setting-path.ts';
import { askPerson } from '../invocation/ask-person.ts';
import { editText } from '../invocation/edit-text.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { errorLine } from '../invocation/report-error.ts';
import { sanitise } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

const nothingSet = '{}\n';

/** `config path`: where the settings are, or would be. */
export const configPath = async ({ terminal, directory, json }: Invocation): Promise<ExitCode> => {
  if (json) await terminal.writeJson({ path: directory.configuration });
  else await terminal.writeLine(directory.configuration);
  return exitCodes.done;
};

/** `config get [NAME]`: what holds, defaults included. Raises `input.invalid` for a setting that there is not. */
export const configGet = async ({ terminal, directory, json }: Invocation, name?: string): Promise<ExitCode> => {
  const whole = readConfiguration(directory);
  const value = name === undefined ? whole : settingAt(whole, name);
  if (value === undefined) {
    throw new ThroughlineError('input.invalid', `the setting ${name} is not set`, {
      hint: `what is set: ${Object.keys(whole).join(', ')}`,
    });
  }
  if (json) await terminal.writeJson(value);
  else await terminal.writeLine(sanitise(typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
  return exitCodes.done;
};

/** `config set NAME VALUE`: VALUE is JSON, and where it is none a text; without one the default holds again. */
export const configSet = async (invocation: Invocation, name: string, value: string | undefined): Promise<ExitCode> => {
  const { directory } = invocation;
  const text = readOwnFile(directory.configuration, { secret: false }) ?? nothingSet;
  // What is there is not made worse: a file that is wrong is to be mended first.
  parseConfiguration(text, directory.configuration);
  const next = withSetting(JSON.parse(text), name, value === undefined ? undefined : meant(value));
  const whole = `${JSON.stringify(next, null, 2)}\n`;
  requireRight(whole, 'config.json would be wrong');
  return keep(invocation, whole);
};

/** `config edit`: the file in the person's editor. */
export const configEdit = async (invocation: Invocation): Promise<ExitCode> => {
  const { directory, terminal, suggest } = invocation;
  const before = readOwnFile(directory.configuration, { secret: false }) ?? nothingSet;
  const otherwise = `set one by one: ${suggest('config', 'set', 'NAME', 'VALUE')}`;
  const edit = (text: string): Promise<string> => editText(invocation, { name: 'config.json', text, otherwise });
  for (let text = await edit(before); text !== before; text = await edit(text)) {
    try {
      requireRight(text, 'what you wrote');
      return await keep(invocation, text);
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      if (error.code !== 'input.invalid') throw error;
      terminal.stderr.write(`${errorLine(error)}\n`);
      // What was written is worth more than a new beginning.
      const [typed = ''] = await askPerson(terminal, ['Edit it again? (y/n) ']);
      if (!/^y(?:es)?$/i.test(typed.trim()))
        throw new ThroughlineError('input.invalid', 'the settings are as they were');
    }
  }
  await terminal.writeLine('Nothing was changed.');
  return exitCodes.done;
};

/** Raises `input.invalid`, naming the setting that is wrong. */
const requireRight = (text: string, what: string): void => {
  try {
    parseConfiguration(text, what);
  } catch (thrown) {
    const { code, message } = asThroughlineError(thrown);
    throw new ThroughlineError(code, message, { hint: 'nothing was written', cause: thrown });
  }
};

/** Writes settings that are right, and says what a running runtime has taken up. */
const keep = async (invocation: Invocation, text: string): Promise<ExitCode> => {
  const directory = openDataDirectory(invocation.directory.root);
  writeOwnFile(directory.configuration, text);
  const client = await findRuntime(directory);
  const news = client === null ? null : await client.call('takeUpSettings', { body: {} });
  const { terminal, json, suggest } = invocation;
  if (json) {
    await terminal.writeJson({
      path: directory.configuration,
      running: news !== null,
      ...(news ?? { taken: [], restart: [] }),
    });
    return exitCodes.done;
  }
  await terminal.writeLine(`Written to ${directory.configuration}.`);
  if (news === null) return exitCodes.done;
  if (news.taken.length > 0) await terminal.writeLine(`Holds from now on: ${news.taken.join(', ')}.`);
  if (news.restart.length > 0) {
    const needed = `Holds after a restart: ${news.restart.join(', ')}. Do it with ${suggest('restart')}; sessions that run come back as restored.`;
    for (const line of wrap(needed, terminal.columns)) await terminal.writeLine(line);
  }
  return exitCodes.done;
};

/** JSON where it is, else the text itself: `10`, `true` and `{"a":1}` need no quotes, and neither does `vim`. */
const meant = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};
