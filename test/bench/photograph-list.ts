/**
 * Photographs in Debian packages, labelled by looking at them: is a plant seen from near, or a landscape (land, water or
 * sky) from afar? Paintings, renderings and pictures of anything else were left out.
 */

/** Packages of Debian that hold them. */
export const PACKAGES = [
  'lomiri-wallpapers-16.04',
  'lxqt-themes',
  'mate-backgrounds',
  'plasma-workspace-wallpapers',
] as const;

export interface Photograph {
  /** File name; for Plasma's wallpapers the name of the wallpaper. */
  file: string;
  class: 'landscape' | 'plant';
  /** Decided here, so that no photograph is on both sides. */
  split: 'train' | 'validation';
  /** Left, top, right, bottom of the part that shows the class, as fractions; all of it by default. */
  region?: readonly [number, number, number, number];
}

const plant = (split: Photograph['split'], file: string, region?: Photograph['region']): Photograph => ({
  file,
  class: 'plant',
  split,
  ...(region && { region }),
});
const landscape = (split: Photograph['split'], file: string, region?: Photograph['region']): Photograph => ({
  file,
  class: 'landscape',
  split,
  ...(region && { region }),
});

export const PHOTOGRAPHS: readonly Photograph[] = [
  plant('train', 'Dragonfly_by_Bolly.jpg'),
  plant('train', 'seeding_by_Clements_Engelhardt.jpg'),
  plant('train', 'Blinds.jpg'),
  plant('train', 'FreshFlower.jpg'),
  plant('train', 'GreenMeadow.jpg'),
  plant('train', 'LadyBird.jpg'),
  plant('train', 'TwoWings.jpg'),
  plant('train', 'FallenLeaf'),
  plant('train', 'flowers.png'),
  plant('train', 'appleflower.png', [0.3, 0.05, 0.9, 0.95]),
  plant('train', 'butterfly.png', [0.2, 0.1, 0.9, 0.9]),
  plant('validation', 'Garden.jpg', [0.2, 0, 1, 1]),
  plant('validation', 'RainDrops.jpg'),
  plant('validation', 'YellowFlower.jpg', [0.1, 0, 1, 1]),
  plant('validation', 'OneStandsOut'),
  plant('validation', 'drop.png', [0.05, 0, 0.85, 0.8]),
  plant('validation', 'Butterfly-Kenneth-Wimer.jpg', [0.3, 0.1, 1, 1]),
  landscape('train', 'Bridge_by_Sander_Klootwijk.jpg'),
  landscape('train', 'aitzgorri_by_Aitzol_Berasategi.jpg'),
  landscape('train', 'sunset_by_Aitzol_Berasategi.jpg'),
  landscape('train', 'Storm.jpg'),
  landscape('train', 'ColdRipple'),
  landscape('train', 'EveningGlow'),
  landscape('train', 'Kite'),
  landscape('train', 'Volna'),
  landscape('train', 'fog.jpg'),
  landscape('train', 'beam.png'),
  landscape('train', 'this-is-not-windows.jpg'),
  landscape('validation', 'picosdeeuropa_by_Aitzol_Berasategi.jpg'),
  landscape('validation', 'BytheWater', [0, 0, 1, 0.7]),
  landscape('validation', 'DarkestHour'),
  landscape('validation', 'summer_1am'),
  landscape('validation', 'after-the-rain.jpg'),
  landscape('validation', 'Valendas.png'),
  landscape('validation', 'cloud.png'),
];
