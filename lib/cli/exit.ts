/** Exit statuses of the command line. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Nothing to do, when `--unchanged-exit-77` asked to be told. */
  unchanged: 77,
  /** A second Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;
