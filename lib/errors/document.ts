import { ERROR_CODES } from './codes.ts';

/** `docs/errors.md`: every code with what it means. */
export function errorsDocument(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

Every error has a code. Codes are stable: programs may rely on them, while messages may change.
The command line prints \`error[CODE]: message\` and \`hint: what to do\` on stderr and ends with 1 (2 for \`ERR_USAGE\`);
with \`--json\` it prints \`{"error":{"code","message","hint","details"}}\` on stdout.
In the library it is an \`AptOstreeError\` with \`code\`, \`message\`, \`hint\` and \`details\`.

| code | meaning |
|---|---|
${rows.join('\n')}

This file is generated from \`lib/errors/codes.ts\` by \`scripts/docs.mjs\`.
`;
}
