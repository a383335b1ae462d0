import { counted } from '../../../actors/protocol/facts/counted.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import type { MenuItem } from '../../components/menu.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { fullTime } from '../../state/time.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';
import type { RangeChoice } from '../state/review-files.ts';
import { chosenRun } from '../state/review-files.ts';
import { ChoiceRow } from './choice-row.tsx';

const between = 'between';

/** What is compared, the way from change to change, and how it is drawn. */
export const ReviewBar = () => {
  const scope = useReview();
  const { menus, preferences } = useWindow();
  const { files, layout, chosenLayout, comments, showsPane, whose } = scope;
  const range = files.range.value;
  const choices = files.choices.value;
  const chosen = choices.find((choice) => choice.range === range);
  const isBetween = range !== null && chosen === undefined;

  const choose = (value: string, element: HTMLElement): void => {
    if (value === between)
      menus.openMenu(element, 'Between two snapshots: from', betweenItems(scope, element, menus.openMenu));
    else if (value === range && chosenRun(value) !== null && files.runs.value.length > 1)
      menus.openMenu(element, 'Run', runItems(scope));
    else files.choose(value);
  };

  return (
    <div class="review-bar">
      <Button
        class="show-narrow review-pane-button"
        aria-expanded={showsPane.value}
        onClick={() => {
          showsPane.value = !showsPane.value;
        }}
      >
        <ViewedCount />
        <Icon name="chevron" />
      </Button>
      <ChoiceRow
        label="What is compared"
        class="review-ranges"
        chosen={isBetween ? between : range}
        choices={[
          ...choices.map((choice) => ({ value: choice.range, label: <RangeName choice={choice} /> })),
          { value: between, label: isBetween && range !== null ? betweenName(range) : 'Between two…' },
        ]}
        onChoose={choose}
      />
      <Button
        class="show-narrow"
        aria-haspopup="menu"
        onClick={({ currentTarget }) =>
          menus.openMenu(currentTarget, 'What is compared', [
            ...choices.map(
              (choice): MenuItem => ({
                label: choice.name,
                checked: choice.range === range,
                ...(choice.files === null ? {} : { detail: counted(choice.files, 'file') }),
                run: () => files.choose(choice.range),
              }),
            ),
            'line',
            ...runItems(scope).filter((item) => item !== 'line' && item.label !== chosen?.name),
          ])
        }
      >
        {chosen === undefined ? range === null ? '…' : betweenName(range) : <RangeName choice={chosen} />}
        <Icon name="chevron" />
      </Button>
      <span class="review-tools">
        <ChangeSteps />
        <ChoiceRow
          label="How it is drawn"
          class="hide-narrow"
          chosen={layout.value}
          choices={[
            { value: 'unified', label: 'Unified', title: 'Unified (D)' },
            { value: 'side', label: 'Side by side', title: 'Side by side (D)' },
          ]}
          onChoose={(value) => {
            chosenLayout.value = value;
          }}
        />
        <Button
          look="bare"
          icon="more"
          label="Whitespace, comments, whose lines, text size"
          aria-haspopup="menu"
          onClick={({ currentTarget }) =>
            menus.openMenu(currentTarget, 'How it is drawn', [
              {
                label: 'Without changes of whitespace',
                checked: files.ignoresWhitespace.value,
                detail: 'W',
                run: () => toggleWhitespace(scope),
              },
              {
                label: 'Resolved comments',
                checked: comments.showsResolved.value,
                run: () => {
                  comments.showsResolved.value = !comments.showsResolved.value;
                },
              },
              {
                label: 'Whose lines',
                checked: whose.isShown.value,
                detail: 'B',
                run: whose.toggle,
              },
              'line',
              { label: 'Larger text', icon: 'add', run: () => preferences.stepTextSize(1) },
              { label: 'Smaller text', icon: 'minus', run: () => preferences.stepTextSize(-1) },
            ])
          }
        />
      </span>
    </div>
  );
};

export const toggleWhitespace = ({ files }: ReviewScope): void => {
  files.setWhitespace(!files.ignoresWhitespace.peek());
};

const RangeName = ({ choice: { name, files } }: { readonly choice: RangeChoice }) => (
  <>
    {visibleLine(name)}
    {files !== null && <span class="quiet"> · {counted(files, 'file')}</span>}
  </>
);

/** `S2 to S5`. */
const betweenName = (range: string): string => range.replace('..', ' to ');

const runItems = ({ files }: ReviewScope): readonly MenuItem[] =>
  files.runs.value.toReversed().map(
    (run): MenuItem => ({
      label: `Run ${run}`,
      checked: files.range.value === `run:${run}`,
      run: () => files.choose(`run:${run}`),
    }),
  );

type OpenMenu = (anchor: Element, label: string, items: readonly MenuItem[]) => void;

/** First the snapshot from which, then the one to which. */
const betweenItems = ({ files }: ReviewScope, element: HTMLElement, openMenu: OpenMenu): readonly MenuItem[] => {
  const snapshots = files.snapshots.value;
  const itemOf = (snapshot: number, run: () => void): MenuItem => {
    const { words, at } = snapshots.find((each) => each.snapshot === snapshot) ?? { words: '', at: 0 };
    return { label: `S${snapshot} · ${words}`, detail: fullTime(at), run };
  };
  if (snapshots.length < 2) return [{ label: 'There are no two snapshots yet', disabled: true, run: () => {} }];
  return snapshots.slice(0, -1).map(({ snapshot: from }) =>
    itemOf(from, () => {
      const later = snapshots.filter(({ snapshot }) => snapshot > from);
      openMenu(
        element,
        `From S${from} to`,
        later.map(({ snapshot: to }) => itemOf(to, () => files.choose(`S${from}..S${to}`))),
      );
    }),
  );
};

/** `2 of 6 viewed`. */
export const ViewedCount = () => {
  const entries = useReview().files.entries.value;
  const viewed = entries.filter(({ file }) => file.value.viewed === 'yes').length;
  return (
    <span class="numbers">
      {viewed.toLocaleString()} of {entries.length.toLocaleString()} viewed
    </span>
  );
};

const ChangeSteps = () => {
  const { cursor } = useReview();
  const count = cursor.changeCount();
  return (
    <span class="review-steps">
      <Button
        look="bare"
        icon="chevron"
        class="up"
        label="Previous change ([)"
        onClick={() => void cursor.toChange(-1)}
      />
      <span class="numbers" role="status">
        {count === null
          ? 'changes'
          : count.at === 0
            ? counted(count.of, 'change')
            : `change ${count.at} of ${count.of}`}
      </span>
      <Button look="bare" icon="chevron" label="Next change (])" onClick={() => void cursor.toChange(1)} />
    </span>
  );
};
