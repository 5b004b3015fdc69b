import { AptOstreeError } from '../errors/error.ts';
import type { CallOptions } from './call.ts';
import type { Repo } from './repo.ts';
import type { WriteStats } from './types.ts';

/** The open transaction of a repository: what is written in it is visible to nobody until `commit`. */
export class Transaction implements AsyncDisposable {
  readonly repo: Repo;
  #open = true;

  constructor(repo: Repo) {
    this.repo = repo;
  }

  /**
   * Makes all of it durable, then moves the refs. When it fails the transaction stays open, and is to be aborted.
   * @throws ERR_REF_MOVED, ERR_NO_SPACE
   */
  async commit(options?: CallOptions): Promise<WriteStats> {
    const stats = await this.repo.call(options, (b, repo, call) => b.commitTransaction(repo, call));
    this.#open = false;
    return stats;
  }

  /** Forgets everything written. Does nothing after `commit`, and where the repository was closed. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.repo.call(undefined, (b, repo, call) => b.abortTransaction(repo, call));
    } catch (error) {
      // Closing the repository has aborted it.
      if (!AptOstreeError.is(error) || error.code !== 'ERR_CLOSED') throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }
}
