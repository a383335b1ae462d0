/** Node's main thread sees nothing of the DOM: each line is an error, and `tsc` complains of one that is none. */
// @ts-expect-error
export type ItsDocument = typeof document;
// @ts-expect-error
export type ItsWindow = typeof window;
// @ts-expect-error
export type ItsLocalStorage = typeof localStorage;
// @ts-expect-error
export type ItsLocation = typeof location;
// @ts-expect-error
export type ItsNavigator = typeof navigator;
// @ts-expect-error
export type ItsHistory = typeof history;
// @ts-expect-error
export type ItsCustomElements = typeof customElements;
// @ts-expect-error
export type ItsHTMLElement = HTMLElement;
// @ts-expect-error
export type ItsElement = Element;
// @ts-expect-error
export type ItsShadowRoot = ShadowRoot;
// What both have stays.
export const shared: readonly [typeof fetch, typeof URL, typeof AbortSignal] = [fetch, URL, AbortSignal];
