import type { Step } from './both.ts';
import type { Model } from './model.ts';
import type { PackageSpec } from './packages.ts';

const NAMES = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
const TRIGGERS = ['t1', 't2', '/usr/share/tr', '/usr/lib/p1', '/etc'];
const CONTENTS = ['x', 'y', 'z'];

/** Draws steps that dpkg can do whatever has been done before. */
export class RandomSteps {
  readonly #next: () => number;
  readonly #model: Model;
  #version = 0;

  constructor(next: () => number, model: Model) {
    this.#next = next;
    this.#model = model;
  }

  step(): Step {
    const records = this.#model.records();
    const present = records.filter(({ state }) => state !== 'config-files');
    const unconfigured = records.filter(({ state }) => state === 'unpacked' || state === 'half-configured');
    const roll = this.#next();
    if (roll < 0.35 || records.length === 0)
      return {
        unpack: this.#atLeastOne(NAMES)
          .slice(0, 3)
          .map((name) => this.#spec(name)),
      };
    if (roll < 0.6) return { configure: 'pending', force: true };
    if (roll < 0.7 && unconfigured.length > 0)
      return {
        configure: this.#atLeastOne(unconfigured.map(({ name }) => name)),
        triggers: false,
        force: true,
      };
    if (roll < 0.8 && present.length > 0) return { remove: this.#one(present).name, force: true };
    if (roll < 0.9) return { purge: this.#one(records).name, force: true };
    return this.#edit() ?? { configure: 'pending', force: true };
  }

  #edit(): Step | null {
    const present = NAMES.map((name) => `/etc/${name}.conf`).filter(
      (path) => this.#model.tree.at(path) !== undefined,
    );
    if (present.length === 0) return null;
    const path = this.#one(present);
    if (this.#next() < 0.4) return { delete: path };
    return { write: path, content: `${this.#one([...CONTENTS, 'mine'])}\n` };
  }

  #spec(name: string): PackageSpec {
    const own = ['a', 'b', 'c'].filter(() => this.#next() < 0.6).map((file) => `/usr/lib/${name}/${file}`);
    const extra = ['/usr/share/tr/common', `/usr/share/tr/${name}`].filter(() => this.#next() < 0.25);
    const files = [...own, ...extra].map((path) => `f ${path} 0644 root root ${this.#one(CONTENTS)}`);
    const link = this.#next() < 0.2 ? [`l /usr/lib/${name}/link ${this.#one(CONTENTS)}`] : [];
    const conffile = this.#conffile(name);
    const interests = TRIGGERS.filter(() => this.#next() < 0.12);
    const triggers = [
      ...interests.map((trigger) => `interest${this.#one(['', '-noawait'])} ${trigger}`),
      ...['t1', 't2']
        .filter(() => this.#next() < 0.2)
        .map((trigger) => `activate${this.#one(['', '-noawait'])} ${trigger}`),
    ];
    return {
      is: `${name} ${++this.#version}`,
      fields: this.#fields(name),
      files: [...files, ...link, ...conffile.files].join('\n'),
      ...(conffile.declared.length > 0 ? { conffiles: conffile.declared } : {}),
      ...(triggers.length > 0 ? { triggers } : {}),
      scripts: (['preinst', 'postinst', 'prerm', 'postrm'] as const).filter(() => this.#next() < 0.8),
      activates:
        interests.length > 0
          ? {}
          : { postinst: this.#some(['t1', '/usr/share/tr/x']), prerm: this.#some(['t2']) },
    };
  }

  #fields(name: string): Record<string, string> {
    const others = NAMES.filter((other) => other !== name);
    const depends = others.filter(() => this.#next() < 0.2);
    return {
      Replaces: others.join(', '),
      ...(depends.length > 0 ? { Depends: depends.join(this.#one([', ', ' | '])) } : {}),
    };
  }

  #conffile(name: string): { files: string[]; declared: string[] } {
    const path = `/etc/${name}.conf`;
    const roll = this.#next();
    if (roll < 0.3) return { files: [], declared: [] };
    if (roll < 0.4) return { files: [], declared: [`remove-on-upgrade ${path}`] };
    return { files: [`f ${path} 0644 root root ${this.#one(CONTENTS)}`], declared: [path] };
  }

  #atLeastOne<T>(items: T[]): T[] {
    const some = this.#some(items);
    return some.length > 0 ? some : [this.#one(items)];
  }

  #some<T>(items: T[]): T[] {
    return items.filter(() => this.#next() < 0.4);
  }

  #one<T>(items: readonly T[]): T {
    return items[Math.floor(this.#next() * items.length)]!;
  }
}
