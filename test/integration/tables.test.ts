import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { importTable } from '../../main/library/import/import-table.ts';
import { importFiles } from '../../main/library/import/import.ts';
import { getClasses } from '../../main/library/labels/classes.ts';
import { exportLabelsCsv, importLabelsCsv } from '../../main/library/labels/labels-csv.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { getPictures } from '../../main/library/pictures/pictures.ts';
import type { Project } from '../../main/library/project.ts';
import { importSentences } from '../../shared/import-summary.ts';
import type { ImportReport } from '../../shared/library/import.ts';
import { bmp, decode, newProject, png, temporaryFolder, told } from '../kit/library.ts';

const options = { inspect: decode };
let pictures: Buffer[];
beforeAll(async () => {
  pictures = await Promise.all(Array.from({ length: 8 }, (_, index) => png(index + 1)));
});

/** Writes small pictures, each of another content, and a table beside them. */
function lay(files: readonly string[], table: string | Buffer, name = 't.csv'): string {
  const folder = temporaryFolder();
  files.forEach((file, index) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), pictures[index]!);
  });
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), table);
  return path.join(folder, name);
}

const classes = (project: Project): string[] => getClasses(project.db).map(({ name }) => name);

/** What became of each picture, by its path below the folder: `cat`, `cat/test`, `-` without a label. */
function outcome(project: Project, folder: string): Record<string, string> {
  const names = classes(project);
  return Object.fromEntries(
    getPictures(project.db, listPictureIds(project.db)).map(({ path: file, label, split }) => [
      path.relative(folder, file).split(path.sep).join('/').normalize('NFC'),
      [label === null ? '-' : label === 'skipped' ? label : names[label], split].filter(Boolean).join('/'),
    ]),
  );
}

interface Read {
  project: Project;
  report: ImportReport;
  outcome: Record<string, string>;
  notes: string;
}

/** Imports a table as a person does who drops it on the window. */
async function drop(
  files: readonly string[],
  table: string | Buffer,
  name?: string,
  named?: [string, string],
): Promise<Read> {
  const project = newProject(temporaryFolder(), named);
  const file = lay(files, table, name);
  const report = await importFiles(project, [file], options);
  const root = file.slice(0, -(name ?? 't.csv').length);
  return { project, report, outcome: outcome(project, root), notes: report.notes.join('\n') };
}

async function refused(
  files: readonly string[],
  table: string | Buffer,
  name?: string,
  named?: [string, string],
): Promise<string> {
  const project = newProject(temporaryFolder(), named);
  const before = classes(project);
  const failure: unknown = await importFiles(project, [lay(files, table, name)], options).then(
    ({ notes }) => expect.fail(`It was imported: ${notes.join(' ')}`),
    (error: unknown) => error,
  );
  expect(classes(project)).toEqual(before);
  expect(listPictureIds(project.db)).toHaveLength(0);
  return (failure as Error).message;
}

const AB = ['a.jpg', 'b.jpg'];
const CAT_DOG = { 'a.jpg': 'cat', 'b.jpg': 'dog' };

