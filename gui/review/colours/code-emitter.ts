/**
 * What highlight.js finds in a text, as ranges: no markup is ever made of it. It is given to highlight.js in place of its
 * own tree of nodes.
 */
import type { Emitter } from 'highlight.js';

export type Look = 'keyword' | 'string' | 'comment' | 'number' | 'name';

/** The looks by their number, as ranges name them. */
export const looks: readonly Look[] = ['keyword', 'string', 'comment', 'number', 'name'];

const lookByScope: Readonly<Record<string, Look>> = {
  ...{ keyword: 'keyword', type: 'keyword', literal: 'keyword', built_in: 'keyword', meta: 'keyword', tag: 'keyword' },
  ...{ string: 'string', regexp: 'string', char: 'string', code: 'string', link: 'string', quote: 'comment' },
  ...{ comment: 'comment', doctag: 'comment', number: 'number', symbol: 'number', bullet: 'number' },
  ...{ title: 'name', name: 'name', attr: 'name', attribute: 'name', section: 'name', property: 'name' },
  ...{ 'selector-tag': 'keyword', 'selector-class': 'name', 'selector-id': 'name', variable: 'name' },
};

/** A scope such as `title.function` looks as its first word says. */
const lookOf = (scope: string): number => {
  const word = scope.split('.')[0] ?? '';
  const look = Object.hasOwn(lookByScope, word) ? lookByScope[word] : undefined;
  return look === undefined ? -1 : looks.indexOf(look);
};

/** Collects `from, to, look` for each range, in order and without overlap. */
export class CodeEmitter implements Emitter {
  readonly ranges: number[] = [];
  length = 0;
  readonly #open: number[] = [];

  startScope(scope: string): void {
    const look = lookOf(scope);
    // What has no look of its own has that of what it stands in, as a word in a comment has.
    this.#open.push(look === -1 ? (this.#open.at(-1) ?? -1) : look);
  }

  endScope(): void {
    this.#open.pop();
  }

  // It calls some of the scopes nodes, though its type does not say so.
  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  addText(text: string): void {
    const from = this.length;
    this.length += text.length;
    const look = this.#open.at(-1) ?? -1;
    if (look === -1 || text === '') return;
    const last = this.ranges.length - 3;
    if (last >= 0 && this.ranges[last + 1] === from && this.ranges[last + 2] === look)
      this.ranges[last + 1] = this.length;
    else this.ranges.push(from, this.length, look);
  }

  /** A language within another: what was found in it follows here. */
  __addSublanguage(other: Emitter): void {
    if (!(other instanceof CodeEmitter)) return;
    for (let at = 0; at < other.ranges.length; at += 3) {
      const [from = 0, to = 0, look = 0] = other.ranges.slice(at, at + 3);
      this.ranges.push(this.length + from, this.length + to, look);
    }
    this.length += other.length;
  }

  finalize(): void {
    this.#open.length = 0;
  }

  toHTML(): string {
    return '';
  }
}
