import { parse } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { runGit } from '../../git/command/run-git.ts';
import { inRepository, type Repository } from '../../git/repository.ts';
import { imageTypeOf } from '../../prompts/image-type.ts';

const maxPictureBytes = 10 * 1024 * 1024;
const maxListBytes = 128 * 1024 * 1024;

/** Whether the name is that of a picture which can be drawn. */
export const isPictureName = (path: string): boolean => /^\.(?:png|jpe?g|gif|webp)$/i.test(parse(path).ext);

/**
 * A picture that stands in one of the trees, with the type that its own bytes say. Whatever else a repository holds is not
 * given out.
 *
 * Raises `review.not_found` for what is not in them or is no PNG, JPEG, GIF or WebP, `request.too_large`, and what git
 * raises.
 */
export const readPicture = async (
  repository: Repository,
  trees: readonly string[],
  blob: string,
): Promise<{ readonly contentType: string; readonly bytes: Uint8Array<ArrayBuffer> }> => {
  const notFound = (why: string): ThroughlineError => new ThroughlineError('review.not_found', `${blob} ${why}`);
  const call = inRepository(repository);
  if (trees.length === 0) throw notFound('is in no tree of this session');
  const listed = await runGit({
    ...call,
    arguments: ['rev-list', '--objects', '--no-object-names', ...new Set(trees), '--'],
    maxOutputBytes: maxListBytes,
    encoding: 'latin1',
  });
  if (!listed.includes(`${blob}\n`)) throw notFound('is in no tree of this session');
  const checked = await runGit({ ...call, arguments: ['cat-file', '--batch-check'], input: `${blob}\n` });
  const [, type, size] = checked.trim().split(' ');
  if (type !== 'blob') throw notFound('is no file');
  if (Number(size) > maxPictureBytes) {
    throw new ThroughlineError('request.too_large', `a picture of ${size} bytes is not shown`, {
      hint: `at most ${maxPictureBytes} bytes are`,
    });
  }
  const read = await runGit({
    ...call,
    arguments: ['cat-file', 'blob', blob],
    encoding: 'latin1',
    maxOutputBytes: maxPictureBytes + 1,
  });
  const bytes = Buffer.from(read, 'latin1');
  const contentType = imageTypeOf(bytes);
  if (contentType === null) throw notFound('is no picture that can be shown');
  return { contentType, bytes: Uint8Array.from(bytes) };
};
