/** What `.throughline/config.json` of a repository may say. Everything is optional; what is unknown is an error. */
import * as z from 'zod';
import { readDuration } from './duration.ts';

const longestMs = 4 * 3_600_000;
const checkTimeoutMs = 10 * 60_000;
const setupTimeoutMs = 10 * 60_000;
const teardownTimeoutMs = 2 * 60_000;
const retryPauseMs = 10_000;

const noCommand = 'a command is a text, or an object with the key command';
const line = z.string().min(1, 'a command cannot be empty').max(4_096).describe('A command line for the shell.');

/** A length of time, as `90s`, `5m` or `1h`; in milliseconds when it was read. */
const duration = (least: number) =>
  z
    .string()
    .meta({ pattern: '^\\d{1,6}(s|m|h)$', examples: ['90s', '5m'] })
    .transform((text, context): number => {
      const read = readDuration(text);
      if (typeof read === 'number' && read >= least && read <= longestMs) return read;
      const { wrong, advice } =
        typeof read === 'number'
          ? { wrong: `${JSON.stringify(text)} is out of bounds`, advice: `write "${least / 1_000}s" to "4h"` }
          : read;
      context.addIssue({ code: 'custom', message: `${wrong} (${advice})` });
      return z.NEVER;
    });

const step = (defaultMs: number) =>
  z
    .union(
      [
        line,
        z.strictObject({
          command: line,
          timeout: duration(1_000).optional().describe('How long it may take; then it is ended.'),
        }),
      ],
      { error: noCommand },
    )
    .transform((written) =>
      typeof written === 'string'
        ? { command: written, timeoutMs: defaultMs }
        : { command: written.command, timeoutMs: written.timeout ?? defaultMs },
    );

const steps = (defaultMs: number) => {
  const one = step(defaultMs);
  return z
    .union([one, z.array(one).max(20)], { error: noCommand })
    .transform((written) => (Array.isArray(written) ? written : [written]))
    .prefault([]);
};

const when = z.enum(['asked', 'after_run', 'landing']);
/** When a check runs: whenever a person asks for it, and besides after each run, or before landing. */
export type CheckTime = z.infer<typeof when>;

const retry = z
  .strictObject({
    tries: z.number().int().min(1).max(10).describe('How often in a row the agent is told by itself.'),
    pause: duration(0).optional().describe('How long is waited before each; 10 s by default.'),
  })
  .transform(({ tries, pause }) => ({ tries, pauseMs: pause ?? retryPauseMs }));

const check = z
  .union(
    [
      line,
      z.strictObject({
        command: line,
        timeout: duration(1_000).optional().describe('How long it may take; 10 minutes by default.'),
        when: z
          .union([when, z.array(when).max(3)])
          .optional()
          .describe('When it runs by itself; before landing by default.'),
        retry: retry.optional().describe('Tell the agent of a failure after its run, by itself.'),
      }),
    ],
    { error: noCommand },
  )
  .transform((written) => {
    const {
      command,
      timeout,
      when: times,
      retry: again,
    } = typeof written === 'string' ? { command: written } : written;
    return {
      command,
      timeoutMs: timeout ?? checkTimeoutMs,
      when: times === undefined ? (['landing'] as const) : Array.isArray(times) ? times : [times],
      retry: again ?? null,
    };
  });

const checkName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a check is named with letters, digits, dots and hyphens');

const glob = z.string().min(1).max(500);
const revision = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^-\s][^\s]*$/, 'a branch, a tag or a commit');

export const setupSchema = z.strictObject({
  $schema: z.string().max(1_000).optional(),
  copy: z
    .array(glob)
    .max(100)
    .default([])
    .describe('Patterns, as in .gitignore, of ignored files that are copied from your checkout.'),
  setup: steps(setupTimeoutMs).describe('Commands that make a new worktree ready, one after the other.'),
  checks: z
    .record(checkName, check)
    .refine((all) => Object.keys(all).length <= 50, 'there are more than 50 checks')
    .prefault({})
    .describe('Commands that tell whether the work is right, by name: tests, lint, build.'),
  teardown: steps(teardownTimeoutMs).describe('Commands that run before the worktree is removed.'),
  agent: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'the name of an agent, as `throughline agents` has them')
    .optional()
    .describe('The agent of sessions that name none.'),
  base: revision.optional().describe('Where sessions that name nothing else begin.'),
  approvals: z
    .enum(['ask', 'allow', 'deny'])
    .optional()
    .describe('A wish for what agents ask; it counts only where a person has agreed to it in particular.'),
  landing: z
    .strictObject({
      how: z.enum(['squash', 'merge', 'rebase']).optional().describe('How sessions land; squash by default.'),
      checks: z
        .array(checkName)
        .max(50)
        .optional()
        .describe('The checks that run before landing, in place of those that say so themselves.'),
      branch: revision.optional().describe('The branch that sessions land on; their base by default.'),
    })
    .prefault({}),
  touches: z
    .array(glob)
    .max(100)
    .default([])
    .describe('Patterns of the files that sessions are meant to change; others are pointed out in review.'),
});

/** What a repository says of itself, read and with its defaults. */
export type Setup = z.infer<typeof setupSchema>;
export type SetupStep = Setup['setup'][number];
export type SetupCheck = Setup['checks'][string];

/** The schema of the file as a person writes it, for editors. */
export const setupJsonSchema = (): object => ({
  title: '.throughline/config.json',
  description: 'What a repository needs, for Throughline. Nothing of it is used before its person has agreed to it.',
  ...z.toJSONSchema(setupSchema, { io: 'input', target: 'draft-2020-12' }),
});