describe('the text', () => {
  const german = 'path,label\na.jpg,Käfer\nb.jpg,Biene\n';
  const big = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
  test.each([
    ['UTF-8', Buffer.from(german)],
    ['UTF-8 with mark', Buffer.from(`\ufeff${german}`)],
    ['UTF-16, little end first', Buffer.from(`\ufeff${german}`, 'utf16le')],
    ['UTF-16, big end first', big(`\ufeff${german}`)],
    [
      'UTF-16 with tabs, as Excel writes "Unicode text"',
      Buffer.from(`\ufeff${german.replaceAll(',', '\t')}`, 'utf16le'),
    ],
  ])('%s', async (_, table) => {
    const { outcome, notes } = await drop(AB, table);
    expect(outcome).toEqual({ 'a.jpg': 'Käfer', 'b.jpg': 'Biene' });
    expect(notes).not.toContain('Windows-1252');
  });

  test('anything else is Windows-1252, which is reported with an example', async () => {
    const { outcome, notes } = await drop(
      AB,
      Buffer.from('path,label\na.jpg,K\xe4fer \x80\nb.jpg,Biene\x92s\n', 'latin1'),
    );
    expect(outcome).toEqual({ 'a.jpg': 'Käfer €', 'b.jpg': 'Biene’s' });
    expect(notes).toContain('not UTF-8 and was read as Windows-1252: "Käfer"');
  });

  test.each([
    ['UTF-16 without mark', Buffer.from(german, 'utf16le'), /zero bytes.*CSV UTF-8/],
    [
      'UTF-16 cut off in a character',
      Buffer.from(`\ufeff${german}`, 'utf16le').subarray(0, -1),
      /UTF-16 but has invalid characters/,
    ],
    [
      'UTF-16 with half a pair',
      Buffer.from(`\ufeff${german}\ud800`, 'utf16le'),
      /UTF-16 but has invalid characters/,
    ],
    [
      'UTF-8 with one bad byte',
      Buffer.concat([Buffer.from(german), Buffer.from([0xff])]),
      /UTF-8, but line 4 has invalid bytes/,
    ],
    [
      'a byte of neither',
      Buffer.from('path,label\na.jpg,K\x81\nb.jpg,B\n', 'latin1'),
      /neither UTF-8 nor Windows-1252/,
    ],
    [
      'a workbook that is called .csv',
      Buffer.from('PK\x03\x04........'),
      /t\.csv is a spreadsheet.*CSV UTF-8/,
    ],
    ['nothing', Buffer.alloc(0), /has no rows/],
  ])('%s is refused', async (_, table, message) => {
    expect(await refused(AB, table)).toMatch(message);
  });

  test.each(['t.xlsx', 't.xls', 't.ods'])('%s is refused by name', async (name) => {
    expect(await refused(AB, 'whatever', name)).toMatch(/is a spreadsheet.*"CSV UTF-8"/);
  });
});

