/** X, Y and Z (D50-adapted) of red, green and blue of sRGB (IEC 61966-2-1), as stored in profiles. */
const SRGB_COLORANTS: Record<string, readonly number[]> = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const COLORANT_TOLERANCE = 0.004;
/** sRGB's curve at one half, and the tolerance for similar curves (gamma 2.2). */
const SRGB_MIDDLE = 0.214;
const MIDDLE_TOLERANCE = 0.012;

/**
 * Whether an ICC profile is sRGB (or grey with a curve of sRGB or gamma 2.2), by its values rather than its name, since
 * many programs write their own. Pixels with such a profile must not be converted, which would change some values by
 * one.
 *
 * @returns false for other or unreadable profiles
 */
export function isSrgb(profile: Uint8Array): boolean {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  const text = (at: number) => Buffer.from(profile.subarray(at, at + 4)).toString('latin1');
  try {
    const tags = new Map<string, number>();
    for (let i = 0, count = view.getUint32(128); i < count; i++) {
      tags.set(text(132 + 12 * i), view.getUint32(136 + 12 * i));
    }
    if (text(16) === 'GRAY') return isSrgbCurve(view, text, tags.get('kTRC'));
    if (text(16) !== 'RGB ' || tags.has('A2B0')) return false;
    for (const [name, expected] of Object.entries(SRGB_COLORANTS)) {
      const at = tags.get(name);
      if (at === undefined) return false;
      const near = (value: number, i: number) =>
        Math.abs(view.getInt32(at + 8 + 4 * i) / 65536 - value) < COLORANT_TOLERANCE;
      if (!expected.every(near)) return false;
    }
    return ['rTRC', 'gTRC', 'bTRC'].every((name) => isSrgbCurve(view, text, tags.get(name)));
  } catch (error) {
    if (error instanceof RangeError) return false; // an offset outside the profile
    throw error;
  }
}

/** Compares a curve with sRGB's in the middle, which distinguishes sRGB and gamma 2.2 from linear, 1.8 and 2.6. */
function isSrgbCurve(view: DataView, text: (at: number) => string, at: number | undefined): boolean {
  if (at === undefined) return false;
  const middle = text(at) === 'curv' ? sampledMiddle(view, at) : parametricMiddle(view, at);
  return Math.abs(middle - SRGB_MIDDLE) < MIDDLE_TOLERANCE;
}

/** `curv`: no entry (linear), one entry (gamma), or samples. */
function sampledMiddle(view: DataView, at: number): number {
  const count = view.getUint32(at + 8);
  if (count === 0) return 0.5;
  if (count === 1) return 0.5 ** (view.getUint16(at + 12) / 256);
  const sample = (i: number) => view.getUint16(at + 12 + 2 * i) / 65535;
  const place = (count - 1) / 2;
  return (sample(Math.floor(place)) + sample(Math.ceil(place))) / 2;
}

/** `para`: (a·x + b)^gamma, plus an offset in some forms. One half is above the linear segment of every curve. */
function parametricMiddle(view: DataView, at: number): number {
  const form = view.getUint16(at + 8);
  const parameter = (i: number) => view.getInt32(at + 12 + 4 * i) / 65536;
  if (form === 0) return 0.5 ** parameter(0);
  const offset = form === 2 ? parameter(3) : form === 4 ? parameter(5) : 0;
  return (parameter(1) * 0.5 + parameter(2)) ** parameter(0) + offset;
}
