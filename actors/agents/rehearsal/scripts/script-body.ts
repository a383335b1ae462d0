import type { ScriptInput } from '../stage/script.ts';

/** A built-in script without its name and description, which scripts.ts holds. */
export type ScriptBody = Omit<ScriptInput, 'name' | 'description'>;
