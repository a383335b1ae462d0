// JSON.stringify escapes ESC and its kin, but not C1 controls, which some terminals obey, nor what turns text around.
const unsafeInTerminal = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * One line of JSON that parses to exactly `value` and is safe to look at in a terminal.
 * @example
 * jsonLine({ name: 'a\u202eb' }) // => '{"name":"a\\u202eb"}'
 */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    unsafeInTerminal,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
