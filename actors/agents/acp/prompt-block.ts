/** A block of what an agent is told. */
export type PromptBlock = { readonly type: 'text'; readonly text: string };

export const textBlock = (text: string): PromptBlock => ({ type: 'text', text });
