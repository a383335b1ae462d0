/**
 * The host name under which a browser is let in. To a browser a page's origin is its scheme, host and port, and whoever
 * has had an origin keeps a hold on it: by a tab that stays open, a service worker, what is in its cache. All users of a
 * machine can listen on loopback, so a port alone is nobody's. Each runtime therefore makes a name below `localhost`
 * that nobody can have known before, and lives there (RFC 6761, section 6.3: such names are loopback; browsers see to
 * that themselves). For the same reason its cookie goes to no other server: cookies know hosts, but no ports.
 */
import { createHmac, randomBytes } from 'node:crypto';

export type WindowHosts = {
  /** Where whoever comes now is let in. */
  readonly current: string;
  /** Whether a runtime with this token, now or before, is or was to be found by that name. Such a page may come back. */
  readonly isOurs: (name: string) => boolean;
};

/**
 * Names that lead here and that everybody knows. A browser is let in by them as well, where it cannot resolve others;
 * what is said above does not hold there.
 */
export const plainHosts: readonly string[] = ['127.0.0.1', 'localhost'];

/** Before macOS 26 neither its resolver nor Safari knows names below `localhost`. */
const resolvesNames = (platform: NodeJS.Platform): boolean => platform !== 'darwin';

const randomDigits = 20;
const markDigits = 12;
const namePattern = new RegExp(`^([0-9a-f]{${randomDigits}})([0-9a-f]{${markDigits}})\\.localhost$`);

export const createWindowHosts = (token: string, platform: NodeJS.Platform = process.platform): WindowHosts => {
  // By the mark a name of ours is known again without a list of them.
  const markOf = (random: string): string =>
    createHmac('sha256', token).update(`window host:${random}`).digest('hex').slice(0, markDigits);
  const random = randomBytes(randomDigits / 2).toString('hex');
  return {
    current: resolvesNames(platform) ? `${random}${markOf(random)}.localhost` : '127.0.0.1',
    isOurs: (name) => {
      if (plainHosts.includes(name)) return true;
      const [, itsRandom, itsMark] = namePattern.exec(name) ?? [];
      return itsRandom !== undefined && markOf(itsRandom) === itsMark;
    },
  };
};
