/** One progress event; the JSON lines of `--progress=jsonl` are these. */
export interface ProgressEvent {
  v: 1;
  /** The stage: resolve, fetch, import, assemble, scripts, layout, initramfs, commit, deploy. */
  task: string;
  /** Unique among the tasks of one run. */
  id: string;
  state: 'start' | 'progress' | 'end';
  done: number;
  /** 0 when it is not known. */
  total: number;
  unit: 'bytes' | 'items' | '';
  text: string;
}

/** Receives what the engine has to tell while it works. The engine itself never prints. */
export interface Monitor {
  progress(event: ProgressEvent): void;
  warning(text: string): void;
}

/** Options that every long method takes last. */
export interface RunOptions {
  signal?: AbortSignal | undefined;
  monitor?: Monitor | undefined;
}

export const silentMonitor: Monitor = { progress() {}, warning() {} };
