/** What an initramfs was made from; lies beside it, so that a later transaction knows whether it still holds. */
export interface InitramfsRecord {
  format: 1;
  kernel: string;
  /** `controlDigest` and `inputsDigest` of the tree that it was made from. */
  control: string;
  inputs: string;
  /** The tree's files, users and groups that it holds copies of. */
  paths: string[];
  users: string[];
  groups: string[];
}

export const imagePath = (kernel: string) => `/usr/lib/modules/${kernel}/initramfs.img`;
export const recordPath = (kernel: string) => `/usr/lib/modules/${kernel}/initramfs.json`;

export function formatInitramfsRecord(record: InitramfsRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** Null where the bytes are not such a record. */
export function parseInitramfsRecord(data: Buffer): InitramfsRecord | null {
  try {
    const value = JSON.parse(data.toString('utf8')) as Partial<InitramfsRecord>;
    const texts = [value.kernel, value.control, value.inputs].every((text) => typeof text === 'string');
    const lists = [value.paths, value.users, value.groups].every(Array.isArray);
    return value.format === 1 && texts && lists ? (value as InitramfsRecord) : null;
  } catch {
    return null;
  }
}
