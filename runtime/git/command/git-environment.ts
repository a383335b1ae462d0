import { delimiter, isAbsolute } from 'node:path';

/** What stands for a program that must not run, where git takes an empty name for a fault: it does nothing, and fails. */
export const refusingProgram = 'false';

/**
 * Settings that every call carries, above whatever the repository says: anyone who can write to a worktree can write to
 * the repository's configuration too, and git runs a good part of what it finds there.
 */
const settings: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'core.quotePath': 'false',
  // These can hide a change from us, or refuse to park it.
  'core.ignoreStat': 'false',
  'core.trustctime': 'true',
  'core.checkStat': 'default',
  'core.untrackedCache': 'false',
  'core.safecrlf': 'false',
  // Names that some disks take for `.git`.
  'core.protectNTFS': 'true',
  'core.protectHFS': 'true',
  'core.alternateRefsCommand': refusingProgram,
  'credential.helper': '',
  'protocol.allow': 'never',
  'protocol.ext.allow': 'never',
  'submodule.recurse': 'false',
  'log.showSignature': 'false',
  'commit.gpgSign': 'false',
  'diff.external': refusingProgram,
  'gpg.program': refusingProgram,
  'gpg.openpgp.program': refusingProgram,
  'gpg.x509.program': refusingProgram,
  'gpg.ssh.program': refusingProgram,
  'gpg.ssh.defaultKeyCommand': refusingProgram,
  'gc.auto': '0',
  'maintenance.auto': 'false',
};

const asArguments = (chosen: Readonly<Record<string, string>>): readonly string[] => [
  '--no-pager',
  ...Object.entries(chosen).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
];

/** What stands between `git` and its command in every call but that of a push. */
export const hardeningArguments: readonly string[] = asArguments(settings);

const { 'credential.helper': _, 'protocol.allow': __, ...settingsOfAPush } = settings;

/** The same for a push: the network and the person's helpers for credentials are open to it. */
export const pushArguments: readonly string[] = asArguments(settingsOfAPush);

// Where the user keeps their own configuration is theirs to say; all other GIT_* variables aim git at something else.
const keptVariables = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM']);

/**
 * The environment for git: the given one without its GIT_* variables, never asking, never reaching the network, and with
 * a PATH of absolute folders only (git is looked up from inside the repository, where `.` would mean the repository).
 *
 * The system's configuration is read (no GIT_CONFIG_NOSYSTEM): it belongs to the machine, not to the repository, and
 * `safe.directory` is often set there. The network is shut because a partial clone fetches what it lacks by a command
 * that its own configuration names.
 */
export const gitEnvironment = (
  own: Readonly<Record<string, string>> = {},
  inherited: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv => {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (name.startsWith('GIT_') && !keptVariables.has(name)) continue;
    if (name === 'SSH_ASKPASS') continue;
    environment[name] = value;
  }
  environment.PATH = (inherited.PATH ?? '').split(delimiter).filter(isAbsolute).join(delimiter);
  return {
    ...environment,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // The editor that leaves everything as it is, without a process: git never waits for a person.
    GIT_EDITOR: ':',
    GIT_SEQUENCE_EDITOR: ':',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    ...own,
  };
};
