import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorsDocument } from '../../lib/errors/document.ts';

test('docs/errors.md is current (npm run docs writes it)', async () => {
  expect(await readFile('docs/errors.md', 'utf8')).toBe(errorsDocument());
});
