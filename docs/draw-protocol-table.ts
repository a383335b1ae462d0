/** Writes the tables of the protocol into `AGENTS.md`: npm run protocol */
import { readFileSync, writeFileSync } from 'node:fs';
import { drawnTables, drawProtocolTables, protocolDocument } from './protocol-table.ts';

const text = readFileSync(protocolDocument, 'utf8');
writeFileSync(
  protocolDocument,
  text.replace(drawnTables, () => drawProtocolTables()),
);
