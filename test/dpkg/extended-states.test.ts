import { expect, test } from 'vitest';
import { parseExtendedStates, updateExtendedStates } from '../../lib/dpkg/extended-states.ts';

const TEXT = `Package: a
Architecture: amd64
Auto-Installed: 1

Package: b
Architecture: amd64
Auto-Installed: 1

Package: c
Architecture: amd64
Auto-Installed: 0
X-Note: kept

Package: gone
Architecture: amd64
Auto-Installed: 1

`;

test('knows which packages are automatic', () => {
  const states = parseExtendedStates(TEXT).map(({ name, auto }) => [name, auto]);
  expect(states).toEqual([
    ['a', true],
    ['b', true],
    ['c', false],
    ['gone', true],
  ]);
});

test('writes the marks back as apt does', () => {
  const auto = new Map([
    ['a:amd64', true],
    ['b:amd64', false],
    ['c:amd64', true],
    ['manual:amd64', false],
    ['new:amd64', true],
  ]);
  expect(updateExtendedStates(parseExtendedStates(TEXT), auto)).toBe(`Package: a
Architecture: amd64
Auto-Installed: 1

Package: c
Architecture: amd64
Auto-Installed: 1
X-Note: kept

Package: new
Architecture: amd64
Auto-Installed: 1

`);
});
