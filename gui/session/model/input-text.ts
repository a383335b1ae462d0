import { fieldsOf, textIn } from './payload.ts';
import { jsonText } from './quiet-text.ts';

/** What a tool is called with: a command as it is, anything else as JSON. */
export const inputText = (input: unknown): string =>
  typeof input === 'string' ? input : (textIn(fieldsOf(input), 'command') ?? jsonText(input, 2));