describe('rows and columns', () => {
  test.each([
    ['sep= with semicolons', 'sep=;\r\npath;label\r\na.jpg;cat\r\nb.jpg;dog\r\n'],
    ['sep= in quotes, with a separator of its own', '"sep=^"\npath^label\na.jpg^cat\nb.jpg^dog\n'],
    ['blank lines and comments', '# made by hand, "so\n\npath,label\n# cats\na.jpg,cat\n\n,,\nb.jpg,dog\n\n'],
    ['lines that end with CR', 'path,label\ra.jpg,cat\rb.jpg,dog'],
    ['lines that end in three ways', 'path,label\r\na.jpg,cat\rb.jpg,dog\n'],
    ['semicolons beside decimal commas', 'filename;score;label\na.jpg;0,5;cat\nb.jpg;0,25;dog\n'],
    ['labels with semicolons in quotes', 'path,label\n"a.jpg","cat"\n"b.jpg","dog"\n'],
    ['tabs', 'path\tlabel\na.jpg\tcat\nb.jpg\tdog\n'],
    ['bars', 'path|label\na.jpg|cat\nb.jpg|dog\n'],
    ['spaces', 'a.jpg cat\nb.jpg dog\n'],
    ['a counter before the rows', ',path,label\n0,a.jpg,cat\n1,b.jpg,dog\n'],
    ['an empty column at the end', 'path,label,\na.jpg,cat,\nb.jpg,dog,\n'],
    ['columns of other things', 'id,width,Class,Image Path,date\n1,10,cat,a.jpg,2020\n2,10,dog,b.jpg,2020\n'],
    ['headings that are not known', 'Datei;Art\na.jpg;cat\nb.jpg;dog\n'],
    ['the label first', 'species,picture\ncat,a.jpg\ndog,b.jpg\n'],
    ['the label first, no headings', 'cat,a.jpg\ndog,b.jpg\n'],
    ['no headings and no endings', 'a,cat\nb,dog\n'],
    ['an id without ending', 'image_id,class\na,cat\nb,dog\n'],
    ['an id and a file', 'id,filename,label\nx1,a.jpg,cat\nx2,b.jpg,dog\n'],
    ['a class in words and as a number', 'class id,filepaths,labels\n0,a.jpg,cat\n1,b.jpg,dog\n'],
    ['one column for each class', 'filename, cat, dog\na.jpg, 1, 0\nb.jpg, 0, 1\n'],
    ['one column for each class, as floats', 'image,cat,dog\na,1.0,0.0\nb,0.0,1.0\n'],
  ])('%s', async (_, table) => {
    const { outcome, project } = await drop(AB, table);
    expect(outcome).toEqual(CAT_DOG);
    expect(classes(project)).toEqual(['cat', 'dog']);
  });

  test.each(['t.tsv', 't.tab', 't.txt', 'T.CSV'])('%s', async (name) => {
    const { outcome } = await drop(AB, 'path\tlabel\na.jpg\tcat\nb.jpg\tdog\n', name);
    expect(outcome).toEqual(CAT_DOG);
  });

  test('the separator gives most rows the same columns, two or more, and leaves names whole', async () => {
    const names = ['Muller, Anna, 1.jpg', 'a.jpg', 'x, y.jpg'];
    const rows = (separator: string): string =>
      names.map((name, at) => `${name}${separator}${at === 1 ? 'cat' : 'dog'}\n`).join('');
    for (const separator of [';', '\t', '|']) {
      expect((await drop(names, rows(separator))).outcome).toEqual({
        'Muller, Anna, 1.jpg': 'dog',
        'a.jpg': 'cat',
        'x, y.jpg': 'dog',
      });
    }
    const quoted = await drop(['a;b.jpg', 'c;d.jpg'], 'a;b.jpg,cat\nc;d.jpg,dog\n');
    expect(quoted.outcome).toEqual({ 'a;b.jpg': 'cat', 'c;d.jpg': 'dog' });
  });

  test('rows with too many cells are reported, not truncated', async () => {
    const { outcome, notes } = await drop(AB, 'path,label\na.jpg,cat\nb.jpg,dog\nMuller, Anna.jpg,dog\n');
    expect(outcome).toEqual(CAT_DOG);
    expect(notes).toContain('1 row with more than 2 columns was skipped: line 4 has 3.');
  });

  test('a first row whose picture is missing is a row, and reported', async () => {
    const { outcome, notes } = await drop(AB, 'gone.jpg,cat\na.jpg,cat\nb.jpg,dog\n');
    expect(outcome).toEqual(CAT_DOG);
    expect(notes).toContain('The pictures of 1 of 3 rows were not found: line 1 (gone.jpg).');
    const without = await drop(AB, 'gone,cat\na,cat\nb,dog\n');
    expect(without.notes).toContain('line 1 (gone)');
  });

  test('a picture named like a heading does not make the header a row', async () => {
    const { outcome, project } = await drop(
      ['image.jpg', 'label.jpg'],
      'image,label\nimage,cat\nlabel,dog\n',
    );
    expect(outcome).toEqual({ 'image.jpg': 'cat', 'label.jpg': 'dog' });
    expect(classes(project)).toEqual(['cat', 'dog']);
  });

  test('comments are counted; a name that begins with # is read in quotes', async () => {
    const { outcome, notes } = await drop(
      ['#1.jpg', 'b.jpg'],
      '# by hand\npath,label\n"#1.jpg",cat\nb.jpg,dog\n',
    );
    expect(outcome).toEqual({ '#1.jpg': 'cat', 'b.jpg': 'dog' });
    expect(notes).toContain('1 line starting with # was skipped');
  });

  test.each([
    ['no column of pictures', 'x,y\n1,2\n3,4\n', /names existing pictures.*"x".*"y".*Expected.*path,label/s],
    [
      'several columns that could be labels',
      'a.jpg,cat,young\nb.jpg,dog,old\n',
      /which column of t\.csv holds the labels.*Columns found.*Expected/s,
    ],
    [
      'headed, but no label among them',
      'filename,sex,age\na.jpg,m,1\nb.jpg,f,2\n',
      /which column.*"sex" \(such as "m"\)/s,
    ],
    [
      'two columns of labels that differ',
      'path,label,class\na.jpg,cat,x\nb.jpg,dog,x\n',
      /"label" and "class".*all be the labels/s,
    ],
    [
      'three classes, a column each',
      'path,cat,dog,owl\na.jpg,1,0,0\nb.jpg,0,1,0\n',
      /3 columns of 0 and 1; two classes were expected/,
    ],
    [
      'a picture of both classes',
      'path,cat,dog\na.jpg,1,1\nb.jpg,0,1\n',
      /Line 2 has "cat" \(1\) and "dog" \(1\)/,
    ],
    [
      'a quotation mark that is never closed',
      'path,label\n"a.jpg,cat\nb.jpg,dog\n',
      /quotation mark is not closed/,
    ],
    ['prose', 'Dear reader, these are\nmy cats, which I like\nvery much.\n', /names existing pictures/],
    [
      'no picture found',
      'path,label\nx.jpg,cat\ny.jpg,dog\n',
      /None of the pictures in t\.csv.*"x\.jpg".*Nothing was changed/s,
    ],
  ])('%s: refused, with what was seen and expected', async (_, table, message) => {
    expect(await refused(AB, table)).toMatch(message);
  });

  test('a .txt file that is not a table is refused; one that is a picture is imported', async () => {
    expect(await refused(AB, 'Remember to feed the cats.\n', 'notes.txt')).toMatch(
      /No column of notes\.txt names existing pictures/,
    );
    expect((await drop([], pictures[0]!, 'picture.txt')).outcome).toEqual({ 'picture.txt': '-' });
  });

  test('a list of names alone imports without labels', async () => {
    const { outcome, notes } = await drop(AB, 'a.jpg\nb.jpg\n', 'list.txt');
    expect(outcome).toEqual({ 'a.jpg': '-', 'b.jpg': '-' });
    expect(notes).toContain('labels: none');
  });
});

