import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { SnapshotsReport } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import { findLostSnapshots } from '../../work/find-lost-snapshots.ts';
import { withQueries } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/**
 * `verify`: folds the whole log again and compares it with what is stored; then looks whether the snapshots that it names
 * are still there.
 */
export const verify = async (invocation: Invocation): Promise<ExitCode> => {
  const { terminal, json } = invocation;
  const { report, snapshots } = await withQueries(invocation, async (queries) => {
    const folded = queries.verify();
    // What a log that is not right names is not worth looking for.
    return { report: folded, snapshots: folded.ok ? await findLostSnapshots(queries) : null };
  });
  const size = `${counted(report.events, 'event')} of ${counted(report.sessions, 'session')}`;
  if (json) await terminal.writeJson({ ...report, snapshots });
  else if (report.ok) {
    const lost = report.lost === 0 ? '' : `; ${counted(report.lost, 'event')} were lost to damage before a repair`;
    await terminal.writeLine(`${terminal.colours.green('✓')} ${size}: what is stored is what the log says${lost}`);
  } else {
    await terminal.writeLine(`${terminal.colours.red('✗')} ${size}: ${sanitiseLine(report.difference)}`);
  }
  if (!json && snapshots !== null)
    for (const line of snapshotLines(snapshots, invocation)) await terminal.writeLine(line);
  return report.ok && snapshots?.ok !== false ? exitCodes.done : exitCodes.failed;
};

const snapshotLines = (
  { snapshots, gone, goneLeftOut, away }: SnapshotsReport,
  { terminal: { colours } }: Pick<Invocation, 'terminal'>,
): readonly string[] => {
  if (snapshots === 0) return [];
  const unseen = away.map(
    (each) =>
      `${colours.yellow('▲')} ${counted(each.snapshots, 'snapshot')} of ${sanitiseLine(each.repository)} cannot be looked for: ${sanitiseLine(each.message)}`,
  );
  const seen = snapshots - away.reduce((sum, each) => sum + each.snapshots, 0);
  if (seen === 0) return unseen;
  const all = counted(seen, 'snapshot');
  if (gone.length === 0) return [`${colours.green('✓')} ${all}: each is in its repository`, ...unseen];
  const more = goneLeftOut === 0 ? [] : [`  and ${goneLeftOut} more`];
  return [
    `${colours.red('✗')} ${all}, of which ${gone.length + goneLeftOut} are gone (snapshot.gone): what they held cannot be put back`,
    ...gone.map(
      ({ name, snapshot, repository }) => `  S${snapshot} of ${sanitiseLine(name)}, in ${sanitiseLine(repository)}`,
    ),
    ...more,
    ...unseen,
  ];
};
