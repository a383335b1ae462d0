/** What a person can set, in `config.json` of the data directory. Everything is optional; what is unknown is refused. */
import * as z from 'zod';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { mcpServer } from '../../actors/protocol/facts/events.ts';
import { type DataDirectory, readOwnFile } from './data-directory.ts';

const text = z.string().min(1).max(4096);

const configuredAgent = z.strictObject({
  /** A name on PATH, or an absolute path. */
  command: text,
  args: z.array(z.string().max(4096)).max(200).default([]),
  /** Variables for the agent on top of those that every agent gets; `null` takes one away. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().nullable()).default({}),
  title: z.string().min(1).max(200).optional(),
  /** The mode its sessions begin in, where the agent offers it and nothing else was asked for. */
  mode: z.string().min(1).max(500).optional(),
  /** Values of its options by their ids, set where it offers them and nothing else was asked for. */
  options: z.record(z.string().min(1).max(500), z.union([z.string().max(500), z.boolean()])).default({}),
  /** The newest version of the protocol to speak with it; version 2 is a preview. */
  protocol: z.union([z.literal(1), z.literal(2)]).default(1),
});

const agentName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'an agent is named with letters, digits, dots and hyphens')
  .refine((name) => name !== 'rehearsal', 'rehearsal is the name of the built-in agent');

const retention = z.strictObject({
  /** Sessions that ended and had no event for so long are deleted with their history. Default: never. */
  maxAgeDays: z.number().min(1).max(36_500).optional(),
  /** While the database holds more, the sessions that ended longest ago are deleted. Default: no limit. */
  maxTotalMegabytes: z.number().min(10).max(10_000_000).optional(),
});

const snapshots = z.strictObject({
  /** Larger files are held by their size and hash alone, so they cannot be put back. */
  maxFileMegabytes: z.number().min(1).max(4_096).default(32),
  /** Older ones are dropped, except the last of each session. Default: they go with their session. */
  keepDays: z.number().min(1).max(36_500).optional(),
});

const limits = z.strictObject({
  /** Whether a run that meets a usage limit waits for it and goes on; else it fails. */
  wait: z.boolean().default(true),
  /** How often in a row a service that failed or a connection that was lost is tried again, before the run fails. */
  retries: z.number().int().min(0).max(100).default(5),
});

const configuration = z.strictObject({
  /** Agents beside the presets, or in place of the preset of the same name. */
  agents: z.record(agentName, configuredAgent).default({}),
  /** Variables that are handed to agents though they look like secrets: names, or beginnings with a `*` at the end. */
  passEnvironment: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*\*?$/, 'a name, or its beginning and *'))
    .default([]),
  /** Servers of the Model Context Protocol for every agent; `$NAME` in a variable or header is one of the environment. */
  mcpServers: z.array(mcpServer).max(50).default([]),
  /** What concerns the sessions of one repository, by its path. */
  repositories: z.record(text, z.strictObject({ mcpServers: z.array(mcpServer).max(50).default([]) })).default({}),
  /** An idle agent's process is stopped after so long, to free its memory; the next prompt starts it again. */
  parkAfterMinutes: z.number().min(0).max(10_080).default(10),
  /** From an interrupt to the end of the agent's process group, if it does not stop by itself. */
  interruptDeadlineMs: z.number().int().min(100).max(600_000).default(10_000),
  /**
   * FULL: what was acknowledged survives a power cut. NORMAL is faster, survives the death of the program just as well,
   * but a power cut or a crash of the system can take back the last events that were acknowledged.
   */
  synchronous: z.enum(['FULL', 'NORMAL']).default('FULL'),
  retention: retention.default({}),
  limits: limits.prefault({}),
  /** Work that was discarded can be brought back for so long. */
  discardedDays: z.number().min(1).max(36_500).default(30),
  /**
   * The program that opens files in an editor: its name or absolute path, or that and its words, in which `{path}` and
   * `{line}` stand for the file and the line. Default: `$VISUAL`, else the first of the common ones that is installed.
   */
  editor: z.union([text, z.array(text).min(1).max(50)]).optional(),
  snapshots: snapshots.prefault({}),
  /** Longer texts (a tool's output, a file) are stored as head and tail with their size and hash. */
  maxStoredTextBytes: z
    .number()
    .int()
    .min(4_096)
    .max(64 * 1024 * 1024)
    .default(256 * 1024),
  /**
   * When an agent cannot take its conversation up again, the new one is told so much of the old, in bytes; 0 tells it
   * nothing.
   */
  maxRecapBytes: z
    .number()
    .int()
    .refine((bytes) => bytes === 0 || (bytes >= 2_048 && bytes <= 1024 * 1024), 'give 0, or 2048 to 1048576')
    .default(32 * 1024),
});

export type Configuration = z.infer<typeof configuration>;
/** As a person writes them: what is left out has its default. */
export type Settings = z.input<typeof configuration>;
export type ConfiguredAgent = z.infer<typeof configuredAgent>;

/**
 * The data directory's configuration; where there is no file, the defaults.
 * Raises `input.invalid` with the file, the place in it and what is wrong there; `data.insecure` when somebody else
 * could have written it.
 */
export const readConfiguration = (directory: DataDirectory): Configuration =>
  parseConfiguration(readOwnFile(directory.configuration, { secret: false }) ?? '{}', directory.configuration);

/** As `readConfiguration`, of a text; `file` is only named in errors. */
export const parseConfiguration = (json: string, file: string): Configuration => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (thrown) {
    // The parser quotes what it stumbled over, and that may be a key: neither its words nor itself go any further.
    throw invalid(file, `it is no JSON${placeIn(json, thrown)}`);
  }
  return parseSettings(value, file);
};

/** As `readConfiguration`, of a value; `file` is only named in errors. */
export const parseSettings = (value: unknown, file = 'the settings'): Configuration => {
  const parsed = configuration.safeParse(value);
  if (parsed.success) return parsed.data;
  const named = parsed.error.issues.slice(0, maxNamedIssues).map((issue) => {
    const place = issue.path.map(String).join('.');
    return place === '' ? issue.message : `${place}: ${issue.message}`;
  });
  const more = parsed.error.issues.length - named.length;
  throw invalid(file, `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`, parsed.error);
};

const maxNamedIssues = 3;

/** Where a text stops being JSON, as far as the parser says. */
const placeIn = (json: string, thrown: unknown): string => {
  const found = /at position (\d+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1];
  if (found === undefined) return '';
  const before = json.slice(0, Number(found)).split('\n');
  return `, from line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} on`;
};

const invalid = (file: string, what: string, cause?: unknown): ThroughlineError => {
  const hint = 'correct the file, or remove it to run with the defaults';
  return new ThroughlineError('input.invalid', `${file}: ${what}`, cause === undefined ? { hint } : { hint, cause });
};
