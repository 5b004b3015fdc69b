import {
  type DeclaredConffile,
  markSkipped,
  parseConffiles,
  unpackedConffiles,
} from '../../../lib/dpkg/conffiles.ts';
import { type ConfigureOptions, runConfigureQueue } from '../../../lib/dpkg/configure-queue.ts';
import { DpkgDatabase } from '../../../lib/dpkg/database.ts';
import { disappearing } from '../../../lib/dpkg/disappear.ts';
import { removeFiles, removeLeftovers, removeOldFiles } from '../../../lib/dpkg/file-removal.ts';
import { PathFilter } from '../../../lib/dpkg/path-filter.ts';
import { recordFromControl, recordKey } from '../../../lib/dpkg/record.ts';
import { processRequiredTriggers } from '../../../lib/dpkg/required-triggers.ts';
import * as transitions from '../../../lib/dpkg/transitions.ts';
import { activateFile, incorporateTriggers } from '../../../lib/dpkg/trigger-activation.ts';
import { parseTriggers } from '../../../lib/dpkg/triggers.ts';
import type { InfoFile, PackageRecord } from '../../../lib/dpkg/types.ts';
import { deconfigurations } from '../../../lib/dpkg/unpack-checks.ts';
import {
  checkOwner,
  keepsExisting,
  refuseConflict,
  refuseDiverted,
  takeOver,
} from '../../../lib/dpkg/unpack-plan.ts';
import { finishUnpack, recordVersion } from '../../../lib/dpkg/unpacked-version.ts';
import { MemoryTree } from './memory-tree.ts';
import { ModelConffiles, md5 } from './model-conffiles.ts';
import type { TestPackage } from './packages.ts';
import type { Seen } from './real-dpkg.ts';

type Scripted = 'preinst' | 'postinst' | 'prerm' | 'postrm';

/** dpkg on a tree in memory, from the parts of lib/dpkg put together as the engine does. */
export class Model {
  readonly tree = new MemoryTree();
  readonly #admin = new Map<string, string>();
  readonly #packages = new Map<string, TestPackage>();
  readonly #scripts: string[] = [];
  readonly #db = DpkgDatabase.empty('amd64');
  readonly #conffiles = new ModelConffiles(this.#db, this.tree);
  #filter = new PathFilter([]);

  constructor() {
    this.#save();
  }

  #save(): void {
    for (const write of this.#db.changes())
      if ('data' in write) this.#admin.set(write.path, write.data.toString());
      else this.#admin.delete(write.path);
  }