describe('splits', () => {
  test('the same words as for folders; unassigned ones stay open, unknown ones are reported', async () => {
    const files = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg', 'f.jpg'];
    const words = ['TRAIN', 'valid', 'Test Set', '', 'UNASSIGNED', 'holdout'];
    const rows = files.map((file, at) => `${file},${at % 2 ? 'dog' : 'cat'},${words[at]!}\n`).join('');
    const { outcome, notes } = await drop(files, `path,label,split\n${rows}`);
    expect(outcome).toEqual({
      'a.jpg': 'cat/train',
      'b.jpg': 'dog/validation',
      'c.jpg': 'cat/test',
      'd.jpg': 'dog',
      'e.jpg': 'cat',
      'f.jpg': 'dog',
    });
    expect(notes).toContain('Unknown words in the split column were ignored: "holdout" (1 row)');
  });

  test('without a split column, folders in the paths set it, outermost first, and a note says so', async () => {
    const files = ['train/test/a.jpg', 'cat/Val/b.jpg', 'test_set/c.jpg', 'other/d.jpg'];
    const rows = files.map((file, at) => `${file},${at % 2 ? 'dog' : 'cat'}\n`).join('');
    const { outcome, notes } = await drop(files, rows);
    expect(outcome).toEqual({
      'train/test/a.jpg': 'cat/train',
      'cat/Val/b.jpg': 'dog/validation',
      'test_set/c.jpg': 'cat/test',
      'other/d.jpg': 'dog',
    });
    expect(notes).toContain('No split column: the folders "train", "Val" and "test_set" set it.');
    const list = await drop(['test/a.jpg', 'b.jpg'], 'test/a.jpg\nb.jpg\n', 'list.txt');
    expect(list.outcome).toEqual({ 'test/a.jpg': '-/test', 'b.jpg': '-' });
    expect(list.notes).toContain('No split column: the folder "test" sets it.');
  });

  test('folders set no split beside a column, without a test set, as classes, or around the table', async () => {
    const files = ['train/a.jpg', 'test/b.jpg'];
    const column = await drop(files, 'path,label,split\ntrain/a.jpg,cat,\ntest/b.jpg,dog,train\n');
    expect(column.outcome).toEqual({ 'train/a.jpg': 'cat', 'test/b.jpg': 'dog/train' });
    const words = await drop(['train/a.jpg', 'plane/b.jpg'], 'train/a.jpg,train\nplane/b.jpg,plane\n');
    expect(words.outcome).toEqual({ 'train/a.jpg': 'train', 'plane/b.jpg': 'plane' });
    const named = await drop(['test/a.jpg', 'other/b.jpg'], 'test/a.jpg,Test\nother/b.jpg,other\n');
    expect(named.outcome).toEqual({ 'test/a.jpg': 'Test', 'other/b.jpg': 'other' });
    const around = await drop(['test/a.jpg', 'test/b.jpg'], 'a.jpg,cat\nb.jpg,dog\n', 'test/t.csv');
    expect(around.outcome).toEqual({ 'test/a.jpg': 'cat', 'test/b.jpg': 'dog' });
    for (const { notes } of [column, words, named, around]) expect(notes).not.toContain('No split column');
  });

  test('a picture keeps its set if another table differs, which is reported with what to do', async () => {
    const project = newProject();
    const first = lay(AB, 'path,label,split\na.jpg,cat,train\nb.jpg,dog,train\n');
    await importFiles(project, [first], options);
    const folder = path.dirname(first);
    const second = path.join(folder, 'second.csv');
    writeFileSync(second, 'path,label,split\na.jpg,cat,test\nb.jpg,dog,train\n');
    const { notes, alreadyThere } = await importFiles(project, [second], options);
    expect(alreadyThere).toBe(2);
    expect(outcome(project, folder)).toEqual({ 'a.jpg': 'cat/train', 'b.jpg': 'dog/train' });
    expect(notes.at(-1)).toBe(
      `1 picture stayed in a different set from the table, such as ${path.join(folder, 'a.jpg')} ` +
        '(training set; test set in the table). To move pictures, use twofold split PROJECT test FILES or, ' +
        'where the table has a split column, twofold labels PROJECT --import TABLE.',
    );
    expect((await importFiles(project, [first], options)).notes.join()).not.toContain('different set');
    await importLabelsCsv(project, second);
    expect(outcome(project, folder)).toMatchObject({ 'a.jpg': 'cat/test' });
    expect((await importFiles(project, [first], options)).notes.at(-1)).toMatch(
      /\(test set; training set in the table\).*twofold split PROJECT train FILES\.$/,
    );
  });

  test('folders of absolute paths set the split from the folder of the table on', async () => {
    const table = lay(['train/a.jpg', 'test/b.jpg'], '');
    const folder = path.dirname(table);
    writeFileSync(table, `${folder}/train/a.jpg,cat\n${folder}/test/b.jpg,dog\n`);
    const project = newProject();
    await importFiles(project, [table], options);
    expect(outcome(project, folder)).toEqual({ 'train/a.jpg': 'cat/train', 'test/b.jpg': 'dog/test' });
  });

  test.each([
    ['Google AutoML', 'TRAIN,gs://bucket/pets/a.jpg,cat\nTEST,gs://bucket/pets/b.jpg,dog\n'],
    [
      'a data set from Kaggle',
      'class id,filepaths,labels,data set\n0,pics/a.jpg,cat,train\n1,pics/b.jpg,dog,test\n',
    ],
    ['a second-rank heading', 'file,dataset,class\na.jpg,training,cat\nb.jpg,testing,dog\n'],
  ])('%s', async (_, table) => {
    expect((await drop(AB, table)).outcome).toEqual({ 'a.jpg': 'cat/train', 'b.jpg': 'dog/test' });
  });
});

