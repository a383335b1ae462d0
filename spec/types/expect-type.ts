/** What a type test says with: nothing of it runs, `npm run check` compiles it. */

/** Whether two types are the same, `any` and `unknown` told apart, too. */
export type Equal<Left, Right> =
  (<Probe>() => Probe extends Left ? 1 : 2) extends <Probe>() => Probe extends Right ? 1 : 2 ? true : false;

/** An error unless it is given `true`: `expectType<Equal<Seq, Seq>>()`. */
export const expectType = <_Holds extends true>(): void => {};

expectType<Equal<{ readonly a: string }, { readonly a: string }>>();
// @ts-expect-error another type
expectType<Equal<string, number>>();
// @ts-expect-error wider
expectType<Equal<string, string | null>>();
// @ts-expect-error `any` is like nothing else
expectType<Equal<string, ReturnType<typeof JSON.parse>>>();
