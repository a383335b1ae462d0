import { useMemo, useState } from 'preact/hooks';
import { inputText } from '../../../actors/protocol/facts/input-text.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { MarkdownText } from '../markdown/markdown.tsx';
import { createMarkdown } from '../markdown/render-markdown.ts';
import type { Asked, WhatIsAsked } from '../model/what-is-asked.ts';
import { pathInFolder } from '../state/session-context.ts';
import { shortLine, visibleLine } from '../text/visible.ts';
import { ItemDiffs } from './item-diffs.tsx';
import { NotKept } from './not-kept.tsx';
import { Output } from './output.tsx';
import { PartsView } from './parts-view.tsx';
import { PatchDiffs } from './patch-diffs.tsx';

type AskedBodyProps = {
  readonly asked: Asked;
  readonly what: WhatIsAsked;
  readonly row: DashboardRow | null;
};

/** All that an agent told of what it asks for: what is long is folded at first, and says how much is. */
export const AskedBody = ({ asked, what, row }: AskedBodyProps) => {
  const { diffs, text, locations, parts, toolName, toolKind } = asked;
  const { kind, patch, command, rest } = what;
  const told = rest === undefined ? null : inputText(rest);
  const title = asked.title.trim();
  const isTitleTold = title === command?.trim() || title === told?.text.trim() || title === '' || kind === 'nothing';
  const places = locations
    .filter(({ path }) => !diffs.some((diff) => diff.path === path) && !told?.text.includes(path))
    .map(({ path, line }) => `${pathInFolder(path, row)}${line === null ? '' : `:${line}`}`);
  return (
    <>
      {!isTitleTold && <Title title={asked.title} />}
      {kind === 'nothing' && (
        <dl class="asked-facts">
          {fact('tool', toolName ?? asked.toolCallId)}
          {fact('kind', toolKind ?? 'none')}
        </dl>
      )}
      <ItemDiffs diffs={diffs} row={row} />
      {patch !== null && <PatchDiffs patch={patch} row={row} />}
      {command !== null && <Output output={{ text: command }} label="The command" asIs />}
      {told !== null && kind !== 'question' && (
        <Output output={told} label={command === null ? 'What is asked for' : 'Where and with what'} asIs />
      )}
      {text !== null &&
        (kind === 'plan' ? <Plan text={text} /> : <Output output={text} label="What the agent says of it" asIs />)}
      {told !== null && kind === 'question' && (
        <details class="asked-input">
          <summary>What the tool is called with</summary>
          <Output output={told} label="What the tool is called with" asIs />
        </details>
      )}
      <PartsView parts={parts} by="agent" asIs />
      {places.length > 0 && (
        <p class="tool-places">
          {places.map((place) => (
            <span class="path" key={place}>
              {visibleLine(place)}
            </span>
          ))}
        </p>
      )}
    </>
  );
};

const fact = (name: string, value: string) => (
  <div>
    <dt>{name}</dt>
    <dd class="path">{shortLine(value, 200)}</dd>
  </div>
);

export const maxTitleCharacters = 400;

/** One line as such; what would lose something by it is shown whole. */
const Title = ({ title }: { readonly title: string }) => {
  const shown = shortLine(title, maxTitleCharacters);
  return title.trim() === shown ? (
    <p class="approval-title">{shown}</p>
  ) : (
    <Output output={{ text: title }} label="What is asked for" asIs />
  );
};

/** A plan is Markdown, mostly. As it was written is one press away: what Markdown leaves out is there. */
const Plan = ({ text }: { readonly text: NonNullable<Asked['text']> }) => {
  const markdown = useMemo(createMarkdown, []);
  const [asWritten, setAsWritten] = useState(false);
  return (
    <div class="asked-plan">
      {asWritten ? (
        <Output output={text} label="The plan as it was written" asIs />
      ) : (
        <MarkdownText text={text.text} markdown={markdown} />
      )}
      <button type="button" class="text-button" onClick={() => setAsWritten(!asWritten)}>
        {asWritten ? 'As Markdown' : 'As it was written'}
      </button>
      {!asWritten && <NotKept of={text} />}
    </div>
  );
};

/** What is asked for, in a few words. */
export const sentenceOf = (asked: Asked, { kind, patch }: WhatIsAsked): string => {
  switch (kind) {
    case 'question':
      return 'Asks you';
    case 'plan':
      return 'Has a plan for you to accept';
    case 'edit': {
      const files = new Set(asked.diffs.map(({ path }) => path)).size;
      return patch === null ? `Wants to edit ${files === 1 ? 'a file' : `${files} files`}` : 'Wants to edit';
    }
    case 'run':
      return 'Wants to run a command';
    case 'nothing':
      return 'The agent did not say what it wants to do';
    case 'other':
      return sentencesByKind[asked.toolKind ?? ''] ?? 'Waits for your approval';
  }
};

const sentencesByKind: Readonly<Record<string, string>> = {
  read: 'Wants to read',
  edit: 'Wants to edit',
  delete: 'Wants to delete',
  move: 'Wants to move',
  search: 'Wants to search',
  execute: 'Wants to run something',
  fetch: 'Wants to fetch something',
};
