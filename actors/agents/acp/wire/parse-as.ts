import { type ErrorCode, ThroughlineError } from '../../../protocol/facts/error.ts';

type Schema<Value> = {
  readonly safeParse: (value: unknown) => { success: true; data: Value } | { success: false; error: Error };
};

/** The value as the schema has it. Raises an error of this code that says what was not as the protocol says. */
export const parseAs = <Value>(schema: Schema<Value>, value: unknown, what: string, code: ErrorCode): Value => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ThroughlineError(code, `${what} not as the protocol says`, { cause: parsed.error });
};

/** The agent's answer to a request, as the schema has it. Raises `agent.protocol`. */
export const parseAnswer = <Value>(schema: Schema<Value>, answer: unknown, method: string): Value =>
  parseAs(schema, answer, `the agent's answer to ${method} is`, 'agent.protocol');

/** The parameters of a request of the agent's, as the schema has them. Raises `input.invalid`. */
export const parseParameters = <Value>(schema: Schema<Value>, params: unknown, method: string): Value =>
  parseAs(schema, params, `the parameters of ${method} are`, 'input.invalid');
