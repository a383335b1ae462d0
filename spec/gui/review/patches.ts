/** Patches as git writes them, and texts to make them of. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { temporaryFolder } from '../../support/temporary.ts';

export type MakePatch = (before: string, after: string, context: number) => string;

/** Git's own diff of two texts, in a folder of its own. */
export const patchMaker = (): MakePatch => {
  const cwd = temporaryFolder('patches');
  return (before, after, context) => {
    writeFileSync(join(cwd, 'before'), before);
    writeFileSync(join(cwd, 'after'), after);
    const words = ['diff', '--no-index', '--no-color', '--no-ext-diff', `-U${context}`, 'before', 'after'];
    return spawnSync('git', words, { cwd, encoding: 'utf8' }).stdout;
  };
};

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '  d', '\t'), { maxLength: 60 });

/** Two texts of few words, so that they have lines in common; with or without a line end at the end. */
export const twoTexts = fc
  .record({ before: lines, after: lines, isEnded: fc.tuple(fc.boolean(), fc.boolean()) })
  .map(({ before, after, isEnded }) => ({
    before: before.join('\n') + (isEnded[0] && before.length > 0 ? '\n' : ''),
    after: after.join('\n') + (isEnded[1] && after.length > 0 ? '\n' : ''),
  }));
