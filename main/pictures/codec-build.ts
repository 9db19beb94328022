/**
 * SHA-256 of the compiled decoder. The compiler is deterministic, so this is the same on every machine. After a change
 * in scripts/jpeg, set-up fails and states the new one. Another build is not used: its functions may differ.
 */
export const CODEC_SHA256 = '6be79ae6664b46631a854e99768e932ae6e9aa5fc25235b0607d3e81c17f19ec';
