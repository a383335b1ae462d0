/** Colours of code as ranges of its text. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { CodeEmitter } from './code-emitter.ts';

const languages = {
  bash,
  c,
  cpp,
  css,
  go,
  java,
  javascript,
  json,
  markdown,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};

// Of a word of 30,000 letters some patterns look at every piece: eight seconds. No person wrote such a line.
const longLine = /[^\n]{1001,}/gu;

/** Long lines as so many spaces: they stay plain, and all others keep their place. */
const withoutLongLines = (text: string): string => text.replace(longLine, (line) => ' '.repeat(line.length));

export type CodeRanges = (text: string, language: string) => Uint32Array<ArrayBuffer>;

/**
 * Makes the function that colours a text: it gives `from, to, look` for each range (see `looks`), in order; nothing for a
 * language it does not know.
 */
export const createCodeRanges = (): CodeRanges => {
  const colours = hljs.newInstance();
  colours.configure({ __emitter: CodeEmitter });
  for (const [name, language] of Object.entries(languages)) colours.registerLanguage(name, language);
  return (text, language) => {
    if (colours.getLanguage(language) === undefined) return new Uint32Array();
    const { _emitter: found } = colours.highlight(withoutLongLines(text), { language, ignoreIllegals: true });
    // A length that differs would put each colour in the wrong place.
    return found instanceof CodeEmitter && found.length === text.length
      ? Uint32Array.from(found.ranges)
      : new Uint32Array();
  };
};
