import type { SvgNode } from './draw-statechart.ts';

/** The look of a picture that stands alone; light or dark as the reader's system is. */
const style = `
.statechart { font: 11px system-ui, sans-serif; background: var(--paper);
  --paper: #fff; --ink: #1f2430; --quiet: #5d6577; --line: #a3abbb; --box: #f6f7f9; --inner: #fff;
  --lit: #0b6bcb; --lit-box: #e3f0fc; --taken: #c2410c; }
@media (prefers-color-scheme: dark) { .statechart {
  --paper: #14171c; --ink: #e6e9ef; --quiet: #9aa3b5; --line: #566074; --box: #1b1f26; --inner: #20252d;
  --lit: #6cb6ff; --lit-box: #15304d; --taken: #ff9a5c; } }
.statechart text { fill: var(--quiet); }
.statechart .state-name { fill: var(--ink); font-weight: 600; font-size: 12px; }
.statechart .state-box { fill: var(--inner); stroke: var(--line); }
.statechart .state-compound > .state-box, .statechart .state-parallel > .state-box { fill: var(--box); }
.statechart .state-root > .state-box { fill: none; }
.statechart .state-inner { fill: none; stroke: var(--line); }
.statechart .state-active > .state-box { stroke: var(--lit); stroke-width: 2; }
.statechart .state-active:not(.state-root) > .state-box { fill: var(--lit-box); }
.statechart .state-active > .state-name { fill: var(--lit); }
.statechart .transition { fill: none; stroke: var(--line); stroke-width: 1.2; }
.statechart .transition-heat-1 { stroke: var(--quiet); stroke-width: 1.6; }
.statechart .transition-heat-2 { stroke: var(--quiet); stroke-width: 2.2; }
.statechart .transition-heat-3 { stroke: var(--quiet); stroke-width: 3; }
.statechart .transition-heat-4 { stroke: var(--quiet); stroke-width: 4; }
.statechart .transition-taken { stroke: var(--taken); stroke-width: 2.2; }
.statechart .arrow { fill: var(--line); }
.statechart .arrow-taken { fill: var(--taken); }
.statechart .initial circle { fill: var(--quiet); }
.statechart .label-box { fill: none; }
.statechart .label-event { fill: var(--ink); }
.statechart .label-taken text, .statechart .line-taken { fill: var(--taken); }
.statechart .count { font-weight: 600; }
`;

/** A picture as the text of an SVG file that needs nothing else. */
export const svgText = (picture: SvgNode): string =>
  `${textOf({ ...picture, children: [{ tag: 'style', attributes: {}, children: [style] }, ...picture.children] })}\n`;

const textOf = ({ tag, attributes, children }: SvgNode): string => {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child) : textOf(child))).join('');
  return inner === '' ? `<${tag}${written.join('')}/>` : `<${tag}${written.join('')}>${inner}</${tag}>`;
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
