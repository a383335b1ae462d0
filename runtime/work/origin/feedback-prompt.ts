import type { Feedback } from '../../../actors/protocol/gateway/origin-routes.ts';
import { failedCheckPrompt } from '../commands/failed-check-prompt.ts';

/**
 * The prompt that brings an agent what a pull request's checks and reviewers say. What others wrote is quoted: it is
 * theirs, and no word of the person's.
 */
export const feedbackPrompt = (all: readonly Feedback[], outputs: ReadonlyMap<string, string>): string => {
  const checks = all.filter(({ kind }) => kind === 'check');
  const said = all.filter(({ kind }) => kind !== 'check');
  const ofChecks = checks.map(({ id, from, text, url }) => ({
    name: from,
    command: null,
    how: `of the pull request ended with ${text}`,
    output: outputs.get(id) ?? (url === null ? '' : `see ${url}`),
  }));
  const parts = [
    ...(checks.length === 0 ? [] : [failedCheckPrompt(ofChecks)]),
    ...(said.length === 0
      ? []
      : [
          `${said.length === 1 ? 'A reviewer' : 'Reviewers'} of the pull request said this. Answer each by a change, or say why not.`,
          ...said.map(quoted),
        ]),
  ];
  return parts.join('\n\n');
};

const quoted = ({ from, text, path, line }: Feedback): string => {
  const where = path === null ? '' : ` on ${oneLine(path)}${line === null ? '' : `, line ${line}`}`;
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  return [`${oneLine(from)}${where}:`, ...lines.map((each) => `> ${each}`)].join('\n');
};

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
