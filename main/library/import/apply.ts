import path from 'node:path';
import type {
  ImportItem,
  InspectedPicture,
  LabelSource,
  LabelValue,
  Picture,
} from '../../../shared/library.ts';
import { directoryId, joinPath } from '../pictures/directories.ts';
import { addImportedLabel, hasHistory, newBatch } from '../labels/labels.ts';
import { addImportItem, addImportNote, type ImportCounts } from './imports.ts';
import { SETS, type KeptSplits } from './kept-splits.ts';
import type { Planned } from './layout.ts';
import { NAMED_ANEW, nameAnew } from './match-classes.ts';
import { fold, nameKey } from '../pictures/names.ts';
import { findByContent, findByPath, getPicture } from '../pictures/pictures.ts';
import { clearPlace, placeIsTaken, setPlace } from '../pictures/places.ts';
import { run, type Db } from '../database/sql.ts';

/** What was found out about one planned file, before anything is written. */
export type Fact = { planned: Planned } & (
  | { kind: 'same'; id: number }
  | { kind: 'read'; picture: InspectedPicture }
  | { kind: 'left-out'; code: ImportItem['code']; message: string; gone: boolean }
);

export interface ImportContext {
  db: Db;
  projectFolder: string;
  importId: number;
  source: LabelSource;
  counts: ImportCounts;
  /** The batch of this import's labels, once there is one. */
  labelBatch: number | null;
  /** What the first label of a class names the classes; null once that is done. */
  naming: [string, string] | null;
  /** The classes get other names than those under which pictures were labelled before, so what was said then does not count. */
  isAnew: boolean;
  /** Pictures whose file is no longer where it was: one of the same content may be that file, moved. */
  displaced: Set<number>;
  keptSplits: KeptSplits;
}

/**
 * Writes facts into the library, in their order, within the caller's transaction, until the time is used up.
 *
 * @returns index of the first fact that was not written; at least one is
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
    const { directory, name, refused } = fact.planned;
    const file = refused?.path ?? joinPath(directory, name);
    switch (fact.kind) {
      case 'same':
        applyKnown(context, getPicture(context.db, fact.id)!, fact.planned);
        break;
      case 'left-out':
        applyLeftOut(context, file, fact);
        break;
      case 'read':
        applyRead(context, file, fact.planned, fact.picture);
        break;
    }
  }
  return index;
}

function applyKnown(context: ImportContext, known: Picture, planned: Planned): void {
  context.counts.alreadyThere++;
  const lost = known.problem === 'missing' && placeIsTaken(context.db, known.id);
  if (known.problem && !lost)
    run(context.db, 'UPDATE pictures SET problem = NULL WHERE id = :id', { id: known.id });
  suggest(context, known, planned);
}

function applyLeftOut(
  context: ImportContext,
  file: string,
  { code, message, gone }: Extract<Fact, { kind: 'left-out' }>,
): void {
  const { db, counts } = context;
  counts.leftOut++;
  counts.leftOutKinds[code] = (counts.leftOutKinds[code] ?? 0) + 1;
  const here = findByPath(db, file);
  addItem(context, { path: file, kind: 'left-out', code, message, pictureId: here });
  if (here === null) return;
  run(db, 'UPDATE pictures SET problem = :problem WHERE id = :id', {
    id: here,
    problem: gone ? 'missing' : 'changed',
  });
}

function applyRead(context: ImportContext, file: string, planned: Planned, found: InspectedPicture): void {
  const { db, counts, displaced } = context;
  const hereId = findByPath(db, file);
  const here = hereId === null ? null : getPicture(db, hereId);
  if (here?.sha256 === found.sha256) {
    store(db, here.id, found); // touched, not changed
    applyKnown(context, here, planned);
    return;
  }
  const twins = findByContent(db, found.sha256);
  const moved = twins.find((id) => displaced.has(id));
  if (moved !== undefined) {
    applyMoved(context, getPicture(db, moved)!, file, planned, found);
    return;
  }
  const twin = twins[0] === undefined ? null : getPicture(db, twins[0]);
  if (here && twin) {
    counts.changed++;
    run(db, `UPDATE pictures SET problem = 'changed' WHERE id = :id`, { id: here.id });
    const message = `It has changed since it was imported and is now the same as ${twin.path}. It takes no part until one of them is removed.`;
    addItem(context, { path: file, kind: 'changed', code: 'same-content', message, pictureId: here.id });
  } else if (here) {
    counts.changed++;
    store(db, here.id, found);
    const message = 'It has changed since it was imported. The new content was taken; the label was kept.';
    addItem(context, { path: file, kind: 'changed', code: 'changed', message, pictureId: here.id });
    suggest(context, here, planned);
  } else if (twin) {
    applyDuplicate(context, twin, file, planned);
  } else {
    counts.added++;
    addPicture(context, planned, found);
  }
}

function applyMoved(
  context: ImportContext,
  moved: Picture,
  file: string,
  planned: Planned,
  found: InspectedPicture,
): void {
  const { db, counts, displaced } = context;
  counts.moved++;
  displaced.delete(moved.id);
  clearPlace(db, file, moved.id);
  setPlace(db, context.projectFolder, moved.id, file);
  store(db, moved.id, found);
  if (planned.split)
    run(db, 'UPDATE pictures SET split = :split WHERE id = :id', { id: moved.id, split: planned.split });
  const message = `It is ${moved.path}, moved or renamed; its label was kept.`;
  addItem(context, { path: file, kind: 'moved', code: 'moved', message, pictureId: moved.id });
  suggest(context, { ...moved, path: file, split: planned.split ?? moved.split }, planned);
}

/** The same content is imported once: a copy would count twice and could lie on both sides of the split. */
function applyDuplicate(context: ImportContext, twin: Picture, file: string, planned: Planned): void {
  context.counts.duplicates++;
  const item = (code: ImportItem['code'], more: string): void =>
    addItem(context, {
      path: file,
      kind: 'duplicate',
      code,
      message: `It is the same as ${twin.path}${more}`,
      pictureId: twin.id,
    });
  if (planned.label !== null && twin.label !== null && planned.label !== twin.label) {
    item('other-label', ', which has another label. Only that one is in the project: check its label.');
  } else if (planned.split && twin.split && planned.split !== twin.split) {
    item(
      'other-split',
      `, which is in the ${SETS[twin.split]} set. It was left out, so that no picture is in two sets.`,
    );
  } else {
    item('same-content', '; it was left out.');
    suggest(context, twin, planned);
  }
}

