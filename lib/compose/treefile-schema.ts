import { z } from 'zod';

const words = z.union([z.string(), z.array(z.string())]);
const noSpace = z.string().regex(/^\S+$/, 'must be one word');
const absolute = z
  .string()
  .regex(/^\/./, 'must be an absolute path')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ".."');
const flag = z.union([z.boolean(), z.string()]);

/** A stanza of deb822 sources, with the keys of sources.list(5) in lower case. */
const stanza = z.strictObject({
  types: words.default('deb').describe('deb, deb-src'),
  uris: words.describe('Where the archive is; file:./pool is relative to the folder of the treefile'),
  suites: words.describe('Suites, or an exact path that ends in "/"'),
  components: words.optional(),
  architectures: words.optional(),
  'signed-by': words.optional().describe('Keyring files, fingerprints, or an armored key itself'),
  trusted: flag.optional().describe('true: take it unsigned'),
  enabled: flag.optional(),
  languages: words.optional(),
  targets: words.optional(),
  pdiffs: flag.optional(),
  'by-hash': flag.optional(),
  'allow-insecure': flag.optional(),
  'allow-weak': flag.optional(),
  'allow-downgrade-to-insecure': flag.optional(),
  'inrelease-path': z.string().optional(),
  snapshot: z.string().optional(),
  'check-valid-until': flag.optional(),
  'valid-until-min': z.string().optional(),
  'valid-until-max': z.string().optional(),
  'check-date': flag.optional(),
  'date-max-future': z.string().optional(),
});

/** One treefile as it is written: every key is optional here, because included files may hold only a few. */
export const treefileSchema = z.strictObject({
  edition: z.literal('2026').optional().describe('Meaning of the defaults; "2026" is the only one so far'),
  ref: noSpace.optional().describe('The ref that a compose sets'),
  architecture: noSpace.optional().describe("Debian's name of the architecture; default: the host's"),
  variables: z
    .record(z.string().regex(/^[A-Za-z_][\w-]*$/, 'must be a name'), z.union([z.string(), z.number()]))
    .optional()
    .describe('Values for ${name} in the other keys; postprocess is left alone'),
  include: words.optional().describe('Treefiles to start from: lists add up, scalars override'),
  repos: z
    .union([z.literal('host'), z.array(stanza)])
    .optional()
    .describe("host: the host's own apt sources and keys; or deb822 stanzas"),
  packages: z
    .array(noSpace)
    .optional()
    .describe("apt's package arguments: name, name=version, name/suite, ./file.deb"),
  'exclude-packages': z.array(noSpace).optional().describe('Never chosen, not even as a recommendation'),
  recommends: z.boolean().optional().describe('Install recommended packages; default true'),
  documentation: z
    .boolean()
    .optional()
    .describe('false: no man pages, docs, info; copyright files stay. Default true'),
  'install-langs': z.array(noSpace).optional().describe('Locales that are kept; default: all'),
  essential: z.boolean().optional().describe('Take Essential: yes packages too; default true'),
  units: z.array(noSpace).optional().describe('systemd units to enable'),
  'default-target': noSpace.optional().describe('What default.target points to'),
  'add-files': z
    .array(z.tuple([z.string().min(1), absolute]))
    .optional()
    .describe('[source, target]: source is relative to the folder of the treefile'),
  'remove-files': z.array(absolute).optional(),
  postprocess: z
    .array(z.string().min(1))
    .optional()
    .describe('Scripts that run in the sandbox at the end, in order'),
  initramfs: z
    .enum(['dracut', 'none'])
    .optional()
    .describe('What makes the initramfs of a tree with a kernel; default dracut'),
  'preserve-accounts': z
    .string()
    .min(1)
    .optional()
    .describe('File that keeps the numbers of users and groups; wins over the commit before'),
  'add-commit-metadata': z
    .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Metadata of the commit; "version" is shown by status'),
});

/** A treefile as written in YAML or JSON. */
export type TreefileInput = z.input<typeof treefileSchema>;
/** A treefile whose keys and values have been checked. */
export type CheckedTreefile = z.output<typeof treefileSchema>;
export type SourceInput = z.output<typeof stanza>;

/** The JSON Schema of a treefile, for editors; `docs/treefile.schema.json` is this. */
export function treefileJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(treefileSchema, { io: 'input' }) as Record<string, unknown>;
  return { $schema, title: 'apt-ostree treefile', ...schema };
}
