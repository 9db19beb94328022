import type { ImportItem } from '../../../shared/library/import.ts';
import type { LabelSource, LabelValue } from '../../../shared/library/labels.ts';
import type { InspectedPicture, Picture } from '../../../shared/library/pictures.ts';
import { addImportedLabel, hasHistory, newBatch } from '../labels/labels.ts';
import { addImportItem, addImportNote, type ImportCounts } from './imports.ts';
import type { Fact } from './examine.ts';
import { SETS, type KeptSplits } from './kept-splits.ts';
import type { Planned } from './layout.ts';
import { RENAMED, renameClasses } from './match-classes.ts';
import { findByContent, findByPlace, getPicture } from '../pictures/pictures.ts';
import { pathOf } from '../pictures/place.ts';
import { clearPlace, placeColumns, placeIsTaken, setPlace } from '../pictures/places.ts';
import { run, type Db } from '../database/sql.ts';

export interface ImportContext {
  db: Db;
  projectFolder: string;
  importId: number;
  source: LabelSource;
  counts: ImportCounts;
  /** The batch of this import's labels, once there is one. */
  labelBatch: number | null;
  /** Names for the classes, set with the first label; null afterwards. */
  naming: [string, string] | null;
  /** Whether the classes are renamed, so that earlier labels don't protect a picture from a label of this import. */
  isRenaming: boolean;
  /** Pictures whose file is missing or changed: a new file with the same content counts as that file, moved. */
  displaced: Set<number>;
  keptSplits: KeptSplits;
}

/**
 * Writes facts into the library in order, in the caller's transaction, until the time is up.
 *
 * @returns index of the first fact that was not written; at least one is written
 */
export function applyFacts(
  context: ImportContext,
  facts: readonly Fact[],
  start: number,
  durationMs: number,
): number {
  const until = performance.now() + durationMs;
  let index = start;
  for (; index < facts.length && (index === start || performance.now() < until); index++) {
    const fact = facts[index]!;
    switch (fact.kind) {
      case 'same':
        applyKnown(context, getPicture(context.db, fact.id)!, fact.planned);
        break;
      case 'left-out':
        applyLeftOut(context, fact);
        break;
      case 'read':
        applyRead(context, fact.planned, fact.picture);
        break;
    }
  }
  return index;
}

function applyKnown(context: ImportContext, known: Picture, planned: Planned): void {
  context.counts.alreadyThere++;
  const lost = known.problem === 'missing' && placeIsTaken(context.db, known.id);
  if (known.problem && !lost)
    run(context.db, 'UPDATE stored_pictures SET problem = NULL WHERE id = :id', { id: known.id });
  suggest(context, known, planned);
}

function applyLeftOut(
  context: ImportContext,
  { planned, code, message, isMissing }: Extract<Fact, { kind: 'left-out' }>,
): void {
  const { db, counts } = context;
  counts.leftOut++;
  counts.leftOutKinds[code] = (counts.leftOutKinds[code] ?? 0) + 1;
  const here = findByPlace(db, planned);
  const path = planned.refused?.path ?? pathOf(planned);
  addItem(context, { path, kind: 'left-out', code, message, pictureId: here });
  if (here === null) return;
  run(db, 'UPDATE stored_pictures SET problem = :problem WHERE id = :id', {
    id: here,
    problem: isMissing ? 'missing' : 'changed',
  });
}

function applyRead(context: ImportContext, planned: Planned, found: InspectedPicture): void {
  const { db, counts, displaced } = context;
  const path = pathOf(planned);
  const hereId = findByPlace(db, planned);
  const here = hereId === null ? null : getPicture(db, hereId);
  if (here?.sha256 === found.sha256) {
    store(db, here.id, found); // only its mtime changed
    applyKnown(context, here, planned);
    return;
  }
  const twins = findByContent(db, found.sha256);
  const moved = twins.find((id) => displaced.has(id));
  if (moved !== undefined) {
    applyMoved(context, getPicture(db, moved)!, planned, found);
    return;
  }
  const twin = twins[0] === undefined ? null : getPicture(db, twins[0]);
  if (here && twin) {
    counts.changed++;
    run(db, `UPDATE stored_pictures SET problem = 'changed' WHERE id = :id`, { id: here.id });
    const message = `It has changed since it was imported and now has the same content as ${twin.path}. It is not used until one of them is removed.`;
    addItem(context, { path, kind: 'changed', code: 'same-content', message, pictureId: here.id });
  } else if (here) {
    counts.changed++;
    store(db, here.id, found);
    const message = 'It has changed since it was imported. The new content is used; the label was kept.';
    addItem(context, { path, kind: 'changed', code: 'changed', message, pictureId: here.id });
    suggest(context, here, planned);
  } else if (twin) {
    applyDuplicate(context, twin, planned);
  } else {
    counts.added++;
    addPicture(context, planned, found);
  }
}

