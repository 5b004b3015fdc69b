import type { LayerOrigin } from '../../assembly/types.ts';
import type { WhyLayer } from '../results.ts';

export const NO_LAYER: WhyLayer = { kind: 'base', package: null, version: null, script: null, args: null };

/** Where a recorded change comes from, as `why` and `history` tell it. */
export function layerOf(origin: LayerOrigin): WhyLayer {
  switch (origin.kind) {
    case 'script':
      return {
        kind: 'script',
        package: origin.package,
        version: origin.version,
        script: origin.script,
        args: origin.args,
      };
    case 'package':
      return { ...NO_LAYER, kind: 'package', package: origin.package, version: origin.version };
    case 'treefile':
      return { ...NO_LAYER, kind: 'treefile', script: origin.step };
    default:
      return { ...NO_LAYER, kind: origin.kind };
  }
}