/** Gives a picture the label and split its folder or row says, unless somebody has said something else. */
function suggest(context: ImportContext, known: Picture, planned: Planned): void {
  const { db } = context;
  if (planned.notSplit && known.split === planned.notSplit) {
    run(db, 'UPDATE pictures SET split = NULL WHERE id = :id', { id: known.id });
  } else if (planned.split && known.split === null) {
    run(db, 'UPDATE pictures SET split = :split WHERE id = :id', { id: known.id, split: planned.split });
  } else if (planned.split && known.split && known.split !== planned.split) {
    const { keptSplits } = context;
    keptSplits.count++;
    keptSplits.first ??= { path: known.path, is: known.split, said: planned.split };
  }
  if (planned.label === null || planned.label === known.label) return;
  if (known.label === null && (context.isAnew || !hasHistory(db, known.id))) {
    giveLabel(context, known.id, planned.label);
    return;
  }
  const says = context.source === 'csv' ? 'the table' : 'its folder';
  addItem(context, {
    path: known.path,
    kind: 'label-kept',
    code: 'other-label',
    message: `It was labelled by hand or before, and ${says} says otherwise. The label was kept.`,
    pictureId: known.id,
  });
}

function giveLabel(context: ImportContext, id: number, label: LabelValue): void {
  if (context.naming && label !== 'skipped') {
    if (nameAnew(context.db, context.naming)) addImportNote(context.db, context.importId, NAMED_ANEW);
    context.naming = null;
  }
  context.labelBatch ??= newBatch(context.db, context.source, 'set', 'fixed');
  addImportedLabel(context.db, context.labelBatch, id, label);
  context.counts.labelled++;
}

function addPicture(
  context: ImportContext,
  { directory, name, label, split }: Planned,
  found: InspectedPicture,
): void {
  const { db, projectFolder, importId } = context;
  const { id } = run(
    db,
    `INSERT INTO pictures (directory_id, name, folded, name_key, sha256, size_bytes, mtime_ms, width_px, height_px,
       format, added_at_ms, import_id, split)
     VALUES (:directory, :name, :folded, :nameKey, :sha256, :sizeBytes, :mtimeMs, :width, :height,
       :format, :now, :importId, :split)`,
    {
      directory: directoryId(db, projectFolder, directory),
      name,
      folded: fold(path.parse(name).name),
      nameKey: nameKey(name),
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
  if (label !== null) giveLabel(context, id, label);
  const placed = context.counts.placed[split ?? 'undecided'];
  if (label === null) placed.unlabelled++;
  else if (label === 'skipped') placed.skipped++;
  else placed.classes[label]++;
}

/** Takes a file's content for that of a picture. */
function store(
  db: Db,
  id: number,
  { sha256, sizeBytes, mtimeMs, width, height, format }: InspectedPicture,
): void {
  run(
    db,
    `UPDATE pictures SET sha256 = :sha256, size_bytes = :sizeBytes, mtime_ms = :mtimeMs, width_px = :width,
       height_px = :height, format = :format, problem = NULL WHERE id = :id`,
    { id, sha256, sizeBytes, mtimeMs: Math.trunc(mtimeMs), width, height, format },
  );
}

function addItem(context: ImportContext, item: ImportItem): void {
  addImportItem(context.db, context.importId, item);
}
