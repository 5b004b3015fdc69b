type Path = readonly (string | number)[];

/** Keys whose text is left alone: a shell script has its own `${...}`. */
const VERBATIM = new Set(['postprocess', 'variables']);

/** Replaces `${name}` in every text of a treefile's content. `unknown` makes the error for a name without a value. */
export function substitute(
  content: Record<string, unknown>,
  variables: Record<string, string>,
  unknown: (path: Path, name: string) => Error,
): Record<string, unknown> {
  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string')
      return value.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
        const found = Object.hasOwn(variables, name) ? variables[name] : undefined;
        if (found === undefined) throw unknown(path, name);
        return found;
      });
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]),
      );
    return value;
  };
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [key, VERBATIM.has(key) ? value : walk(value, [key])]),
  );
}

/** The variables that a file sets, as text; values of another kind are left to the schema to refuse. */
export function variablesOf(content: Record<string, unknown>): Record<string, string> {
  const { variables } = content;
  if (typeof variables !== 'object' || variables === null) return {};
  const entries = Object.entries(variables).filter(([, value]) =>
    ['string', 'number'].includes(typeof value),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
