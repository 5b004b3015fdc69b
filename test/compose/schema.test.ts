import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { treefileJsonSchema } from '../../lib/compose/treefile-schema.ts';

test('docs/treefile.schema.json is current (npm run docs writes it)', async () => {
  expect(JSON.parse(await readFile('docs/treefile.schema.json', 'utf8'))).toEqual(treefileJsonSchema());
});
