import { Dialog } from '../../components/dialog.tsx';
import { Keys } from '../../components/keys.tsx';

type Group = { readonly title: string; readonly keys: readonly (readonly [keys: readonly string[], does: string])[] };

const groups: readonly Group[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Mod+K'], 'All commands and sessions'],
      [['N'], 'New session'],
      [['S'], 'Search all sessions'],
      [['A'], 'What waits for you'],
      [['/'], 'Filter the list'],
      [['L'], 'Go to the list'],
      [['I'], 'Inspect the session'],
      [['?'], 'This help'],
      [['Esc'], 'Close, or go back'],
    ],
  },
  {
    title: 'In the list',
    keys: [
      [['Up', 'Down'], 'Move'],
      [['K', 'J'], 'Move, too'],
      [['Home', 'End'], 'First and last'],
      [['Enter'], 'Open (or double click)'],
      [['.'], 'Actions'],
      [['F2'], 'Rename'],
      [['Delete'], 'Remove'],
    ],
  },
  {
    title: 'In a session',
    keys: [
      [['Enter'], 'Send the prompt'],
      [['Shift+Enter'], 'New line'],
      [['Esc'], 'Leave the prompt for the timeline'],
      [['I'], 'In the timeline: why is it like this?'],
      [['H'], 'Snapshots'],
      [['U'], 'Undo the last run…'],
      [['Shift+F'], 'Fork it…'],
      [['Shift+L'], 'Land it…'],
      [['Mod+Z'], 'Take back an undo, a discard or a landing'],
    ],
  },
  {
    title: 'In the review',
    keys: [
      [['R'], 'Review the session'],
      [['J', 'K'], 'Next line, the one before (with Shift: file)'],
      [['Shift+Up', 'Shift+Down'], 'Choose several lines'],
      [['[', ']'], 'The change before, the next change'],
      [['C'], 'Comment'],
      [['Mod+Enter'], 'Keep the comment; send all of them'],
      [['V', 'X', 'E'], 'Viewed; fold; resolve'],
      [['T', 'D', 'W', 'O'], 'Files; side by side; whitespace; editor'],
      [['B'], 'Whose lines; with it, Enter tells why one is there'],
      [['1', '2', '3', '4'], 'What is compared'],
    ],
  },
  {
    title: 'In the inspector',
    keys: [
      [['Left', 'Right'], 'One event back or on'],
      [['Shift+Left', 'Shift+Right'], 'One change of state'],
      [['P', 'N'], 'The mark before, the next mark'],
      [['Home', 'End'], 'First and last event'],
      [['[', ']'], 'The run before, the next run'],
      [['W'], 'What if?'],
    ],
  },
];

export const Help = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title="Keyboard" onClose={onClose}>
    <div class="help-groups">
      {groups.map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          <dl>
            {group.keys.map(([keys, does]) => (
              <div key={does}>
                <dt>
                  {keys.map((key) => (
                    <Keys key={key} of={key} />
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Dialog>
);
