// @ts-nocheck: it reads whatever a test has put into the file
// Stands in for `gh` as its manual has it: flags, fields, exit codes (1 failed, 4 not logged in), what goes to which
// stream. GitHub is a JSON file, named by GH_STAND_IN: {loggedIn, repositories: {"HOST/OWNER/NAME": {pulls, branches}}}.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.GH_STAND_IN;
const gitHub = JSON.parse(readFileSync(file, 'utf8'));
const words = process.argv.slice(2);
gitHub.calls = [...(gitHub.calls ?? []), { words, cwd: process.cwd() }];
const save = () => writeFileSync(file, JSON.stringify(gitHub));
save();

const fail = (message, exitCode = 1) => {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
};

const known = {
  'pr list': ['repo', 'head', 'base', 'state', 'limit', 'json'],
  'pr create': ['repo', 'head', 'base', 'title', 'body', 'body-file', 'draft'],
  'run view': ['repo', 'job', 'log-failed'],
  'api graphql': ['hostname'],
};
const switches = new Set(['draft', 'log-failed']);
const fieldsOfPulls =
  'additions assignees author baseRefName body changedFiles closed closedAt comments commits createdAt deletions files headRefName headRefOid headRepository headRepositoryOwner id isCrossRepository isDraft labels latestReviews maintainerCanModify mergeCommit mergeStateStatus mergeable mergedAt mergedBy milestone number potentialMergeCommit projectCards reactionGroups reviewDecision reviewRequests reviews state statusCheckRollup title updatedAt url'.split(
    ' ',
  );

const command = words.slice(0, 2).join(' ');
if (known[command] === undefined) fail(`unknown command "${words[0]}" for "gh"`);
const flags = {};
const variables = {};
for (let at = 2; at < words.length; at += 1) {
  const word = words[at];
  if (command === 'api graphql' && (word === '-f' || word === '-F')) {
    at += 1;
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(words[at] ?? '') ?? fail('field requires KEY=VALUE');
    variables[key] = value;
    continue;
  }
  const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? fail(`accepts at most 1 arg(s), received ${word}`);
  if (!known[command].includes(name)) fail(`unknown flag: --${name}`);
  if (switches.has(name)) flags[name] = true;
  else if (value !== undefined) flags[name] = value;
  else {
    at += 1;
    flags[name] = words[at] ?? fail(`flag needs an argument: --${name}`);
  }
}
if (gitHub.loggedIn === false) {
  fail(
    'To get started with GitHub CLI, please run:  gh auth login\nAlternatively, populate the GH_TOKEN environment variable with a GitHub API authentication token.',
    4,
  );
}
if (gitHub.says !== undefined) {
  process.stdout.write(gitHub.says);
  process.exit(0);
}
const place = flags.repo ?? `${flags.hostname}/${variables.owner}/${variables.name}`;
const repository = gitHub.repositories[place];
if (repository === undefined) {
  fail(`GraphQL: Could not resolve to a Repository with the name '${place.replace(/^[^/]*\//, '')}'. (repository)`);
}

const commands = {
  'pr list': () => {
    const fields = flags.json.split(',');
    for (const field of fields) {
      if (!fieldsOfPulls.includes(field)) {
        fail(`Unknown JSON field: "${field}"\nAvailable fields:\n  ${fieldsOfPulls.join('\n  ')}`);
      }
    }
    const state = flags.state ?? 'open';
    const listed = repository.pulls.filter(
      (pull) =>
        (flags.head === undefined || pull.headRefName === flags.head) &&
        (state === 'all' || pull.state === state.toUpperCase()),
    );
    const shown = listed.toReversed().slice(0, Number(flags.limit ?? 30));
    console.log(JSON.stringify(shown.map((pull) => Object.fromEntries(fields.map((field) => [field, pull[field]])))));
  },
  'pr create': () => {
    if (flags.title === undefined || (flags.body ?? flags['body-file']) === undefined) {
      fail('must provide `--title` and `--body` (or `--fill`) when not running interactively');
    }
    const [, owner, branch] = /^(?:([^:]+):)?(.+)$/.exec(flags.head);
    const body = flags['body-file'] === '-' ? readFileSync(0, 'utf8') : flags.body;
    const base = flags.base ?? 'main';
    const open = repository.pulls.find((pull) => pull.headRefName === branch && pull.state === 'OPEN');
    if (open !== undefined) {
      fail(`a pull request for branch "${flags.head}" into branch "${base}" already exists:\n${open.url}`);
    }
    if (repository.branches !== undefined && !repository.branches.includes(branch)) {
      fail(
        'pull request create failed: GraphQL: Head sha can’t be blank, Head ref must be a branch (createPullRequest)',
      );
    }
    const [host, repositoryOwner, name] = place.split('/');
    const number = 7 + repository.pulls.length;
    const pull = {
      number,
      url: `https://${host}/${repositoryOwner}/${name}/pull/${number}`,
      title: flags.title,
      body,
      state: 'OPEN',
      isDraft: flags.draft === true,
      isCrossRepository: owner !== undefined,
      baseRefName: base,
      headRefName: branch,
      headRepositoryOwner: { id: 'x', login: owner ?? repositoryOwner },
      reviewDecision: '',
      statusCheckRollup: [],
      reviews: [],
      comments: [],
    };
    repository.pulls.push(pull);
    save();
    process.stderr.write(`\nCreating pull request for ${flags.head} into ${base} in ${repositoryOwner}/${name}\n\n`);
    console.log(pull.url);
  },
  'run view': () => {
    const log = repository.logs?.[flags.job];
    if (log === undefined) fail(`failed to get job log: HTTP 404: Not Found`);
    process.stdout.write(log);
  },
  'api graphql': () => {
    const nodes = repository.threads?.[variables.number] ?? [];
    console.log(JSON.stringify({ data: { repository: { pullRequest: { reviewThreads: { nodes } } } } }));
  },
};
commands[command]();
