import { type ErrorCode, errorCodes, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { problem } from '../../actors/protocol/gateway/api.ts';

/**
 * What a runtime answered instead of what was asked for, as the error it was; `status` and `said` as a caller of routes
 * has them. The code of a newer program, which is none of ours, is `internal`.
 */
export const refusalOf = (url: string, status: number, said: unknown): ThroughlineError => {
  if (said instanceof ThroughlineError) return said;
  if (status === 0) {
    return new ThroughlineError('runtime.unreachable', `the runtime at ${url} does not answer`, {
      hint: 'its log is runtime.log in the data directory; `throughline serve` starts one in the foreground',
      cause: said,
    });
  }
  const parsed = problem.safeParse(said);
  if (status >= 400 && parsed.success) {
    const { code, detail, hint } = parsed.data;
    return ThroughlineError.fromPlain({ code: isErrorCode(code) ? code : 'internal', message: detail, hint });
  }
  return new ThroughlineError('runtime.unreachable', `what answers at ${url} is no Throughline of this version`, {
    hint: 'stop it with the version that started it, then try again',
    cause: said,
  });
};

const isErrorCode = (code: string): code is ErrorCode => errorCodes.some((known) => known === code);
