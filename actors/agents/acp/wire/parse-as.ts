import { type ErrorCode, ThroughlineError } from '../../../protocol/facts/error.ts';
import { type OddPart, parseLeniently, type Schema } from './without-odd-parts.ts';

/** The value as the schema has it. Raises an error of this code that names the field, what it has to be and what it is. */
export const parseAs = <Value>(schema: Schema<Value>, value: unknown, what: string, code: ErrorCode): Value => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notAsTheProtocolSays(what, issue?.path.map(String).join('.') ?? '', issue?.message ?? '', code, parsed.error);
};

/**
 * The agent's answer to a request, as the schema has it: without the parts that are odd and optional, which go to
 * `onOdd`. Raises `agent.protocol`.
 */
export const parseAnswer = <Value>(
  schema: Schema<Value>,
  answer: unknown,
  method: string,
  onOdd: (method: string, parts: readonly OddPart[]) => void,
): Value => {
  const parsed = parseLeniently(schema, answer);
  if (parsed.kind === 'refused') {
    const { path, why, cause } = parsed;
    throw notAsTheProtocolSays(`the agent's answer to ${method} is`, path, why, 'agent.protocol', cause);
  }
  if (parsed.odd.length > 0) onOdd(method, parsed.odd);
  return parsed.value;
};

/** The parameters of a request of the agent's, as the schema has them. Raises `input.invalid`. */
export const parseParameters = <Value>(schema: Schema<Value>, params: unknown, method: string): Value =>
  parseAs(schema, params, `the parameters of ${method} are`, 'input.invalid');

const notAsTheProtocolSays = (what: string, path: string, why: string, code: ErrorCode, cause: Error) =>
  new ThroughlineError(code, `${what} not as the protocol says: ${path === '' ? '' : `${path}: `}${why}`, { cause });
