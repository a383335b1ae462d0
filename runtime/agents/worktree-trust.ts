/**
 * Whether a person has told an agent that a repository may be trusted. An agent in a worktree, which is another folder,
 * does not know; where it lets itself be told, it is told the same of the worktree, and no more.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import * as z from 'zod';
import { gemini } from '../../actors/agents/known/gemini.ts';
import type { AgentLaunch } from './find-agent.ts';

/** Gemini's list: what is trusted, a folder or the folder that it is in, by its path. */
const trustedFolders = z.record(z.string(), z.string());

/** The launch of an agent whose worktree is to be trusted as its repository is. */
export const withTrustOf = (repository: string, launch: AgentLaunch): AgentLaunch => {
  const command = [launch.command, ...launch.arguments].join(' ');
  const { GEMINI_CLI_TRUST_WORKSPACE: said } = launch.environment;
  if (said !== undefined || !gemini.recognises({ name: null, command })) return launch;
  if (!isTrustedByGemini(repository, launch.environment)) return launch;
  return { ...launch, environment: { ...launch.environment, GEMINI_CLI_TRUST_WORKSPACE: 'true' } };
};

/** The rule with the longest path decides, as Gemini has it. A list that cannot be read trusts nothing. */
const isTrustedByGemini = (repository: string, environment: AgentLaunch['environment']): boolean => {
  const home = environment.GEMINI_CLI_HOME ?? environment.HOME;
  const path =
    environment.GEMINI_CLI_TRUSTED_FOLDERS_PATH ??
    (home === undefined ? null : join(home, '.gemini', 'trustedFolders.json'));
  if (path === null) return false;
  const rules = readRules(path);
  const folder = realOf(repository);
  const matching = Object.entries(rules)
    .filter(([rule, trust]) => isWithin(realOf(trust === 'TRUST_PARENT' ? dirname(rule) : rule), folder))
    .sort(([one], [other]) => other.length - one.length);
  const trust = matching[0]?.[1];
  return trust === 'TRUST_FOLDER' || trust === 'TRUST_PARENT';
};

const readRules = (path: string): Readonly<Record<string, string>> => {
  try {
    const parsed = trustedFolders.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
};

const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