  seen(): Seen {
    this.#save();
    const ignored = ['arch', 'lock', 'lock-frontend', 'triggers/Lock'];
    const admin = Object.fromEntries([...this.#admin].filter(([path]) => !ignored.includes(path)));
    return { tree: this.tree.describe(), admin, scripts: this.#scripts.splice(0) };
  }

  /** @param excluding pattern of --path-exclude. */
  async unpack(packages: TestPackage[], excluding?: string): Promise<void> {
    this.#filter = new PathFilter(excluding === undefined ? [] : [{ pattern: excluding, include: false }]);
    this.#db.reopen();
    for (const one of packages) await this.#unpackOne(one);
  }

  async configure(
    names: string[] | null,
    { triggers = true, force = false }: { triggers?: boolean; force?: boolean } = {},
  ): Promise<void> {
    const db = this.#db;
    const options: ConfigureOptions = {
      mode: names === null ? 'pending' : 'list',
      triggersEnabled: triggers,
      forceDepends: force,
      configure: async (record) => {
        if (record.state === 'unpacked') this.#conffiles.place(record);
        transitions.startPostinst(db, record);
        this.#postinst(record, ['configure', record.configVersion ?? '']);
      },
      processTriggers: async (record, names) => this.#triggered(record, names),
    };
    await runConfigureQueue(
      db,
      (names ?? []).map((name) => recordKey(db.get(name)!)),
      options,
    );
  }

  async remove(name: string, want: 'deinstall' | 'purge'): Promise<void> {
    this.#db.reopen();
    const db = this.#db;
    const record = db.get(name)!;
    if (record.state !== 'config-files') await this.#removeOne(record, want);
    else transitions.startRemoval(db, record, want);
    const removed = db.get(record.name, record.architecture)!;
    if (transitions.isPurgedByRemoval(db, removed)) transitions.setPurged(db, removed);
    else if (want === 'purge') this.#purge(removed);
    else return;
    const purged = db.get(record.name, record.architecture)!;
    db.setPaths(purged, await removeLeftovers(db, purged, this.tree));
    transitions.forget(db, purged);
  }

  records(): readonly PackageRecord[] {
    return this.#db.all();
  }

  divert(from: string, by: string): void {
    this.tree.rename(from, `${from}.real`);
    this.#db.setDiversions([...this.#db.diversions.entries, { from, to: `${from}.real`, package: by }]);
  }

  async #unpackOne(one: TestPackage): Promise<void> {
    const db = this.#db;
    const next = recordFromControl(one.control, one.name);
    const member = (name: string): string => one.members.get(name)?.toString() ?? '';
    const declared = parseConffiles(member('conffiles'), one.name);
    const directives = parseTriggers(member('triggers'), one.name);
    await processRequiredTriggers(db, next, async (record, names) => this.#triggered(record, names));
    const old = transitions.replacedRecord(db, next);
    const started = transitions.startUpgrade(db, old, directives);
    const state = started?.state ?? 'not-installed';
    if (started !== undefined && state === 'half-configured') {
      this.#script(started, 'prerm', ['upgrade', next.version!]);
      transitions.finishPrerm(db, started);
    }
    for (const other of deconfigurations(db, next)) {
      const deconfigured = transitions.startDeconfigure(db, other);
      this.#script(deconfigured, 'prerm', ['deconfigure', 'in-favour', db.displayName(next), next.version!]);
    }
    const replaced = transitions.replacedRecord(db, next);
    const hashes = unpackedConffiles(db, next, declared);
    const slot = transitions.startPreinst(db, next);
    this.#script(next, 'preinst', preinstArguments(replaced, next), one);
    const placed = this.#placeEntries(next, one, declared);
    const isUpgrade = replaced !== undefined && replaced.state !== 'config-files';
    if (isUpgrade) {
      transitions.startPostrm(db, slot);
      this.#script(slot, 'postrm', ['upgrade', next.version!]);
    }
    for (const { path } of hashes.filter((conffile) => conffile.removeOnUpgrade))
      this.#conffiles.removeOnUpgrade(slot, path, hashes);
    const added = new Set([...placed.listed, ...declared.map(({ path }) => path)]);
    const obsolete = this.#conffiles.obsolete(replaced, declared, placed.listed);
    if (replaced !== undefined) await removeOldFiles(db, { old: slot, added }, this.tree);
    const members = new Map(
      [...one.members].map(([name, data]): [string, InfoFile] => [name, { mode: 0o644, data }]),
    );
    this.#packages.set(recordKey(next), one);
    const record = recordVersion(db, slot, {
      record: next,
      paths: [...placed.listed, ...obsolete.map(({ path }) => path)],
      members,
      directives,
      conffiles: [...markSkipped(hashes, placed.skipped), ...obsolete],
      digest: (path) => md5(one.entries.find((entry) => entry.path === path)?.node) ?? undefined,
    });
    for (const other of disappearing(db, { record, paths: placed.archived })) {
      this.#script(other, 'postrm', ['disappear', db.displayName(record), record.version!]);
      transitions.forget(db, other);
    }
    takeOver({ db, record, conffiles: new Set(declared.map(({ path }) => path)) }, placed.unpacked);
    finishUnpack(db, record);
  }

  #placeEntries(next: PackageRecord, one: TestPackage, declared: DeclaredConffile[]) {
    const db = this.#db;
    const conffiles = new Set(declared.map(({ path }) => path));
    const unpacking = { db, record: next, conffiles };
    const listed: string[] = [];
    const archived = new Set<string>();
    const skipped = new Set<string>();
    const unpacked = new Set<string>();
    const deferred: (() => void)[] = [];
    for (const { path, node } of one.entries) {
      refuseDiverted(unpacking, path);
      const real = db.effectivePath(path, next.name);
      activateFile(db, real, db.get(next.name, next.architecture)!);
      const existing = this.tree.at(real);
      const standing = existing?.type ?? 'nothing';
      const leadsToDir = this.tree.nodes.get(this.tree.follow(real))?.type === 'dir';
      const sameTarget = node.type === 'symlink' && this.#leadsTo(real, node.target);
      const excluded = this.#filter.excludes(path, node.type);
      if (keepsExisting(node.type, { standing, leadsToDir, sameTarget })) {
        listed.push(path);
        if (!excluded) archived.add(path);
        continue;
      }
      const entry = { type: node.type, standing } as const;
      const answer = checkOwner(unpacking, path, entry);
      if (answer.verdict === 'conflict') refuseConflict(unpacking, path, { ...answer, entry });
      if (answer.verdict === 'skip') {
        skipped.add(path);
        continue;
      }
      listed.push(path);
      if (excluded) continue;
      archived.add(path);
      if (answer.verdict === 'shared') continue;
      unpacked.add(path);
      if (conffiles.has(path)) this.tree.set(`${this.tree.follow(real)}.dpkg-new`, node);
      else if (node.type === 'dir') this.tree.set(real, node);
      else deferred.push(() => this.tree.set(real, node));
    }
    for (const place of deferred) place();
    return { listed, archived, skipped, unpacked };
  }

  #leadsTo(path: string, target: string): boolean {
    const link = this.tree.real(path);
    const to = target.startsWith('/') ? target : `${link.slice(0, link.lastIndexOf('/'))}/${target}`;
    return this.tree.follow(path) === this.tree.follow(to);
  }

  async #removeOne(record: PackageRecord, want: 'deinstall' | 'purge'): Promise<void> {
    const db = this.#db;
    const configured = record.state !== 'unpacked' && record.state !== 'half-installed';
    transitions.startRemoval(db, record, want);
    if (configured) this.#script(record, 'prerm', ['remove']);
    const removing = transitions.startFileRemoval(db, record);
    db.setPaths(removing, await removeFiles(db, removing, this.tree));
    this.#script(removing, 'postrm', ['remove']);
    transitions.finishRemoval(db, removing);
  }

