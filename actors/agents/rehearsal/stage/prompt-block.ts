/** What the rehearsal agent is told, as text: what it cannot read it names. */
import * as z from 'zod';

export const promptBlock = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  mimeType: z.string().optional(),
  data: z.string().optional(),
  uri: z.string().optional(),
  resource: z.looseObject({ uri: z.string(), text: z.string().optional() }).optional(),
});

/** One block in words. */
export const blockText = ({ type, text, mimeType, data, uri, resource }: z.infer<typeof promptBlock>): string => {
  if (text !== undefined) return text;
  if (data !== undefined) return `[${type} ${mimeType ?? ''} ${Buffer.from(data, 'base64').byteLength} bytes]`;
  return `[${type} ${resource?.uri ?? uri ?? ''}${resource?.text === undefined ? '' : `: ${resource.text.trim()}`}]`;
};
