import type { ScriptInput } from '../script.ts';

/** A built-in script without its name and description, which scripts.ts holds. */
export type ScriptBody = Omit<ScriptInput, 'name' | 'description'>;
