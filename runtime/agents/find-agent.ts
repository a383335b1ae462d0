/** From an agent's name to the program that is started for it. */
import { isAbsolute } from 'node:path';
import { canAsk } from '../../actors/agents/known/asking.ts';
import { knownAgent } from '../../actors/agents/known/known-agents.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { OptionValue } from '../../actors/protocol/facts/events.ts';
import type { AgentDescription } from '../../actors/protocol/gateway/api.ts';
import type { Configuration, ConfiguredAgent } from '../data/configuration.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import { agentEnvironment } from './agent-environment.ts';
import { findProgram } from './find-program.ts';
import { nearest } from './nearest.ts';
import { installCommand, type Preset, presets } from './presets.ts';
import { checkRehearsalScript, rehearsalArguments } from './rehearsal.ts';
import { splitWords } from './split-words.ts';

/** Everything that is needed to start an agent's process, apart from its working folder. */
export type AgentLaunch = {
  /** As it was asked for. */
  readonly name: string;
  /** An absolute path. */
  readonly command: string;
  readonly arguments: readonly string[];
  /** The whole environment of the process, not only what is added. Never logged. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is set of its options where it offers that and nothing else was chosen. */
  readonly defaults: Readonly<Record<string, OptionValue>>;
  /** The newest version of the protocol that is offered to it. */
  readonly protocol: 1 | 2;
};

export type AgentSurroundings = {
  readonly configuration: Pick<Configuration, 'agents' | 'passEnvironment'>;
  readonly dataDirectory: Pick<DataDirectory, 'rehearsal' | 'configuration'>;
  /** Where PATH is read from and what agents inherit; the runtime's own by default. */
  readonly environment?: NodeJS.ProcessEnv;
};

/**
 * Finds the agent called `name`: a configured one, a preset, `rehearsal`, `rehearsal:SCRIPT` or `acp:COMMAND ARG…`.
 * Raises `agent.unknown`, `agent.not_installed`, `agent.script_invalid`, and `input.invalid` for a bad command line.
 */
export const findAgent = (name: string, surroundings: AgentSurroundings): AgentLaunch => {
  const inherited = surroundings.environment ?? process.env;
  const { passEnvironment } = surroundings.configuration;
  const environment = agentEnvironment(inherited, passEnvironment);
  if (name.startsWith(acpPrefix)) {
    const [command, ...rest] = splitWords(name.slice(acpPrefix.length));
    const hint = 'install it, or give its absolute path: the runtime may have another PATH than your terminal';
    return {
      name,
      command: programOf(command ?? '', inherited, hint),
      arguments: rest,
      environment,
      defaults: {},
      protocol: 1,
    };
  }
  if (name === rehearsal || name.startsWith(`${rehearsal}:`)) {
    const script = name.slice(rehearsal.length + 1) || 'default';
    checkRehearsalScript(script);
    const settings = ['--script', script, '--state', surroundings.dataDirectory.rehearsal];
    const words = [...rehearsalArguments(), ...settings];
    return { name, command: process.execPath, arguments: words, environment, defaults: {}, protocol: 1 };
  }
  const configured = ownEntry(surroundings.configuration.agents, name);
  if (configured !== undefined) {
    const hint = `correct agents.${name}.command in ${surroundings.dataDirectory.configuration}`;
    return {
      name,
      command: programOf(configured.command, inherited, hint),
      arguments: configured.args,
      environment: agentEnvironment(inherited, passEnvironment, configured.env),
      defaults: { ...configured.options, ...(configured.mode === undefined ? {} : { mode: configured.mode }) },
      protocol: configured.protocol,
    };
  }
  const preset = ownEntry(presets, name);
  if (preset === undefined) throw unknownAgent(name, surroundings);
  const hint = `install it with: ${installCommand(preset, process.versions.node)}`;
  const command = programOf(preset.command, inherited, hint);
  return { name, command, arguments: preset.arguments, environment, defaults: {}, protocol: 1 };
};

/** All agents that have a name here, installed or not: presets, the rehearsal agent, then the configured ones. */
export const describeAgents = (surroundings: AgentSurroundings): readonly AgentDescription[] => {
  const environment = surroundings.environment ?? process.env;
  const configured = surroundings.configuration.agents;
  return [
    ...Object.entries(presets)
      .filter(([name]) => !Object.hasOwn(configured, name))
      .map(([name, preset]) => describePreset(name, preset, environment)),
    {
      name: rehearsal,
      title: 'Rehearsal: follows a script, needs no key and no network',
      command: [rehearsal],
      path: process.execPath,
      installed: true,
      install: null,
      source: 'built-in' as const,
      asks: null,
    },
    ...Object.entries(configured).map(([name, agent]) => describeConfigured(name, agent, environment)),
  ];
};

/** Whether the agent with this command line can be made to ask before it acts; null when that is not known. */
export const asksWhenCalled = (command: string): boolean | null => canAsk(knownAgent({ name: null, command }));

const acpPrefix = 'acp:';
const rehearsal = 'rehearsal';

const describePreset = (name: string, preset: Preset, environment: NodeJS.ProcessEnv): AgentDescription => {
  const path = findProgram(preset.command, environment);
  return {
    name,
    title: preset.title,
    command: [preset.command, ...preset.arguments],
    path,
    installed: path !== null,
    install: path === null ? installCommand(preset, process.versions.node) : null,
    source: 'preset',
    asks: asksWhenCalled([preset.command, ...preset.arguments].join(' ')),
  };
};

const describeConfigured = (name: string, agent: ConfiguredAgent, environment: NodeJS.ProcessEnv): AgentDescription => {
  const path = findProgram(agent.command, environment);
  return {
    name,
    title: agent.title ?? name,
    command: [agent.command, ...agent.args],
    path,
    installed: path !== null,
    install: null,
    source: 'configuration',
    asks: asksWhenCalled([agent.command, ...agent.args].join(' ')),
  };
};

const programOf = (command: string, environment: NodeJS.ProcessEnv, hint: string): string => {
  if (command === '') {
    throw new ThroughlineError('input.invalid', 'an agent needs a command', { hint: 'as in acp:my-agent --acp' });
  }
  if (!isAbsolute(command) && /[/\\]/.test(command)) {
    throw new ThroughlineError('input.invalid', `the agent's command ${command} is a relative path`, {
      hint: 'give its absolute path: the agent works in another folder than you',
    });
  }
  const found = findProgram(command, environment);
  if (found !== null) return found;
  const where = isAbsolute(command) ? 'there is no such program' : 'there is no such program on PATH';
  throw new ThroughlineError('agent.not_installed', `${command} cannot be started: ${where}`, { hint });
};

const unknownAgent = (name: string, surroundings: AgentSurroundings): ThroughlineError => {
  const known = describeAgents(surroundings).map((agent) => agent.name);
  const meant = nearest(name, known);
  return new ThroughlineError('agent.unknown', `there is no agent called ${name}`, {
    hint: `${meant === null ? '' : `did you mean ${meant}? `}known are ${known.join(', ')}; any other: acp:COMMAND ARG…`,
  });
};

/** An entry of the record itself: `constructor` is no agent. */
const ownEntry = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
