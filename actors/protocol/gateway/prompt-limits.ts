/** What the runtime takes of one prompt, without a schema, so that the window can say it before it is sent. */
export const maxPromptCharacters = 1_000_000;
