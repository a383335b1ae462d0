/** Does something while programs are looked up elsewhere. */
export const withPath = async <Value>(path: string, body: () => Promise<Value>): Promise<Value> => {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await body();
  } finally {
    process.env.PATH = before;
  }
};
