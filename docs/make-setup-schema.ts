/**
 * Writes the JSON schema of `.throughline/config.json`, for editors:
 *
 *   npm run setup-schema
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setupJsonSchema } from '../runtime/setup/setup-schema.ts';

const path = fileURLToPath(new URL('config.schema.json', import.meta.url));
writeFileSync(path, `${JSON.stringify(setupJsonSchema(), null, 2)}\n`);
