/**
 * What a person said of a text that an agent sends as theirs: agents add reminders, dates and their surroundings, each in
 * a tag, and what a client hands on stands before the prompt. Empty where nothing of it is a person's.
 */
export const saidByPerson = (text: string): string => {
  const own = text.replace(/<([\w-]+)[^<>]*>[\s\S]*?<\/\1>/g, '').trim();
  // A tag that is not closed.
  return own.startsWith('<') ? '' : (own.split('\n').at(-1) ?? '').trim();
};
