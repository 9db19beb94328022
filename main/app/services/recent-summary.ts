import { z } from 'zod';
import { recentSummarySchema, type RecentSummary } from '../../../shared/contract/project.ts';
import { getContent } from '../../library/pictures/pictures.ts';
import { listRuns } from '../../library/runs/runs.ts';
import type { OpenProject } from './open-project.ts';
import type { Pictures } from './pictures.ts';

/** The stored metrics of a trained run that are needed here. */
const trainedSchema = z.object({ evaluation: z.object({ accuracy: z.object({ value: z.number() }) }) });

/** Summary of the open project for the list of recent projects. Made as it closes, so listing opens no project. */
export async function summarise(project: OpenProject, pictures: Pictures): Promise<RecentSummary> {
  const { db } = project.require();
  const reader = project.requireReader();
  const { total, classes } = await reader.read({ kind: 'counts' });
  const trained = listRuns(db).find(({ status }) => status === 'done');
  const metrics = trainedSchema.safeParse(trained?.metrics);
  return recentSummarySchema.parse({
    pictures: total,
    labelled: classes[0] + classes[1],
    accuracy: metrics.success ? metrics.data.evaluation.accuracy.value : null,
    thumbnail: await firstThumbnail(project, pictures),
  });
}

/** Thumbnail of the first picture, as a JPEG in base64; null if there is none. */
async function firstThumbnail(project: OpenProject, pictures: Pictures): Promise<string | null> {
  const [id] = await project.requireReader().read({ kind: 'ids', query: {} });
  const hash = id === undefined ? null : getContent(project.require().db, id);
  if (id === undefined || hash === null) return null;
  const picture = await pictures.picture(id, hash, 'thumb');
  return picture && Buffer.from(picture.bytes).toString('base64');
}
