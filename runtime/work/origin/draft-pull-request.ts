import { redactSecrets } from '../../../actors/protocol/facts/redact.ts';

type DraftFrom = {
  /** The session's name and its first prompt. */
  readonly name: string;
  readonly prompt: string;
  /** The commits of the branch, the oldest first. */
  readonly commits: readonly { readonly subject: string; readonly body: string }[];
};

const titleCharacters = 72;
const maxCommits = 50;
const maxBodyCharacters = 10_000;

/**
 * What a pull request would say: of one commit its own words; of several what was asked for, and their list. What looks
 * like a secret is taken out, for others will read it.
 */
export const draftPullRequest = (from: DraftFrom): { readonly title: string; readonly body: string } => {
  const { commits, name } = from;
  const prompt = from.prompt.trim();
  const [only] = commits;
  const firstLine = prompt.split('\n').find((line) => line.trim() !== '') ?? name;
  const words =
    only !== undefined && commits.length === 1
      ? { title: only.subject, body: withoutTrailers(only.body) || prompt }
      : { title: firstLine, body: [prompt, listOf(commits)].filter((part) => part !== '').join('\n\n') };
  const title = redactSecrets(words.title).replace(/\s+/g, ' ').trim() || name;
  return { title: shortened(title), body: redactSecrets(words.body).slice(0, maxBodyCharacters) };
};

const listOf = (commits: DraftFrom['commits']): string => {
  const listed = commits.slice(0, maxCommits).map(({ subject }) => `- ${subject}`);
  const more = commits.length - listed.length;
  return [...listed, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
};

/** They are for git, not for who reads it. */
const withoutTrailers = (body: string): string => {
  const lines = body.trimEnd().split('\n');
  const end = lines.findLastIndex((line) => !/^[A-Za-z-]+: /.test(line));
  return lines
    .slice(0, end + 1)
    .join('\n')
    .trim();
};

/** Cut where a word ends. */
const shortened = (title: string): string => {
  if (title.length <= titleCharacters) return title;
  const cut = title.slice(0, titleCharacters);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), titleCharacters / 2)).trimEnd()}…`;
};
