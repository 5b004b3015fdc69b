/**
 * Changes whenever the same inputs may give another tree: part of the digest that tells an unchanged compose, and
 * of the key of everything that is cached.
 */
export const ENGINE_VERSION = 4;
