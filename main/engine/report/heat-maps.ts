import { toFailure } from '../../../shared/errors.ts';
import { heatColours, strongestPlace, type HeatMap, type HeatMapMethod } from '../../../shared/heat-map.ts';
import type { HeatMapJob, HeatMapPicture } from '../../../shared/jobs/heat-map.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import { cacheDir, runDir, type Project } from '../../library/folder.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { drawOnThumbnail } from '../../pictures/heat-map.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import { runJob, type JobOptions } from '../../training/supervisor.ts';
import { runView } from '../model-view.ts';

/** The heat map of a picture in the report. */
export interface ShownHeatMap {
  /** JPEG of the size of the thumbnail. */
  image: Uint8Array;
  /** Where the strongest evidence for each class is, for people who don't see the picture. */
  words: string;
}

export interface ShownHeatMaps {
  /** One for each picture; null for those that can't be read. */
  maps: (ShownHeatMap | null)[];
  /** Colours of class 0 and 1. */
  colours: readonly [string, string];
  /** How the maps were computed; null without a map. */
  method: HeatMapMethod | null;
  /** Why there are none; null if there are. */
  missing: string | null;
  /** Version of TensorFlow that computed them; null if none were. */
  tensorflow: string | null;
}

/** Draws the heat maps of pictures over their thumbnails. @throws TwofoldError `cancelled` */
export async function showHeatMaps(
  project: Project,
  run: RunRecord,
  pictures: readonly (HeatMapPicture & { thumbnail: Uint8Array | null })[],
  options: JobOptions,
): Promise<ShownHeatMaps> {
  const classes = getClasses(project.db);
  const colours = heatColours([classes[0].color, classes[1].color]);
  const found = new Map<string, HeatMap>();
  let tensorflow: string | null = null;
  try {
    const job: HeatMapJob = {
      kind: 'heat-map',
      runDir: runDir(project, run.id),
      ...runView(project.db, run),
      cacheDir: project.readOnly ? null : cacheDir(project),
      pictures: pictures.map(({ path, sha256 }) => ({ path, sha256 })),
    };
    if (pictures.length > 0) {
      const result = await runJob(job, options);
      ({ tensorflow } = result);
      for (const { path, ...map } of result.maps) found.set(path, map);
    }
  } catch (error) {
    throwIfCancelled(options.signal);
    // Without the model the rest of the report is still what was stored.
    const { code, message } = toFailure(error);
    if (code === 'cancelled') throw error;
    return { maps: pictures.map(() => null), colours, method: null, missing: message, tensorflow };
  }
  const shown: (ShownHeatMap | null)[] = [];
  for (const { path, thumbnail } of pictures) {
    throwIfCancelled(options.signal);
    const map = found.get(path);
    shown.push(
      map && thumbnail
        ? {
            image: await drawOnThumbnail(thumbnail, map, colours),
            words: wordsOf(map, [classes[0].name, classes[1].name]),
          }
        : null,
    );
  }
  const [first] = found.values();
  return { maps: shown, colours, method: first?.method ?? null, missing: null, tensorflow };
}

function wordsOf(map: HeatMap, names: readonly [string, string]): string {
  const evidence = ([1, 0] as const).flatMap((label) => {
    const place = strongestPlace(map, label);
    return place === null ? [] : [`${names[label]} ${place}`];
  });
  return `Heat map, strongest evidence for ${evidence.join(', for ')}`;
}
