/** Directories of an admin directory; modes as mmdebstrap leaves them. */
export const DATABASE_DIRECTORIES: readonly { path: string; mode: number }[] = [
  { path: '.', mode: 0o755 },
  { path: 'alternatives', mode: 0o755 },
  { path: 'info', mode: 0o755 },
  { path: 'parts', mode: 0o755 },
  { path: 'triggers', mode: 0o755 },
  { path: 'updates', mode: 0o755 },
];

/** Files of an admin directory without packages, but for the status file. */
export function freshFiles(architecture: string): { path: string; mode: number; text: string }[] {
  return [
    { path: 'arch', mode: 0o644, text: `${architecture}\n` },
    { path: 'info/format', mode: 0o644, text: '1\n' },
    { path: 'lock', mode: 0o640, text: '' },
    { path: 'lock-frontend', mode: 0o640, text: '' },
    { path: 'triggers/Lock', mode: 0o600, text: '' },
    { path: 'triggers/Unincorp', mode: 0o644, text: '' },
  ];
}
