import { fieldsOf, textIn } from './payload.ts';
import { jsonText } from './quiet-text.ts';

/**
 * What a tool is called with: a command as it is; fields with texts of several lines one below the other, so that what
 * is asked for can be read; anything else as JSON.
 */
export const inputText = (input: unknown): string => {
  if (typeof input === 'string') return input;
  const fields = fieldsOf(input);
  const command = textIn(fields, 'command');
  if (command !== null) return command;
  const hasLines = Object.values(fields).some((value) => typeof value === 'string' && value.trim().includes('\n'));
  return hasLines ? Object.entries(fields).map(fieldText).join('\n') : jsonText(input, 2);
};

/** Indented, so that a text cannot look like another field. */
const fieldText = ([name, value]: readonly [string, unknown]): string => {
  const text = typeof value === 'string' ? value.trimEnd() : jsonText(value, 2);
  return text.includes('\n') ? `${name}:\n${text.replace(/^/gmu, '  ')}` : `${name}: ${text}`;
};
