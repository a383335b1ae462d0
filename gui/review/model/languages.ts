/** Which language a file is written in, by its name: what is not among them has no colours. */

const byEnding: Readonly<Record<string, string>> = {
  ...{ ts: 'typescript', tsx: 'typescript', mts: 'typescript', cts: 'typescript' },
  ...{ js: 'javascript', jsx: 'javascript', mjs: 'javascript', cjs: 'javascript' },
  ...{ py: 'python', pyi: 'python', rs: 'rust', go: 'go', java: 'java', kt: 'java' },
  ...{ c: 'c', h: 'c', cc: 'cpp', cpp: 'cpp', cxx: 'cpp', hpp: 'cpp', hh: 'cpp' },
  ...{ sh: 'bash', bash: 'bash', zsh: 'bash', css: 'css', scss: 'css', json: 'json', jsonc: 'json' },
  ...{ html: 'xml', htm: 'xml', xml: 'xml', svg: 'xml', vue: 'xml', yml: 'yaml', yaml: 'yaml', sql: 'sql' },
  ...{ md: 'markdown', markdown: 'markdown' },
};

/** The language by the name the colours know it by; null where it is none of them. */
export const languageOf = (path: string): string | null => {
  const ending = /\.(\w+)$/u.exec(path)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(byEnding, ending) ? (byEnding[ending] ?? null) : null;
};
