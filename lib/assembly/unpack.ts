import { decideRemoval } from '../dpkg/conffile-decision.ts';
import {
  type DeclaredConffile,
  markSkipped,
  obsoleteConffiles,
  parseConffiles,
  unpackedConffiles,
} from '../dpkg/conffiles.ts';
import { disappearing } from '../dpkg/disappear.ts';
import { removeOldFiles } from '../dpkg/file-removal.ts';
import { recordFromControl, recordKey } from '../dpkg/record.ts';
import { processRequiredTriggers } from '../dpkg/required-triggers.ts';
import {
  finishPrerm,
  forget,
  replacedRecord,
  startDeconfigure,
  startPostrm,
  startPreinst,
  startUpgrade,
} from '../dpkg/transitions.ts';
import { parseTriggers } from '../dpkg/triggers.ts';
import type { Conffile, InfoFile, PackageRecord } from '../dpkg/types.ts';
import { deconfigurations } from '../dpkg/unpack-checks.ts';
import { takeOver, type Unpacking } from '../dpkg/unpack-plan.ts';
import { finishUnpack, recordVersion } from '../dpkg/unpacked-version.ts';
import { AptOstreeError } from '../errors/error.ts';
import type { ScriptEvent } from '../scripts/calls.ts';
import { conffilePlace, md5, stepChanges } from './conffile-steps.ts';
import { processTriggers } from './configure.ts';
import type { Incoming } from './incoming.ts';
import { runIncomingScript, runInstalledScript } from './maintainer-script.ts';
import { placePackage } from './place-package.ts';
import { removalTree } from './removal-tree.ts';
import { type LayeringContext, originOf } from './transaction.ts';

/**
 * Unpacks one package as `dpkg --unpack` does: the old version's prerm, the new one's preinst, the payload, the old
 * version's postrm and left-over files, the database. Any failure is thrown; the transaction then ends.
 */
export async function unpackPackage(ctx: LayeringContext, incoming: Incoming): Promise<void> {
  const { db } = ctx.live;
  const { manifest, version } = incoming;
  ctx.onStep({ kind: 'unpack', package: incoming.name });
  const next = recordFromControl(manifest.control, `${incoming.name} ${version}`);
  const directives = parseTriggers(manifest.texts.triggers ?? '', incoming.name);
  const declared = declaredConffiles(incoming);

  await processRequiredTriggers(db, next, (record, triggers) => processTriggers(ctx, record, triggers));
  const started = startUpgrade(db, replacedRecord(db, next), directives);
  if (started?.state === 'half-configured') {
    await runInstalledScript(ctx, started, 'prerm', upgradeEvent(started, version));
    finishPrerm(db, started);
  }
  for (const other of deconfigurations(db, next)) {
    const during = startDeconfigure(db, other);
    const inFavourOf = { name: db.displayName(next), version };
    await runInstalledScript(ctx, during, 'prerm', { kind: 'deconfigure', inFavourOf, removing: null });
  }
  const old = replacedRecord(db, next);
  const hashes = unpackedConffiles(db, next, declared);
  const slot = startPreinst(db, next);
  await runIncomingScript(ctx, incoming, 'preinst', preinstEvent(old, version));

  const unpacking: Unpacking = { db, record: next, conffiles: new Set(declared.map((c) => c.path)) };
  const placed = await placePackage(ctx, incoming, unpacking, slot);
  if (old !== undefined && old.state !== 'config-files') {
    startPostrm(db, slot);
    await runInstalledScript(ctx, slot, 'postrm', upgradeEvent(old, version));
  }
  await removeOnUpgrade(ctx, slot, hashes);
  const obsolete = old === undefined ? [] : await stillThere(ctx, old, declared, placed.list);
  const there = new Set(placed.list.filter((path) => !placed.filtered.has(path)));
  if (old !== undefined) {
    const added = new Set([...there, ...unpacking.conffiles]);
    await removeOldFiles(db, { old: slot, added }, removalTree(ctx.stack, ctx.tree, originOf(next)));
  }
  const record = recordVersion(db, slot, {
    record: next,
    paths: [...placed.list, ...obsolete.map((c) => c.path)],
    members: await infoFiles(ctx, incoming),
    directives,
    conffiles: [...markSkipped(hashes, placed.skipped), ...obsolete],
    digest: digestOf(incoming, there),
  });
  for (const gone of disappearing(db, { record, paths: there })) {
    const overwriter = { name: db.displayName(record), version };
    await runInstalledScript(ctx, gone, 'postrm', { kind: 'disappear', overwriter });
    forget(db, gone);
  }
  takeOver(unpacking, placed.taken);
  finishUnpack(db, record);
}

