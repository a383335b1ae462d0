/** The table of the protocol in `docs/` says of everything that is in the protocol's schemas what we do, and where. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { equal, is, ok } from 'uvu/assert';
import { clientCapabilities } from '../../../../actors/agents/acp/initialize.ts';
import {
  drawnTables,
  drawProtocolTables,
  protocolDocument,
  type Section,
  version1,
  version2,
} from '../../../../docs/protocol-table.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('table of the protocol');

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectIn = (value: unknown): Json => (isObject(value) ? value : {});
const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const schemaOf = (path: string): Json => {
  const file = createRequire(import.meta.url).resolve(`@agentclientprotocol/sdk/schema/${path}`);
  return objectIn(objectIn(JSON.parse(readFileSync(file, 'utf8'))).$defs);
};
const one = schemaOf('v1/schema.json');
const oneUnstable = schemaOf('v1/schema.unstable.json');
const two = schemaOf('v2/schema.json');

/** The methods whose receiver is this side. */
const methods = (schema: Json, side: string): readonly string[] => [
  ...new Set(
    Object.values(schema).flatMap((each) => {
      const { 'x-side': receiver, 'x-method': method } = objectIn(each);
      return receiver === side && typeof method === 'string' ? [method] : [];
    }),
  ),
];

/** The constants of a union: of its members, or of a field of theirs. */
const constants = (schema: Json, name: string, field?: string): readonly string[] => {
  const { oneOf, anyOf } = objectIn(schema[name]);
  return listIn(oneOf ?? anyOf).flatMap((member) => {
    const holder = field === undefined ? member : objectIn(objectIn(member.properties)[field]);
    return typeof holder.const === 'string' ? [holder.const] : [];
  });
};

/** What can be announced, as paths: a capability that has none in it is a leaf. */
const capabilities = (schema: Json, name: string, path = ''): readonly string[] =>
  Object.entries(objectIn(objectIn(schema[name]).properties)).flatMap(([key, value]) => {
    if (key === '_meta') return [];
    const { allOf, anyOf, $ref } = objectIn(value);
    const references = [...listIn(allOf), ...listIn(anyOf), { $ref }].map((each) => each.$ref);
    const reference = references.find((each) => typeof each === 'string');
    const below =
      typeof reference === 'string' ? capabilities(schema, reference.split('/').at(-1) ?? '', `${path}${key}.`) : [];
    return below.length > 0 ? below : [`${path}${key}`];
  });

const sorted = (names: Iterable<string>): readonly string[] => [...names].sort();

const held: readonly (readonly [Section, readonly string[]])[] = [
  [version1.toAgent, methods(one, 'agent')],
  [version1.toClient, methods(one, 'client')],
  [version1.bothWays, methods(one, 'protocol')],
  [version1.clientCapabilities, capabilities(one, 'ClientCapabilities')],
  [version1.agentCapabilities, capabilities(one, 'AgentCapabilities')],
  [version1.updates, constants(one, 'SessionUpdate', 'sessionUpdate')],
  [version1.contentBlocks, constants(one, 'ContentBlock', 'type')],
  [version1.toolContent, constants(one, 'ToolCallContent', 'type')],
  [version1.stopReasons, constants(one, 'StopReason')],
  [version1.permissionKinds, constants(one, 'PermissionOptionKind')],
];

for (const [{ title, rows }, names] of held) {
  test(`it has all that is stable, and nothing else: ${title}`, () => {
    ok(names.length > 0);
    equal(sorted(Object.keys(rows)), sorted(names));
  });
}

test('of version 2 it has what version 1 has not', () => {
  const without = (names: readonly string[], others: readonly string[]) =>
    names.filter((name) => !others.includes(name));
  const asked = (schema: Json) => ['agent', 'client', 'protocol'].flatMap((side) => methods(schema, side));
  equal(sorted(Object.keys(version2.methods.rows)), sorted(without(asked(two), asked(one))));
  const updates = (schema: Json) => constants(schema, 'SessionUpdate', 'sessionUpdate');
  equal(sorted(Object.keys(version2.updates.rows)), sorted(without(updates(two), updates(one))));
});

/** What stands in its file in quotes: of a capability its last word is a field. */
const named: ReadonlySet<Section> = new Set<Section>([
  ...[version1.toAgent, version1.toClient, version1.bothWays, version1.updates, version1.contentBlocks],
  ...[version1.toolContent, version1.stopReasons, version1.permissionKinds, version2.methods, version2.updates],
]);

for (const section of [...Object.values(version1), ...Object.values(version2)]) {
  test(`the files that it names do what it says: ${section.title}`, () => {
    const rows: Section['rows'] = section.rows;
    for (const [name, { file, what }] of Object.entries(rows)) {
      ok(what !== '', name);
      if (file === null) continue;
      const source = existsSync(file) ? readFileSync(file, 'utf8') : null;
      const isThere = source !== null && (!named.has(section) || source.includes(`'${name}'`));
      if (section === version1.clientCapabilities) is(announced.includes(name), true, `announced: ${name}`);
      else ok(isThere, `${file} does not have ${name}`);
    }
  });
}

/** The leaves of what we announce. */
const leaves = (value: unknown, path = ''): readonly string[] => {
  const entries = Object.entries(objectIn(value)).filter(([key]) => key !== '_meta');
  return entries.length === 0
    ? [path]
    : entries.flatMap(([key, each]) => leaves(each, path === '' ? key : `${path}.${key}`));
};
const announced = leaves(clientCapabilities);

test('what is announced is in the protocol, stable or not', () => {
  const known = [...capabilities(one, 'ClientCapabilities'), ...capabilities(oneUnstable, 'ClientCapabilities')];
  equal(
    announced.filter((name) => !known.includes(name)),
    [],
  );
});

test('the document draws it as it is', () => {
  is(drawnTables.exec(readFileSync(protocolDocument, 'utf8'))?.[0], drawProtocolTables(), 'npm run protocol');
});

test.run();