function applyMoved(context: ImportContext, moved: Picture, planned: Planned, found: InspectedPicture): void {
  const { db, counts, displaced } = context;
  const path = pathOf(planned);
  counts.moved++;
  displaced.delete(moved.id);
  clearPlace(db, planned, moved.id);
  setPlace(db, context.projectFolder, moved.id, planned);
  store(db, moved.id, found);
  if (planned.split)
    run(db, 'UPDATE stored_pictures SET split = :split WHERE id = :id', {
      id: moved.id,
      split: planned.split,
    });
  const message = `It was moved or renamed from ${moved.path}; its label was kept.`;
  addItem(context, { path, kind: 'moved', code: 'moved', message, pictureId: moved.id });
  suggest(context, { ...moved, path, split: planned.split ?? moved.split }, planned);
}

/** Skips a duplicate: a copy would count twice and could be on both sides of the split. */
function applyDuplicate(context: ImportContext, twin: Picture, planned: Planned): void {
  context.counts.duplicates++;
  const item = (code: ImportItem['code'], more: string): void =>
    addItem(context, {
      path: pathOf(planned),
      kind: 'duplicate',
      code,
      message: `It is a duplicate of ${twin.path}${more}`,
      pictureId: twin.id,
    });
  if (planned.label !== null && twin.label !== null && planned.label !== twin.label) {
    item('other-label', ', which has a different label, and was skipped. Check the label of that picture.');
  } else if (planned.split && twin.split && planned.split !== twin.split) {
    item(
      'other-split',
      `, which is in the ${SETS[twin.split]} set, and was skipped, so that no picture is in two sets.`,
    );
  } else {
    item('same-content', ' and was skipped.');
    suggest(context, twin, planned);
  }
}

/** Sets the label and split of a known picture from its folder or row, unless they were set before. */
function suggest(context: ImportContext, known: Picture, planned: Planned): void {
  const { db } = context;
  if (planned.notSplit && known.split === planned.notSplit) {
    run(db, 'UPDATE stored_pictures SET split = NULL WHERE id = :id', { id: known.id });
  } else if (planned.split && known.split === null) {
    run(db, 'UPDATE stored_pictures SET split = :split WHERE id = :id', {
      id: known.id,
      split: planned.split,
    });
  } else if (planned.split && known.split && known.split !== planned.split) {
    const { keptSplits } = context;
    keptSplits.count++;
    keptSplits.first ??= { path: known.path, kept: known.split, given: planned.split };
  }
  if (planned.label === null || planned.label === known.label) return;
  if (known.label === null && (context.isRenaming || !hasHistory(db, known.id))) {
    setImportedLabel(context, known.id, planned.label);
    return;
  }
  const source = context.source === 'csv' ? 'the table' : 'its folder';
  addItem(context, {
    path: known.path,
    kind: 'label-kept',
    code: 'other-label',
    message: `It was labelled before, and ${source} has a different label. The earlier label was kept.`,
    pictureId: known.id,
  });
}

function setImportedLabel(context: ImportContext, id: number, label: LabelValue): void {
  if (context.naming && label !== 'skipped') {
    if (renameClasses(context.db, context.naming)) addImportNote(context.db, context.importId, RENAMED);
    context.naming = null;
  }
  context.labelBatch ??= newBatch(context.db, context.source, 'set', 'fixed');
  addImportedLabel(context.db, context.labelBatch, id, label);
  context.counts.labelled++;
}

function addPicture(
  context: ImportContext,
  { label, split, ...planned }: Planned,
  found: InspectedPicture,
): void {
  const { db, projectFolder, importId } = context;
  const { id } = run(
    db,
    `INSERT INTO stored_pictures (directory_id, name, folded, name_key, sha256, size_bytes, mtime_ms, width_px, height_px,
       format, added_at_ms, import_id, split)
     VALUES (:directory, :name, :folded, :nameKey, :sha256, :sizeBytes, :mtimeMs, :width, :height,
       :format, :now, :importId, :split)`,
    {
      ...placeColumns(db, projectFolder, planned),
      sha256: found.sha256,
      sizeBytes: found.sizeBytes,
      mtimeMs: Math.trunc(found.mtimeMs),
      width: found.width,
      height: found.height,
      format: found.format,
      now: Date.now(),
      importId,
      split,
    },
  );
  if (label !== null) setImportedLabel(context, id, label);
  const placed = context.counts.placed[split ?? 'undecided'];
  if (label === null) placed.unlabelled++;
  else if (label === 'skipped') placed.skipped++;
  else placed.classes[label]++;
}

/** Updates a picture to the content of its file. */
function store(
  db: Db,
  id: number,
  { sha256, sizeBytes, mtimeMs, width, height, format }: InspectedPicture,
): void {
  run(
    db,
    `UPDATE stored_pictures SET sha256 = :sha256, size_bytes = :sizeBytes, mtime_ms = :mtimeMs, width_px = :width,
       height_px = :height, format = :format, problem = NULL WHERE id = :id`,
    { id, sha256, sizeBytes, mtimeMs: Math.trunc(mtimeMs), width, height, format },
  );
}

function addItem(context: ImportContext, item: ImportItem): void {
  addImportItem(context.db, context.importId, item);
}
