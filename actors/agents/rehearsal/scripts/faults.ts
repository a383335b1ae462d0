import type { ScriptBody } from './script-body.ts';

/** What agents do on bad days. */
export const faultScripts = {
  crash: {
    turns: [
      {
        steps: [
          { do: 'think', text: 'This will not end well.' },
          { do: 'say', text: 'I am about to say something very impor' },
          { do: 'crash', code: 1, stderr: 'rehearsal: fatal: this crash is part of the script\n' },
        ],
      },
      { steps: [{ do: 'say', text: 'I am back, and this time I finish my sentence.' }] },
    ],
  },
  hang: {
    turns: [
      { steps: [{ do: 'hang', text: 'I will wait here until you cancel.' }] },
      { steps: [{ do: 'say', text: 'I am back.' }] },
    ],
  },
  stubborn: {
    turns: [
      {
        steps: [
          {
            do: 'hang',
            text: 'I will not stop for a cancel, nor for SIGTERM.',
            ignoreCancel: true,
            ignoreSigterm: true,
          },
        ],
      },
      { steps: [{ do: 'say', text: 'I am back, and I will behave.' }] },
    ],
  },
  flood: {
    turns: [
      {
        steps: [
          { do: 'flood', events: 50_000 },
          { do: 'say', text: 'That was the flood.', everyMs: 0 },
        ],
      },
    ],
  },
  garbage: {
    turns: [
      {
        steps: [
          { do: 'say', text: 'Before the garbage. ', everyMs: 0 },
          { do: 'garbage', text: 'This is not JSON.' },
          { do: 'garbage', text: '{"jsonrpc":"2.0","method":"session/upd' },
          // "broken " and two bytes that are no UTF-8, then " end".
          { do: 'garbage', base64: 'YnJva2VuIP/+IGVuZA==' },
          { do: 'garbage', text: '[]' },
          { do: 'garbage', text: '\n\n', newline: false },
          { do: 'raw', message: { jsonrpc: '2.0', id: 9999, result: { nobody: 'asked' } } },
          {
            do: 'raw',
            message: { jsonrpc: '2.0', method: 'session/update', params: { sessionId: 'no-such-session' } },
          },
          { do: 'raw', message: { jsonrpc: '2.0', id: 'made-up', method: 'no/such_method', params: {} } },
          { do: 'unknown_update', kind: 'mood_update', fields: { mood: 'playful' } },
          { do: 'stderr', text: 'rehearsal: some words on stderr\n' },
          { do: 'garbage', bytes: 2_000_000 },
          { do: 'say', text: 'After the garbage.', everyMs: 0 },
          { do: 'late', text: 'One more thing, after the end.' },
        ],
      },
    ],
  },
  orphan: {
    turns: [
      {
        steps: [
          { do: 'grandchild', group: 'same' },
          { do: 'grandchild', group: 'own' },
          { do: 'say', text: 'They will go on when I am gone.', everyMs: 0 },
        ],
      },
    ],
  },
} as const satisfies Readonly<Record<string, ScriptBody>>;
