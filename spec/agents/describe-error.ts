/** What an error says; of an assertion also what it expected and found. */
export const describeError = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (!('actual' in error && 'expects' in error)) return error.message;
  // An assertion with a sentence of its own does not say what it found.
  return `${error.message}\nexpected ${shortJson(error.expects)}\nfound    ${shortJson(error.actual)}`;
};

const shortJson = (value: unknown): string => `${JSON.stringify(value)}`.slice(0, 1_000);
