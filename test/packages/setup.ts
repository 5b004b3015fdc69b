import { openRepo, type Repo } from '../../lib/native/repo.ts';
import { type DebFile, importDebs } from '../../lib/packages/import.ts';
import { type DebSpec, makeDeb } from '../helpers/deb.ts';
import { ostreeCli } from '../helpers/ostree-cli.ts';
import { tempDir } from '../helpers/temp.ts';

/** An empty repository beside a folder for .debs. */
export async function setup() {
  const dir = await tempDir('import');
  const repo = await openRepo(dir.file('repo'), { create: 'bare' });
  return {
    dir,
    repo,
    cli: ostreeCli(repo.path),
    deb: (spec: DebSpec) => makeDeb(dir.path, spec),
    async [Symbol.asyncDispose]() {
      repo.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Imports in a transaction of its own. */
export async function importAll(repo: Repo, files: DebFile[]) {
  await using transaction = await repo.transaction();
  const imported = await importDebs(repo, files);
  const stats = await transaction.commit();
  return { imported, stats };
}

export const importOne = async (repo: Repo, file: string, sha256: string | null = null) =>
  (await importAll(repo, [{ file, sha256 }])).imported[0]!;

/** A package with a bit of everything. */
export const SPEC: DebSpec = {
  control: { Package: 'demo', Version: '1:2.0-1' },
  files: `
    d /var/lib/demo 2750 root adm
    f /usr/bin/demo 4755 root mail #!/bin/sh\\necho "hello"
    f /etc/demo.conf 0644 root root a = 1
    f /bin/tool 0755 root root aliased
    f /usr/share/demo/größe 0644 123 456 x
    l /usr/bin/aa-first demo
    h /usr/bin/hard /usr/bin/demo`,
  scripts: { postinst: 'echo configured' },
  conffiles: ['/etc/demo.conf'],
  triggers: ['interest-noawait /usr/share/demo'],
  members: { templates: 'Template: demo/x\n' },
};
