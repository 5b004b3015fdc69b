// Writes the generated documents from the compiled code: docs/treefile.schema.json and docs/errors.md.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { treefileJsonSchema } from '../dist/compose/treefile-schema.js';
import { errorsDocument } from '../dist/errors/document.js';

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs');
writeFileSync(join(docs, 'treefile.schema.json'), `${JSON.stringify(treefileJsonSchema(), null, 2)}\n`);
writeFileSync(join(docs, 'errors.md'), errorsDocument());
