import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  FlagNotFoundError,
  formatMessageForArgumentScannerError,
  text_en,
} from '@stricli/core';
import { AptOstreeError } from '../errors/error.ts';
import { composeLayer } from './commands/compose-layer.ts';
import { composeRootfs } from './commands/compose-rootfs.ts';
import { composeTree } from './commands/compose-tree.ts';
import { dedup } from './commands/dedup.ts';
import { deploy } from './commands/deploy.ts';
import { history } from './commands/history.ts';
import { importDebs } from './commands/import.ts';
import { install } from './commands/install.ts';
import { resolve } from './commands/resolve.ts';
import { status } from './commands/status.ts';
import { tryScripts } from './commands/try-scripts.ts';
import { uninstall } from './commands/uninstall.ts';
import { why } from './commands/why.ts';
import type { CliContext } from './context.ts';

const compose = buildRouteMap({
  routes: { tree: composeTree, rootfs: composeRootfs, layer: composeLayer },
  docs: { brief: 'Build trees and layers' },
});

export const routes = buildRouteMap({
  routes: {
    compose,
    'try-scripts': tryScripts,
    resolve,
    import: importDebs,
    dedup,
    why,
    history,
    status,
    install,
    uninstall,
    deploy,
  },
  docs: {
    brief: 'Image-based Debian hosts with packages',
    fullDescription:
      'Composes OSTree commits from Debian packages, adds packages to them, runs maintainer scripts in a sandbox and ' +
      'deploys the result atomically.\n\nEvery command takes --json, --progress, --quiet, --verbose, --sysroot, --os, ' +
      '--repo, --cachedir and --wait[=SECONDS].',
  },
});

/** @param onUsage is told what is wrong with a command line, instead of text on stderr */
export function buildApp(version: string, onUsage: (error: AptOstreeError) => void): Application<CliContext> {
  const refuse = (message: string, hint?: string) => {
    onUsage(new AptOstreeError('ERR_USAGE', message, { hint: hint ?? 'see apt-ostree --help' }));
    return '';
  };
  const didYouMean = (words: readonly string[]) =>
    words.length > 0 ? `did you mean ${words.join(' or ')}?` : undefined;
  return buildApplication(routes, {
    name: 'apt-ostree',
    versionInfo: { currentVersion: version },
    scanner: {
      caseStyle: 'original',
      allowArgumentEscapeSequence: true,
      distanceOptions: {
        threshold: 3,
        weights: { insertion: 1, deletion: 2, substitution: 2, transposition: 1 },
      },
    },
    documentation: { onlyRequiredInUsageLine: true },
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: ({ input, corrections }) =>
          refuse(`there is no command "${input}"`, didYouMean(corrections)),
        exceptionWhileParsingArguments(error) {
          if (error instanceof FlagNotFoundError)
            return refuse(
              `there is no flag --${error.input}`,
              didYouMean(error.corrections.map((c) => `--${c}`)),
            );
          if (error instanceof ArgumentScannerError)
            return refuse(formatMessageForArgumentScannerError(error, {}));
          throw error;
        },
      },
    },
  });
}
