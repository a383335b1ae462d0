// A small agent that ends its turns with the stop reason it is started with; `limit` is an error.
import { createInterface } from 'node:readline';

const given = process.argv[2] ?? 'end_turn';
const limit = {
  code: -32_603,
  message: 'Internal error',
  data: { message: 'usage limit reached', codexErrorInfo: 'usageLimitExceeded' },
};
/** @type {Record<string, object>} */
const answers = {
  initialize: { result: { protocolVersion: 1, agentCapabilities: {} } },
  'session/new': { result: { sessionId: 's-1' } },
  'session/prompt': given === 'limit' ? { error: limit } : { result: { stopReason: given } },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answers[method] })}\n`);
});
process.stdin.on('end', () => process.exit(0));
