/** What `gh` says of a pull request, read: its state, and what its checks and reviewers have to say. Pure. */
import * as z from 'zod';
import type { PullRequestState } from '../../../actors/protocol/facts/work-events.ts';
import type { Feedback } from '../../../actors/protocol/gateway/origin-routes.ts';

/** The fields that `gh pr list --json` and `gh pr view --json` are asked for. */
export const pullRequestFields = [
  'number',
  'url',
  'title',
  'state',
  'isDraft',
  'isCrossRepository',
  'headRefName',
  'headRepositoryOwner',
  'reviewDecision',
  'statusCheckRollup',
  'reviews',
  'comments',
] as const;

const word = z.string().nullish();
const author = z.looseObject({ login: z.string() }).nullish();

/** A run of a check (`status`, `conclusion`), or a status that somebody set (`state`). */
const check = z.looseObject({
  name: word,
  context: word,
  workflowName: word,
  status: word,
  conclusion: word,
  state: word,
  detailsUrl: word,
  targetUrl: word,
});

export const listedPullRequest = z.looseObject({
  number: z.number().int().min(1),
  url: z.string(),
  title: z.string(),
  state: z.string(),
  isDraft: z.boolean().default(false),
  isCrossRepository: z.boolean().default(false),
  headRepositoryOwner: author,
  reviewDecision: word,
  statusCheckRollup: z.array(check).nullish(),
  reviews: z.array(z.looseObject({ id: word, author, state: word, body: word })).nullish(),
  comments: z.array(z.looseObject({ id: word, author, body: word, url: word })).nullish(),
});
export type ListedPullRequest = z.infer<typeof listedPullRequest>;

type Check = z.infer<typeof check>;

/** The threads of reviewers on lines, as `gh api graphql` gives them for this question. */
export const threadsQuery =
  'query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){pullRequest(number:$number){' +
  'reviewThreads(first:100){nodes{id isResolved path line originalLine comments(first:20){nodes{author{login} body url}}}}}}}';

export const threadsAnswer = z.looseObject({
  data: z.looseObject({
    repository: z.looseObject({
      pullRequest: z.looseObject({
        reviewThreads: z.looseObject({
          nodes: z.array(
            z.looseObject({
              id: z.string(),
              isResolved: z.boolean(),
              path: z.string(),
              line: z.number().int().nullish(),
              originalLine: z.number().int().nullish(),
              comments: z.looseObject({ nodes: z.array(z.looseObject({ author, body: word, url: word })) }),
            }),
          ),
        }),
      }),
    }),
  }),
});

const maxTextCharacters = 4_000;
const maxTitleCharacters = 300;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** Only addresses of the web are shown as such. */
const webAddress = (url: string | null | undefined): string | null =>
  url != null && url.length <= 2_000 && /^https:\/\/[^\s]+$/.test(url) ? url : null;

const standingOf = ({ status, conclusion, state }: Check): 'passed' | 'failed' | 'pending' => {
  if (state) return /^(?:PENDING|EXPECTED)$/.test(state) ? 'pending' : state === 'SUCCESS' ? 'passed' : 'failed';
  if (status !== 'COMPLETED') return 'pending';
  return /^(?:SUCCESS|NEUTRAL|SKIPPED)$/.test(conclusion ?? '') ? 'passed' : 'failed';
};

/** Raises nothing: a state that is not known reads as open. */
export const stateOfPullRequest = (listed: ListedPullRequest): PullRequestState => {
  const standings = (listed.statusCheckRollup ?? []).map(standingOf);
  const count = (standing: string): number => standings.filter((each) => each === standing).length;
  const state = listed.state.toUpperCase();
  return {
    number: listed.number,
    url: webAddress(listed.url) ?? '',
    title: cut(listed.title, maxTitleCharacters),
    state: state === 'MERGED' ? 'merged' : state === 'CLOSED' ? 'closed' : listed.isDraft ? 'draft' : 'open',
    checks: { passed: count('passed'), failed: count('failed'), pending: count('pending') },
    review: listed.reviewDecision ? cut(listed.reviewDecision.toLowerCase(), 50) : null,
  };
};

/** What can be sent to the agent: failed checks first, then what reviewers said and have not taken for resolved. */
export const feedbackOf = (listed: ListedPullRequest, threads: z.infer<typeof threadsAnswer> | null): Feedback[] => {
  const checks = (listed.statusCheckRollup ?? []).filter((each) => standingOf(each) === 'failed').map(checkFeedback);
  const onLines = (threads?.data.repository.pullRequest.reviewThreads.nodes ?? [])
    .filter(({ isResolved }) => !isResolved)
    .map(
      ({ id, path, line, originalLine, comments }): Feedback => ({
        id: `comment:${id}`,
        kind: 'comment',
        from: comments.nodes[0]?.author?.login ?? 'somebody',
        text: cut(
          comments.nodes
            .map(({ author: by, body }, index) => (index === 0 ? (body ?? '') : `${by?.login ?? '?'}: ${body ?? ''}`))
            .join('\n\n'),
          maxTextCharacters,
        ),
        path: cut(path, 1_000),
        line: line ?? originalLine ?? null,
        url: webAddress(comments.nodes[0]?.url),
      }),
    );
  const reviews = (listed.reviews ?? []).filter(({ body }) => (body ?? '').trim() !== '').map(said('review'));
  const comments = (listed.comments ?? []).filter(({ body }) => (body ?? '').trim() !== '').map(said('comment'));
  return [...checks, ...onLines, ...reviews, ...comments];
};

const checkFeedback = (each: Check): Feedback => {
  const name = [each.workflowName, each.name ?? each.context].filter((part) => part).join(' / ') || 'a check';
  return {
    id: `check:${cut(name, 400)}`,
    kind: 'check',
    from: cut(name, 200),
    text: cut((each.state || each.conclusion || 'failed').toLowerCase().replaceAll('_', ' '), 100),
    path: null,
    line: null,
    url: webAddress(each.detailsUrl ?? each.targetUrl),
  };
};

const said =
  (kind: 'review' | 'comment') =>
  (
    one: { readonly id?: string | null | undefined; readonly author?: { login: string } | null | undefined } & {
      readonly body?: string | null | undefined;
      readonly url?: unknown;
    },
    index: number,
  ): Feedback => ({
    id: `${kind}:${one.id || index}`,
    kind,
    from: cut(one.author?.login ?? 'somebody', 200),
    text: cut(one.body ?? '', maxTextCharacters),
    path: null,
    line: null,
    url: typeof one.url === 'string' ? webAddress(one.url) : null,
  });

/** The job of GitHub's own Actions that a failed check is, by its address: of it there is a log. */
export const jobOf = ({ kind, url }: Feedback): string | null =>
  kind === 'check' ? (/\/actions\/runs\/\d+\/jobs?\/(\d+)/.exec(url ?? '')?.[1] ?? null) : null;
