import manifest from '../../package.json' with { type: 'json' };

/** Twofold's own version. */
export const VERSION = manifest.version;