describe('where pictures are', () => {
  const nested = ['x/cat/1.jpg', 'x/dog/1.jpg'];
  test.each([
    ['paths of Windows', 'C:\\data\\cat\\1.jpg,k\nC:\\data\\dog\\1.jpg,h\n'],
    ['paths of Colab', '/content/drive/My Drive/cat/1.jpg,k\n/content/drive/My Drive/dog/1.jpg,h\n'],
    ['addresses', 'https://host/set/cat/1.jpg?v=2,k\ns3://bucket/dog/1.jpg,h\n'],
    ['the lower folders only', 'cat/1.jpg,k\ndog/1,h\n'],
    ['another case', 'X/CAT/1.JPG,k\nx/dog/1.JPG,h\n'],
    ['backslashes', 'x\\cat\\1.jpg,k\n.\\x\\dog\\1.jpg,h\n'],
    [
      'Label Studio, from folders',
      'image,choice\n/data/local-files/?d=set%2Fcat%2F1.jpg,k\n/data/local-files/?d=set/dog/1.jpg,h\n',
    ],
  ])('%s', async (_, table) => {
    expect((await drop(nested, table)).outcome).toEqual({ 'x/cat/1.jpg': 'k', 'x/dog/1.jpg': 'h' });
  });

  test('uploads to Label Studio, whose names have a prefix', async () => {
    const table =
      'annotation_id,choice,id,image\n1,cat,7,/data/upload/2/0a1b2c3d-a.jpg\n2,dog,8,/data/upload/2/9f8e7d6c-b.jpg\n';
    expect((await drop(AB, table)).outcome).toEqual(CAT_DOG);
  });

  test('ambiguous rows are reported and skipped, and the others imported', async () => {
    const { outcome, notes, project, report } = await drop(
      [...nested, 'a.jpg'],
      'path,label\n1.jpg,k\na.jpg,h\n',
    );
    expect(outcome).toEqual({ 'a.jpg': 'h' });
    expect(notes).toContain('1 of 2 rows match several pictures and was skipped: line 2 (1.jpg)');
    expect(told(project, report.importId)).toEqual([['1.jpg', 'left-out', 'bad-input']]);
    expect(importSentences(report)).toContain('Skipped: 1 ambiguous row.');
  });

  test('an exact path takes precedence over names elsewhere', async () => {
    const { outcome } = await drop(['a.jpg', 'old/a.jpg', 'b.png', 'old/b.jpg'], 'a.jpg,cat\nb,dog\n');
    expect(outcome).toEqual({ 'a.jpg': 'cat', 'b.png': 'dog' });
  });

  test('a name without ending that two files have is ambiguous', async () => {
    const { notes } = await drop(['a.jpg', 'a.png', 'b.jpg'], 'id,label\na,cat\nb,dog\n');
    expect(notes).toContain('match several pictures and was skipped: line 2 (a)');
  });

  test('a picture in another split, or in a folder that another row names, is not matched', async () => {
    const split = await drop(['test/1.jpg', 'a.jpg'], 'path,label\ntrain/1.jpg,cat\na.jpg,dog\n');
    expect(split.outcome).toEqual({ 'a.jpg': 'dog' });
    const both = await drop(['one/1.jpg', 'a.jpg'], 'path,label\ntwo/1.jpg,cat\none/1.jpg,dog\na.jpg,cat\n');
    expect(both.outcome).toEqual({ 'one/1.jpg': 'dog', 'a.jpg': 'cat' });
    const names = await drop(
      ['1.jpg', 'a.jpg'],
      'path,label\nC:\\x\\1.jpg,cat\nC:\\y\\1.jpg,dog\na.jpg,cat\n',
    );
    expect(names.outcome).toEqual({ 'a.jpg': 'cat' });
    expect(names.notes).toContain('2 of 3 rows match several pictures');
  });

  test('names in either form of Unicode, both ways', async () => {
    const [nfc, nfd] = ['K\u00e4fer', 'Ka\u0308fer'];
    for (const [disk, cell] of [
      [nfd, nfc],
      [nfc, nfd],
    ] as const) {
      const { outcome } = await drop(
        [`${disk}/${disk}.jpg`, 'Biene/2.jpg'],
        `${cell}/${cell}.jpg,${cell}\nBiene/2.jpg,Biene\n`,
      );
      expect(outcome).toEqual({ [`${nfc}/${nfc}.jpg`]: nfc, 'Biene/2.jpg': 'Biene' });
    }
  });

  test('a table elsewhere, dropped together with the folder of its pictures', async () => {
    const project = newProject();
    const table = lay([], 'path,label\na.jpg,cat\nb,dog\n');
    const folder = path.dirname(lay(['deep/a.jpg', 'b.jpg'], '', 'other.md'));
    const report = await importFiles(project, [folder, table], options);
    expect(report).toMatchObject({ layout: 'csv', added: 2, labelled: 2 });
    expect(outcome(project, folder)).toEqual({ 'deep/a.jpg': 'cat', 'b.jpg': 'dog' });
  });

  test('a table among pictures is skipped by name', async () => {
    const project = newProject();
    const table = lay(AB, 'path,label\na.jpg,cat\n');
    const folder = path.dirname(table);
    const report = await importFiles(
      project,
      [path.join(folder, 'a.jpg'), table, path.join(folder, 'b.jpg')],
      options,
    );
    expect(report).toMatchObject({ added: 2, leftOut: 1 });
    expect(told(project, report.importId)).toEqual([['t.csv', 'left-out', 'unreadable']]);
  });
});

