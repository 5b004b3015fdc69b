import { createHash } from 'node:crypto';
import { type ConffileStep, decideConffile, decideRemoval } from '../../../lib/dpkg/conffile-decision.ts';
import {
  type DeclaredConffile,
  isConffileBackup,
  obsoleteConffiles,
  siblingHash,
} from '../../../lib/dpkg/conffiles.ts';
import type { DpkgDatabase } from '../../../lib/dpkg/database.ts';
import { recordKey } from '../../../lib/dpkg/record.ts';
import { activatePath } from '../../../lib/dpkg/trigger-activation.ts';
import type { Conffile, PackageRecord } from '../../../lib/dpkg/types.ts';
import type { MemoryTree } from './memory-tree.ts';
import type { Node } from './packages.ts';

/** Conffiles of the model: what lib/dpkg decides, done to the tree in memory. */
export class ModelConffiles {
  readonly #db: DpkgDatabase;
  readonly #tree: MemoryTree;

  constructor(db: DpkgDatabase, tree: MemoryTree) {
    this.#db = db;
    this.#tree = tree;
  }

  obsolete(old: PackageRecord | undefined, declared: DeclaredConffile[], newPaths: string[]): Conffile[] {
    if (old === undefined) return [];
    const oldPaths = this.#db.paths(old);
    return obsoleteConffiles(
      { old, oldPaths, declared, newPaths },
      (path) => this.#tree.at(path)?.type === 'file',
    );
  }

  /** Puts what was unpacked beside its place into it. */
  place(record: PackageRecord): void {
    const db = this.#db;
    const conffiles: Conffile[] = [];
    for (const conffile of record.conffiles) {
      if (conffile.obsolete || conffile.removeOnUpgrade) conffiles.push(conffile);
      else conffiles.push({ ...conffile, hash: this.#placeOne(record, conffile) });
    }
    db.replace({ ...db.get(record.name, record.architecture)!, conffiles });
  }

  removeOnUpgrade(record: PackageRecord, path: string, hashes: Conffile[]): void {
    const real = this.#tree.follow(this.#db.effectivePath(path, record.name));
    const recorded = hashes.find((conffile) => conffile.path === path)!.hash;
    const shared = this.#db.owners(path).some((owner) => recordKey(owner) !== recordKey(record));
    this.#steps(real, decideRemoval({ recorded, current: md5(this.#tree.at(real)) }, shared));
  }

  /** Removes the conffiles of a package and what is left of their older versions. */
  remove(record: PackageRecord): void {
    for (const { path } of record.conffiles) {
      const real = this.#tree.follow(path);
      activatePath(this.#db, this.#db.effectivePath(path, record.name), record);
      for (const other of [...this.#tree.nodes.keys()])
        if (other === real || isBackupOf(real, other)) this.#tree.nodes.delete(other);
    }
  }

  #placeOne(record: PackageRecord, conffile: Conffile): string {
    const db = this.#db;
    const real = db.effectivePath(conffile.path, record.name);
    const path = this.#tree.follow(real);
    const next = this.#tree.at(`${path}.dpkg-new`);
    if (next === undefined) return siblingHash(db, record, conffile.path) ?? conffile.hash;
    const decision = decideConffile({
      recorded: conffile.hash,
      current: md5(this.#tree.at(path)),
      distributed: md5(next)!,
    });
    if (decision.activates) activatePath(db, real, db.get(record.name, record.architecture)!);
    this.#steps(path, decision.steps);
    return decision.hash;
  }

  #steps(path: string, steps: ConffileStep[]): void {
    for (const step of steps)
      if (step.op === 'remove') this.#tree.nodes.delete(this.#tree.real(path + step.suffix));
      else if (step.op === 'rename') this.#tree.rename(path + step.from, path + step.to);
      else this.#tree.set(path + step.to, this.#tree.at(path + step.from)!);
  }
}

function isBackupOf(path: string, other: string): boolean {
  const slash = path.lastIndexOf('/');
  return other.lastIndexOf('/') === slash && isConffileBackup(path.slice(slash + 1), other.slice(slash + 1));
}

/** Null for what is no file. */
export function md5(node: Node | undefined): string | null {
  return node?.type === 'file' ? createHash('md5').update(node.content).digest('hex') : null;
}
