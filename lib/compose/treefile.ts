import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AptOstreeError } from '../errors/error.ts';
import type { Repos } from '../resolution/plan.ts';
import { hostArchitecture } from './architecture.ts';
import { parseTreefile, type TreefileDocument } from './treefile-document.ts';
import { absolutePaths, joinStanza } from './treefile-paths.ts';
import type { CheckedTreefile, TreefileInput } from './treefile-schema.ts';
import { substitute, variablesOf } from './treefile-variables.ts';

/** A treefile with its includes merged, variables replaced, defaults filled in and paths absolute. */
export interface Treefile {
  /** null: `compose tree` refuses it. */
  ref: string | null;
  architecture: string;
  repos: Repos;
  packages: string[];
  excludePackages: string[];
  recommends: boolean;
  documentation: boolean;
  /** null: all. */
  installLangs: string[] | null;
  essential: boolean;
  units: string[];
  defaultTarget: string | null;
  addFiles: { source: string; target: string }[];
  removeFiles: string[];
  postprocess: string[];
  /** Only looked at when the tree has a kernel. */
  initramfs: 'dracut' | 'none';
  /** File that keeps account numbers; written back after a compose. */
  preserveAccounts: string | null;
  addCommitMetadata: Record<string, string | number | boolean>;
  /** The treefile and everything that it includes. */
  files: string[];
}

/**
 * Reads a treefile and what it includes. Content instead of a path is taken as if it lay in the working directory.
 * @throws ERR_TREEFILE with file, line and column
 */
export async function loadTreefile(source: string | TreefileInput): Promise<Treefile> {
  const documents: TreefileDocument[] = [];
  if (typeof source === 'string') await collect(resolve(source), {}, [], documents);
  else await collectParsed(parseTreefile(resolve('treefile'), JSON.stringify(source)), {}, [], documents);

  const contents = documents.map((document) => document.content);
  const architecture =
    contents.findLast((content) => 'architecture' in content)?.architecture ?? hostArchitecture();
  const variables = Object.assign({ architecture: String(architecture) }, ...contents.map(variablesOf));
  const parts = documents.map((document) => {
    const content = substitute(document.content, variables, unknownVariable(document, variables));
    return absolutePaths(document.check(content), dirname(document.file));
  });
  return normalise(parts.reduce(merge, {}), typeof source === 'string' ? documents.map((d) => d.file) : []);
}

/** Adds a file after all that it includes, so that later documents override earlier ones. */
async function collect(
  file: string,
  inherited: Record<string, string>,
  chain: string[],
  documents: TreefileDocument[],
): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AptOstreeError(
      'ERR_TREEFILE',
      `${file}: ${cause.code === 'ENOENT' ? 'no such file' : cause.message}`,
      {
        cause,
        details: { file },
      },
    );
  });
  await collectParsed(parseTreefile(file, text), inherited, chain, documents);
}

async function collectParsed(
  document: TreefileDocument,
  inherited: Record<string, string>,
  chain: string[],
  documents: TreefileDocument[],
): Promise<void> {
  const variables = { ...variablesOf(document.content), ...inherited };
  const { include } = document.content;
  const paths = Array.isArray(include) ? include : include === undefined ? [] : [include];
  for (const [index, path] of paths.entries()) {
    const where = Array.isArray(include) ? ['include', index] : ['include'];
    if (typeof path !== 'string') throw document.problem(where, 'include: must be a path');
    const replaced = substitute({ path }, variables, (_, name) =>
      unknownVariable(document, variables)(where, name),
    );
    const file = resolve(dirname(document.file), String(replaced.path));
    if (file === document.file || chain.includes(file))
      throw document.problem(
        where,
        `${path} includes itself: ${[...chain, document.file, file].join(' -> ')}`,
      );
    await collect(file, variables, [...chain, document.file], documents);
  }
  documents.push(document);
}

function unknownVariable(document: TreefileDocument, variables: Record<string, string>) {
  const known = Object.keys(variables).join(', ') || 'none';
  return (path: readonly (string | number)[], name: string) =>
    document.problem(path, `no variable "${name}" (known: ${known})`);
}

function merge(below: CheckedTreefile, above: CheckedTreefile): CheckedTreefile {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = result[key];
    if (Array.isArray(old) && Array.isArray(value)) result[key] = [...old, ...value];
    else if (isRecord(old) && isRecord(value)) result[key] = { ...old, ...value };
    else result[key] = value;
  }
  return result as CheckedTreefile;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function normalise(tree: CheckedTreefile, files: string[]): Treefile {
  const repos = tree.repos ?? 'host';
  return {
    ref: tree.ref ?? null,
    architecture: tree.architecture ?? hostArchitecture(),
    repos: repos === 'host' ? 'host' : repos.map(joinStanza),
    packages: unique(tree.packages),
    excludePackages: unique(tree['exclude-packages']),
    recommends: tree.recommends ?? true,
    documentation: tree.documentation ?? true,
    installLangs: tree['install-langs'] ? unique(tree['install-langs']) : null,
    essential: tree.essential ?? true,
    units: unique(tree.units),
    defaultTarget: tree['default-target'] ?? null,
    addFiles: (tree['add-files'] ?? []).map(([source, target]) => ({ source, target })),
    removeFiles: unique(tree['remove-files']),
    postprocess: tree.postprocess ?? [],
    initramfs: tree.initramfs ?? 'dracut',
    preserveAccounts: tree['preserve-accounts'] ?? null,
    addCommitMetadata: tree['add-commit-metadata'] ?? {},
    files,
  };
}

function unique(list: string[] | undefined): string[] {
  return [...new Set(list)];
}