describe('what labels mean', () => {
  test.each([
    ['true', 'false'],
    ['yes', 'no'],
    ['1', '2'],
    ['A', 'B'],
    ['-1', '1'],
    ['0', '2'],
  ])('%s and %s are names', async (one, two) => {
    const { outcome } = await drop(AB, `path,label\na.jpg,${one}\nb.jpg,${two}\n`);
    expect(outcome).toEqual({ 'a.jpg': one, 'b.jpg': two });
  });

  test.each([
    ['0', '1'],
    ['0.0', '1.0'],
  ])('%s and %s are class numbers, which is reported', async (zero, one) => {
    const { outcome, notes } = await drop(AB, `path,label\na.jpg,${one}\nb.jpg,${zero}\n`, undefined, [
      'cat',
      'dog',
    ]);
    expect(outcome).toEqual({ 'a.jpg': 'dog', 'b.jpg': 'cat' });
    expect(notes).toContain('0 is "cat", 1 is "dog"');
  });

  test.each<[string, string, [string, string] | undefined]>([
    ['0 beside a name', 'path,label\na.jpg,0\nb.jpg,cat\n', undefined],
    ['1 beside a class', 'path,label\na.jpg,1\nb.jpg,cat\n', ['cat', 'dog']],
    ['0 and 1 where classes are 1 and 2', 'path,label\na.jpg,0\nb.jpg,1\n', ['1', '2']],
    ['0 alone where a class is called 1', 'path,label\na.jpg,0\n', ['1', '2']],
  ])('%s is refused as ambiguous', async (_, table, named) => {
    expect(await refused(AB, table, undefined, named)).toMatch(/could be names or numbers/);
  });

  test('classes named 0 and 1 are matched by name, in either order', async () => {
    const { outcome } = await drop(AB, 'path,label\na.jpg,0\nb.jpg,1\n', undefined, ['1', '0']);
    expect(outcome).toEqual({ 'a.jpg': '0', 'b.jpg': '1' });
  });

  test('one label names one class; another table names the other', async () => {
    const { project, outcome: first } = await drop(AB, 'path,label\na.jpg,dog\nb.jpg,DOG\n');
    expect(first).toEqual({ 'a.jpg': 'dog', 'b.jpg': 'dog' });
    expect(classes(project)).toEqual(['dog', 'Class B']);
    const file = lay([], 'path,label\nc.jpg,cat\n');
    writeFileSync(path.join(path.dirname(file), 'c.jpg'), pictures[5]!);
    await importTable(project, file, options);
    expect(classes(project)).toEqual(['dog', 'cat']);
  });

  test('a label that can’t be a class name is ignored, and does not fail the import', async () => {
    const long = 'x'.repeat(101);
    const { outcome, notes } = await drop(
      ['a.jpg', 'b.jpg', 'c.jpg'],
      `path,label\na.jpg,cat\nb.jpg,${long}\nc.jpg,dog\n`,
    );
    expect(outcome).toEqual({ 'a.jpg': 'cat', 'b.jpg': '-', 'c.jpg': 'dog' });
    expect(notes).toContain('was ignored. A class name has at most 100 characters.');
  });

  test('more than two are counted', async () => {
    expect(
      await refused(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'], 'a.jpg,x\nb.jpg,y\nc.jpg,z\nd.jpg,z\n'),
    ).toMatch(
      /3 different labels; two classes were expected: "z" in 2 rows, "x" in 1 row, "y" in 1 row\. Nothing was imported\. Keep only two labels in the table: delete the other rows, or replace their labels\.$/,
    );
  });

  test('labels of missing pictures name no class', async () => {
    const { outcome, project } = await drop(AB, 'path,label\na.jpg,cat\nb.jpg,dog\ngone.jpg,owl\n');
    expect(outcome).toEqual(CAT_DOG);
    expect(classes(project)).toEqual(['cat', 'dog']);
  });
});

describe('labels --import', () => {
  test('finds pictures by name if it is unique in the project, and nothing on the disk', async () => {
    const { project } = await drop(['x/a.jpg', 'y/b.jpg', 'y/c.jpg'], 'a.jpg,cat\nb.jpg,dog\nc.jpg,dog\n');
    const elsewhere = lay(['d.jpg'], 'path;label\nC:\\old\\a.jpg;dog\nb;cat\nd.jpg;cat\n');
    const { changed, problems, notes } = await importLabelsCsv(project, elsewhere);
    expect(changed).toBe(2);
    expect(problems).toMatchObject([
      { code: 'not-found', message: expect.stringContaining('"d.jpg"') as string },
    ]);
    expect(notes.join('\n')).toContain('2 pictures were found by name in this project');
  });

  test('reads only the test set from the splits, and says so if the table has others', async () => {
    const { project } = await drop(
      ['a.jpg', 'b.jpg', 'c.jpg'],
      'path,label,split\na.jpg,cat,train\nb.jpg,dog,train\nc.jpg,dog,train\n',
    );
    const table = 'path,label,split\na.jpg,dog,test\nb.jpg,dog,validation\nc.jpg,dog,holdout\n';
    const { changed, notes } = await importLabelsCsv(project, lay([], table));
    expect(changed).toBe(1);
    expect(notes.join('\n')).toContain('1 row has a different split from the picture');
    expect(notes.join('\n')).toContain('"holdout" (1 row)');
    expect(getPictures(project.db, [1, 2, 3]).map(({ split }) => split)).toEqual(['test', 'train', 'train']);
  });

  test('nothing found, and no labels, are failures that change nothing', async () => {
    const { project } = await drop(AB, 'a.jpg,cat\nb.jpg,dog\n');
    const before = exportLabelsCsv(project.db);
    await expect(importLabelsCsv(project, lay([], 'path,label\nx.jpg,dog\n'))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(importLabelsCsv(project, lay([], 'a.jpg\nb.jpg\n'))).rejects.toThrow(/no label column/);
    expect(exportLabelsCsv(project.db)).toBe(before);
  });

  test('different content under the same name is a different picture, if the table has its SHA-256', async () => {
    const { project } = await drop(AB, 'a.jpg,cat\nb.jpg,dog\n');
    const table = `path,sha256,label\n/old/a.jpg,${'0'.repeat(64)},dog\n/old/b.jpg,,cat\n`;
    const { changed, problems } = await importLabelsCsv(project, lay([], table));
    expect([changed, problems.length]).toEqual([1, 1]);
    const again = await drop(AB, table).then(({ outcome }) => outcome);
    expect(again).toEqual({ 'b.jpg': 'cat' });
  });
});

/** Names that upset a reader, a spreadsheet or a shell; a file system may have them all. */
const awkward = fc
  .array(fc.constantFrom(...Array.from('=+-@\t\r\n\'"#,;| \\aé＝%?')), { minLength: 1, maxLength: 5 })
  .map((parts) => `${parts.join('')}.jpg`);

test.skipIf(process.platform === 'win32')('labels.csv restores every name and label', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(awkward, {
        minLength: 2,
        maxLength: 4,
        selector: (name) => name.normalize('NFC').toLowerCase(),
      }),
      awkward.filter((name) => name.trim() !== ''),
      async (names, label) => {
        const folder = temporaryFolder();
        names.forEach((name, index) => writeFileSync(path.join(folder, name), bmp(index)));
        const project = newProject(temporaryFolder(), [label, 'other']);
        await importFiles(
          project,
          names.map((name) => path.join(folder, name)),
          options,
        );
        names.forEach((_, index) => setLabels(project.db, [index + 1], index % 2 === 0 ? 0 : 1, 'key'));
        const file = path.join(temporaryFolder(), 'labels.csv');
        writeFileSync(file, exportLabelsCsv(project.db));
        const before = outcome(project, folder);
        expect(Object.keys(before)).toHaveLength(names.length);

        const again = newProject();
        const report = await importTable(again, file, options);
        expect(report).toMatchObject({ added: names.length, leftOut: 0, labelled: names.length });
        expect(outcome(again, folder)).toEqual(before);

        // Elsewhere, below the table.
        const moved = path.join(path.dirname(file), 'moved');
        renameSync(folder, moved);
        const third = newProject();
        await importTable(third, file, options);
        expect(outcome(third, moved)).toEqual(before);
        renameSync(moved, folder);
      },
    ),
    { numRuns: 25 },
  );
});
