/**
 * What an agent says that stands until it says otherwise: its title, its commands, its figures. Agents repeat such
 * things with every turn and every piece; only what has changed is a fact.
 */
import { hashOfText } from '../../model/run/item-marks.ts';
import { jsonOf } from '../../model/run/stored-text.ts';

export type Standing = ReturnType<typeof createStanding>;

export const createStanding = () => {
  const last = new Map<string, string>();
  return {
    /** Whether this is not what was said last under this name; from now on it is. */
    changes: (name: string, said: unknown): boolean => {
      const hash = hashOfText(jsonOf(said) ?? '');
      if (last.get(name) === hash) return false;
      last.set(name, hash);
      return true;
    },
    /** What the log has of it, by hashes: nothing that was said since then is forgotten. */
    recall: (hashes: Readonly<Record<string, string>>): void => {
      for (const [name, hash] of Object.entries(hashes)) if (!last.has(name)) last.set(name, hash);
    },
  };
};
