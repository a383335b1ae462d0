// @ts-nocheck: what it is sent is as untyped as what an agent gets.
// An agent of which something can be chosen: it answers a prompt with what is chosen now, and keeps conversations in the
// folder that its second argument names, but not what was chosen in them. Its first says how it offers it.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [variant = 'config', folder = '.'] = process.argv.slice(2);
const chosen = { model: 'small', mode: 'code', fast: false };

const values = (...ids) => ids.map((value) => ({ value, name: value.toUpperCase() }));
const selects = {
  config: { model: values('small', 'big'), mode: values('code', 'plan') },
  groups: {
    model: [
      { group: 'ours', name: 'Ours', options: values('small') },
      { group: 'theirs', name: 'Theirs', options: values('big') },
    ],
    mode: [{ group: 'all', name: 'All', options: values('code', 'plan') }],
  },
};
const offered = () => {
  if (variant === 'old') {
    return {
      modes: {
        currentModeId: chosen.mode,
        availableModes: [
          { id: 'code', name: 'Code' },
          { id: 'plan', name: 'Plan' },
        ],
      },
      models: {
        currentModelId: chosen.model,
        availableModels: [
          { modelId: 'small', name: 'S' },
          { modelId: 'big', name: 'B' },
        ],
      },
    };
  }
  const { model, mode } = selects[variant];
  const select = { type: 'select' };
  return {
    configOptions: [
      { ...select, id: 'model', name: 'Model', category: 'model', currentValue: chosen.model, options: model },
      { ...select, id: 'mode', name: 'Mode', category: 'mode', currentValue: chosen.mode, options: mode },
      { type: 'boolean', id: 'fast', name: 'Fast', currentValue: chosen.fast },
    ],
  };
};

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answers = {
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: { loadSession: true },
    agentInfo: { name: 'choosing-agent', version: '1' },
  }),
  'session/new': () => {
    writeFileSync(join(folder, 'conversation'), '');
    return { sessionId: 'conversation', ...offered() };
  },
  'session/load': ({ sessionId }) => {
    if (!existsSync(join(folder, sessionId))) throw new Error('no such conversation');
    return offered();
  },
  'session/set_config_option': ({ configId, value, type }) => {
    if (configId === 'fast' && type !== 'boolean') throw new Error('fast is a boolean');
    if (value === 'big' && existsSync(join(folder, 'big is refused'))) throw new Error('big is not for you');
    chosen[configId] = value;
    return offered();
  },
  'session/set_mode': ({ modeId }) => {
    chosen.mode = modeId;
    return {};
  },
  'session/set_model': ({ modelId }) => {
    chosen.model = modelId;
    return {};
  },
  'session/prompt': ({ sessionId }) => {
    const text = `chosen: model ${chosen.model}, mode ${chosen.mode}, fast ${chosen.fast}`;
    appendFileSync(join(folder, 'prompted'), `${text}\n`);
    send({
      method: 'session/update',
      params: { sessionId, update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } } },
    });
    return { stopReason: 'end_turn' };
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  try {
    const answer = answers[method];
    if (answer === undefined) throw new Error(`there is no ${method}`);
    send({ id, result: answer(params) });
  } catch (error) {
    send({ id, error: { code: -32602, message: error.message } });
  }
});