function upgradeEvent(old: PackageRecord, to: string): ScriptEvent {
  return { kind: 'upgrade', from: old.version ?? '', to };
}

function preinstEvent(old: PackageRecord | undefined, version: string): ScriptEvent {
  if (old === undefined) return { kind: 'install', version, leftover: null };
  if (old.state === 'config-files') return { kind: 'install', version, leftover: old.version ?? '' };
  return upgradeEvent(old, version);
}

function declaredConffiles(incoming: Incoming): DeclaredConffile[] {
  const { name, version, manifest } = incoming;
  const text = manifest.texts.conffiles;
  if (text === undefined) return [];
  const declared = parseConffiles(text, name);
  const shipped = declared.find((c) => c.removeOnUpgrade && manifest.entries.path.includes(c.path));
  if (shipped === undefined) return declared;
  const reason = `conffile '${shipped.path}' is to be removed on upgrade, and is in the package`;
  throw new AptOstreeError('ERR_DEB_CONTROL', `${name} ${version}: ${reason}`);
}

/** Conffiles that the new version wants gone: an edited one is kept beside its place. */
async function removeOnUpgrade(
  ctx: LayeringContext,
  record: PackageRecord,
  conffiles: Conffile[],
): Promise<void> {
  const { db } = ctx.live;
  for (const { path, hash } of conffiles.filter((c) => c.removeOnUpgrade)) {
    const place = await conffilePlace(ctx, record.name, path);
    const current = await ctx.tree.read(place);
    const shared = db.owners(path).some((owner) => recordKey(owner) !== recordKey(record));
    for (const step of decideRemoval({ recorded: hash, current: current && md5(current) }, shared))
      ctx.stack.push(originOf(record), await stepChanges(ctx, place, step, null));
  }
}

/** Conffiles of the old version that the new one has not: they stay, and are called obsolete. */
async function stillThere(
  ctx: LayeringContext,
  old: PackageRecord,
  declared: DeclaredConffile[],
  newPaths: string[],
): Promise<Conffile[]> {
  const { db } = ctx.live;
  const standing = new Set<string>();
  for (const { path } of old.conffiles) {
    const place = await ctx.tree.resolve(db.effectivePath(path, old.name));
    const node = await ctx.tree.lookup(place);
    if (node && node.type !== 'dir') standing.add(path);
  }
  return obsoleteConffiles({ old, oldPaths: db.paths(old), declared, newPaths }, (path) =>
    standing.has(path),
  );
}

/** Control members as dpkg keeps them; they are objects already, but for those that are needed in memory. */
async function infoFiles(ctx: LayeringContext, { manifest }: Incoming): Promise<Map<string, InfoFile>> {
  const files = new Map<string, InfoFile>();
  for (const { name, mode, size, checksum } of manifest.members) {
    ctx.live.know(checksum, size);
    // dpkg makes scripts executable where the archive did not.
    const script = /^(?:preinst|postinst|prerm|postrm|config)$/.test(name) && (mode & 0o555) !== 0o555;
    if (name === 'triggers') files.set(name, { mode, data: Buffer.from(manifest.texts.triggers ?? '') });
    else if (script) files.set(name, { mode: 0o755, data: await ctx.readObject(checksum) });
    else files.set(name, { mode, checksum });
  }
  return files;
}

function digestOf({ manifest }: Incoming, there: Set<string>): (path: string) => string | undefined {
  let index: Map<string, string> | null = null;
  return (path) => {
    index ??= new Map(manifest.entries.path.map((p, i) => [p, manifest.entries.md5[i]!]));
    return there.has(path) ? index.get(path) || undefined : undefined;
  };
}
