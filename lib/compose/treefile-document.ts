import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { AptOstreeError } from '../errors/error.ts';
import { nearest } from './nearest.ts';
import { type CheckedTreefile, treefileSchema } from './treefile-schema.ts';

/** What is wrong at one place of a treefile. Lines and columns count from 1. */
export interface TreefileProblem {
  file: string;
  line: number;
  column: number;
  message: string;
  /** The known key that was probably meant. */
  nearest: string | null;
}

type Path = readonly PropertyKey[];

/** A parsed treefile (YAML, of which JSON is a part) that still knows where everything stands. */
export interface TreefileDocument {
  file: string;
  /** Unchecked content. */
  content: Record<string, unknown>;
  /** Checks content against the schema. @throws ERR_TREEFILE */
  check(content: unknown): CheckedTreefile;
  /** The error for something wrong at a path of the content. */
  problem(path: Path, message: string): AptOstreeError;
}

/** @throws ERR_TREEFILE with file, line and column. */
export function parseTreefile(file: string, text: string): TreefileDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [syntax] = document.errors;
  if (syntax)
    throw treefileError([{ ...at(syntax.pos[0]), message: firstLine(syntax.message), nearest: null }]);
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw treefileError([{ ...at(0), message: 'a treefile is a mapping of keys to values', nearest: null }]);

  return {
    file,
    content: content as Record<string, unknown>,
    check(value) {
      const result = treefileSchema.safeParse(value, { reportInput: true });
      if (result.success) return result.data;
      const problems = result.error.issues.flatMap((issue) => describe(issue));
      throw treefileError(
        problems.map(({ path, key, message, nearest }) => ({
          ...at(offsetOf(document, path, key)),
          message,
          nearest,
        })),
      );
    },
    problem(path, message) {
      return treefileError([{ ...at(offsetOf(document, path)), message, nearest: null }]);
    },
  };
}

interface Found {
  path: Path;
  key?: string;
  message: string;
  nearest: string | null;
}

function describe(issue: z.core.$ZodIssue): Found[] {
  const { path } = issue;
  const name = path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    return issue.keys.map((key) => ({
      path,
      key,
      message: `unknown key "${key}"`,
      nearest: nearest(key, known),
    }));
  }
  if (issue.code === 'invalid_union') {
    // The branch that got furthest into the value is the one that was meant.
    const deepest = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
    if (deepest && deepest.path.length > 0) return describe({ ...deepest, path: [...path, ...deepest.path] });
    return [{ path, message: `${name}: no such value is allowed here${shown(issue.input)}`, nearest: null }];
  }
  const text = issue.message.replace(/^Invalid (input|option): /, '');
  return [{ path, message: `${name}: ${text}${shown(issue.input)}`, nearest: null }];
}

function shown(input: unknown): string {
  return input === undefined || typeof input === 'object' ? '' : ` (it is ${JSON.stringify(input)})`;
}

function knownKeys(path: Path): string[] {
  if (path[0] === 'repos') {
    const list = treefileSchema.shape.repos.unwrap().options[1];
    return Object.keys(list.element.shape);
  }
  return Object.keys(treefileSchema.shape);
}

/** Where a value, or a key of the mapping that it is, begins; the nearest thing around it when it is absent. */
function offsetOf(document: Document, path: Path, key?: string): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (!isNode(node)) continue;
    if (key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    if (node.range) return node.range[0];
  }
  return 0;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

/** The first problem is the message; all of them are the details. */
function treefileError(problems: TreefileProblem[]): AptOstreeError {
  const [first] = problems;
  if (!first) throw new AptOstreeError('ERR_INTERNAL', 'a treefile was refused without a reason');
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = `${first.file}:${first.line}:${first.column}: ${first.message}${more}`;
  return new AptOstreeError('ERR_TREEFILE', message, {
    hint: first.nearest ? `did you mean "${first.nearest}"?` : undefined,
    details: { ...first, problems },
  });
}
