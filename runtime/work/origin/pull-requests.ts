/** The pull request of a branch, by `gh`: found, made, and asked what its checks and reviewers say. */
import * as z from 'zod';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Feedback } from '../../../actors/protocol/gateway/origin-routes.ts';
import {
  feedbackOf,
  jobOf,
  type ListedPullRequest,
  listedPullRequest,
  pullRequestFields,
  threadsAnswer,
  threadsQuery,
} from './read-pull-request.ts';
import { type Gh, ghFailure } from './run-gh.ts';

/** Where a request is made, and the branch it is made of. */
export type PullRequestPlace = {
  readonly host: string;
  /** `OWNER/NAME` of the repository it is made in, and of the one that has the branch. */
  readonly into: string;
  readonly from: string;
  readonly branch: string;
};

export type PullRequests = {
  /** The open request of the branch, else its last one; null where there is none. `known`: the number of one that was. */
  readonly find: (place: PullRequestPlace, known: number | null) => Promise<ListedPullRequest | null>;
  /** Makes one. Where there is one already, that is fine. */
  readonly create: (place: PullRequestPlace, words: NewRequest) => Promise<void>;
  readonly feedback: (place: PullRequestPlace, listed: ListedPullRequest) => Promise<readonly Feedback[]>;
  /** The end of what a failed check wrote; empty where gh has no log of it. */
  readonly outputOf: (place: PullRequestPlace, check: Feedback) => Promise<string>;
};

export type NewRequest = {
  readonly title: string;
  readonly body: string;
  readonly base: string | null;
  readonly draft: boolean;
};

const maxListed = 30;
const maxOutputCharacters = 100_000;

/** All raise what `gh` raises, and `pull_request.failed` for an answer of it that cannot be read. */
export const createPullRequests = (gh: Gh): PullRequests => {
  const asked = async <Answer>(what: string, argv: readonly string[], schema: z.ZodType<Answer>): Promise<Answer> => {
    const outcome = await gh(argv);
    if (outcome.exitCode !== 0) throw ghFailure(what, outcome);
    return readAnswer(what, outcome.stdout, schema);
  };
  const fields = pullRequestFields.join(',');
  const where = ({ host, into }: PullRequestPlace): string[] => ['--repo', `${host}/${into}`];

  return {
    find: async (place, known) => {
      const what = `the pull request of ${place.branch} could not be looked for`;
      const listed = await asked(
        what,
        [
          'pr',
          'list',
          ...where(place),
          `--head=${place.branch}`,
          '--state=all',
          `--limit=${maxListed}`,
          '--json',
          fields,
        ],
        z.array(listedPullRequest),
      );
      // Others' forks have branches of the same name.
      const owner = ownerOf(place.from);
      const own = listed.filter((each) => each.headRepositoryOwner?.login.toLowerCase() === owner);
      return own.find(isOpen) ?? own.find(({ number }) => number === known) ?? own[0] ?? null;
    },
    create: async (place, { title, body, base, draft }) => {
      const head = place.from === place.into ? place.branch : `${ownerOf(place.from)}:${place.branch}`;
      const argv = ['pr', 'create', ...where(place), `--head=${head}`, `--title=${title}`, '--body-file=-'];
      const outcome = await gh([...argv, ...(base === null ? [] : [`--base=${base}`]), ...(draft ? ['--draft'] : [])], {
        input: body,
      });
      if (outcome.exitCode === 0 || /already exists/.test(outcome.stderr)) return;
      throw ghFailure(`no pull request was made of ${place.branch}`, outcome);
    },
    feedback: async (place, listed) => {
      const [owner, name] = place.into.split('/');
      const argv = ['api', 'graphql', '--hostname', place.host, '-f', `query=${threadsQuery}`];
      const variables = ['-f', `owner=${owner}`, '-f', `name=${name}`, '-F', `number=${listed.number}`];
      const threads = await asked(
        `the comments on #${listed.number} could not be read`,
        [...argv, ...variables],
        threadsAnswer,
      );
      return feedbackOf(listed, threads);
    },
    outputOf: async (place, check) => {
      const job = jobOf(check);
      if (job === null) return '';
      const outcome = await gh(['run', 'view', ...where(place), `--job=${job}`, '--log-failed'], { keepsEnd: true });
      // A log that is gone, or not written yet, is no reason to say nothing of the check.
      return outcome.exitCode === 0 ? outcome.stdout.slice(-maxOutputCharacters).replace(logColumns, '') : '';
    },
  };
};

/** What gh writes before each line of a log: the job, its step, when it was. */
const logColumns = /^[^\t\n]*\t[^\t\n]*\t\uFEFF?(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?/gm;

const isOpen = ({ state }: ListedPullRequest): boolean => state.toUpperCase() === 'OPEN';

const ownerOf = (repository: string): string => (repository.split('/')[0] ?? '').toLowerCase();

const readAnswer = <Answer>(what: string, text: string, schema: z.ZodType<Answer>): Answer => {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ThroughlineError('pull_request.failed', `${what}: the answer of gh cannot be read`, {
      hint: 'a newer gh may help: its version is said by gh --version',
      cause,
    });
  }
};
