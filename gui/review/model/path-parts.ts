/** The folder of a path with the slash at its end, and the name: what is quiet, and what is not. */
export const pathParts = (path: string): { readonly folder: string; readonly name: string } => {
  const slash = path.lastIndexOf('/') + 1;
  return { folder: path.slice(0, slash), name: path.slice(slash) };
};