  #purge(record: PackageRecord): void {
    const purging = transitions.startPurge(this.#db, record);
    this.#conffiles.remove(purging);
    transitions.finishConffilePurge(this.#db, purging);
    this.#script(purging, 'postrm', ['purge']);
  }

  #script(record: PackageRecord, name: Scripted, args: string[], from?: TestPackage): void {
    const one = from ?? this.#packages.get(recordKey(record))!;
    const present = from === undefined ? this.#db.hasInfo(record, name) : one.members.has(name);
    if (present) this.#called(record, name, args, from ?? this.#installed(record));
    incorporateTriggers(this.#db);
  }

  #postinst(record: PackageRecord, args: string[]): void {
    if (this.#db.hasInfo(record, 'postinst')) this.#called(record, 'postinst', args, this.#installed(record));
  }

  #triggered(record: PackageRecord, names: string[]): void {
    this.#postinst(record, ['triggered', names.join(' ')]);
  }

  #installed(record: PackageRecord): TestPackage {
    return this.#packages.get(recordKey(record))!;
  }

  #called(record: PackageRecord, name: Scripted, args: string[], one: TestPackage): void {
    const words = args.map((word) => ` [${word}]`).join('');
    const states = this.#db.all().map((other) => `  ${this.#db.displayName(other)} ${other.state}\n`);
    this.#scripts.push(`${recordKey(record)} ${name}${words}\n${states.join('')}`);
    const qualified = this.#db.displayName(record);
    const lines = (one.activates[name] ?? []).map((trigger) => `${trigger} ${qualified}\n`);
    if (lines.length > 0) this.#db.absorb('triggers/Unincorp', Buffer.from(lines.join('')));
  }
}

function preinstArguments(old: PackageRecord | undefined, next: PackageRecord): string[] {
  if (old === undefined) return ['install'];
  return [old.state === 'config-files' ? 'install' : 'upgrade', old.version!, next.version!];
}
