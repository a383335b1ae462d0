/** Sessions as a person's own lines: `list --format '{name} {status}'`. */
import { basename } from 'node:path';
import { compactAge } from '../../../actors/model/dashboard/age.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { shortIds } from '../choose/short-id.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { activityWords } from './status-mark.ts';

type Look = { readonly nowMs: number; readonly shortId: (id: string) => string };
type Field = (row: DashboardRow, look: Look) => string | number | boolean | null;

/** What can stand in braces. */
const rowFields: Readonly<Record<string, Field>> = {
  id: ({ id }) => id,
  short: ({ id }, { shortId }) => shortId(id),
  name: ({ name }) => name,
  status: ({ status }) => status,
  doing: (row, { nowMs }) => activityWords(row, nowMs),
  agent: ({ agent }) => agent,
  repository: ({ repository }) => repository,
  repo: ({ repository }) => basename(repository),
  branch: ({ worktree }) => worktree.branch,
  worktree: ({ worktree }) => worktree.path,
  age: ({ lastActivityAt }, { nowMs }) => compactAge(lastActivityAt, nowMs),
  created: ({ createdAt }) => new Date(createdAt).toISOString(),
  active: ({ lastActivityAt }) => new Date(lastActivityAt).toISOString(),
  reason: ({ failureReason }) => failureReason,
  runs: ({ runCount }) => runCount,
  live: ({ live }) => live,
  restored: ({ restored }) => restored,
  waitingFor: ({ waitingFor }) => waitingFor,
  queued: ({ queued }) => queued,
};

const escapes: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n', '\\\\': '\\' };

export const rowFieldNames: readonly string[] = Object.keys(rowFields);

/**
 * Gives what prints sessions by a format, a line each: fields in braces, `\t`, `\n` and `\\`, and everything else as it
 * is; what a session has nothing of is empty. Raises `input.invalid` for a field that no session has.
 */
export const readRowFormat = (format: string): ((rows: readonly DashboardRow[], nowMs: number) => string) => {
  const pieces = format.split(/(\{[^{}]*\}|\\[tn\\])/u).map((piece): string | Field => {
    const name = /^\{(.*)\}$/u.exec(piece)?.[1]?.trim();
    if (name === undefined) return escapes[piece] ?? piece;
    const field = Object.hasOwn(rowFields, name) ? rowFields[name] : undefined;
    if (field !== undefined) return field;
    throw new ThroughlineError('input.invalid', `--format: a session has no field ${sanitiseLine(`{${name}}`)}`, {
      hint: `it has ${rowFieldNames.join(', ')}`,
    });
  });
  return (rows, nowMs) => {
    const look = { nowMs, shortId: shortIds(rows) };
    const said = (row: DashboardRow) => (piece: string | Field) =>
      typeof piece === 'string' ? piece : sanitiseLine(String(piece(row, look) ?? ''));
    return rows.map((row) => `${pieces.map(said(row)).join('')}\n`).join('');
  };
};
