import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { getClasses } from '../../main/library/labels/classes.ts';
import { getCounts } from '../../main/library/pictures/pictures.ts';
import { closeProject, openProject } from '../../main/library/project.ts';
import type { LibraryCounts } from '../../shared/library/pictures.ts';
import { png } from '../kit/library.ts';
import { done, run, temporaryFolder } from '../kit/cli.ts';

let pictures: Buffer[];
beforeAll(async () => {
  pictures = await Promise.all([1, 2, 3, 4].map(png));
});

/** A folder with pictures and `t.csv`, and a project that is not there yet. */
function lay(
  files: readonly string[],
  table: string | Buffer,
): { folder: string; csv: string; project: string } {
  const folder = temporaryFolder();
  files.forEach((file, index) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), pictures[index]!);
  });
  const csv = path.join(folder, 't.csv');
  writeFileSync(csv, table);
  return { folder, csv, project: path.join(temporaryFolder(), 'p') };
}

/** What a project holds now. */
function counts(folder: string): LibraryCounts & { names: [string, number][] } {
  const project = openProject(folder, { readOnly: true });
  try {
    const found = getCounts(project.db);
    return {
      ...found,
      names: getClasses(project.db).map(({ name }, index) => [name, found.classes[index]!]),
    };
  } finally {
    closeProject(project);
  }
}

const nfd = 'Ka\u0308fer';
const AB = ['a.jpg', 'b.jpg'];

describe('import --csv', () => {
  test.each<[string, string[], string | Buffer, [string, number][], RegExp]>([
    [
      'a heading that is not known',
      AB,
      'filename,species\na.jpg,cat\nb.jpg,dog\n',
      [
        ['cat', 1],
        ['dog', 1],
      ],
      /labels: "species"/,
    ],
    [
      'names without ending, one label',
      AB,
      'id,label\na,cat\nb,cat\n',
      [
        ['cat', 2],
        ['Class B', 0],
      ],
      /Pictures: "id"/,
    ],
    [
      'Windows-1252',
      AB,
      Buffer.from('path,label\na.jpg,K\xe4fer\nb.jpg,Biene\n', 'latin1'),
      [
        ['Biene', 1],
        ['Käfer', 1],
      ],
      /Windows-1252: "Käfer"/,
    ],
    [
      'sep=',
      AB,
      'sep=;\r\npath;label\r\na.jpg;cat\r\nb.jpg;dog\r\n',
      [
        ['cat', 1],
        ['dog', 1],
      ],
      /separated by semicolons/,
    ],
    [
      'commas in names',
      ['a.jpg', 'Muller, Anna, 1.jpg'],
      'Muller, Anna, 1.jpg;dog\na.jpg;cat\n',
      [
        ['cat', 1],
        ['dog', 1],
      ],
      /separated by semicolons/,
    ],
    [
      'names below the folder',
      ['train/0a1.jpg', 'train/0b2.jpg'],
      'filename,label\n0a1.jpg,0\n0b2.jpg,1\n',
      [
        ['Class A', 1],
        ['Class B', 1],
      ],
      /2 pictures were found by name/,
    ],
    [
      'NFC in the table, NFD on the disk',
      [`${nfd}/1.jpg`, 'Biene/2.jpg'],
      'path,label\nK\u00e4fer/1.jpg,K\u00e4fer\nBiene/2.jpg,Biene\n',
      [
        ['Biene', 1],
        ['K\u00e4fer', 1],
      ],
      /t\.csv: 2 rows/,
    ],
  ])('%s', async (_, files, table, expected, note) => {
    const { csv, project } = lay(files, table);
    const report = await done('import', '--csv', csv, '--project', project);
    expect(report).toMatchObject({ added: files.length, labelled: files.length, leftOut: 0 });
    expect((report.notes as string[]).join('\n')).toMatch(note);
    expect(counts(project).names).toEqual(expected);
  });

  test('valid is validation, test is the test set', async () => {
    const { csv, project } = lay(
      ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'],
      'path,label,split\na.jpg,cat,train\nb.jpg,dog,train\nc.jpg,cat,valid\nd.jpg,dog,test\n',
    );
    await done('import', '--csv', csv, '--project', project);
    expect(counts(project)).toMatchObject({ train: 2, validation: 1, test: 1 });
  });

  test('folders in the paths set the split if no column does', async () => {
    const { csv, project } = lay(['train/a.jpg', 'test/b.jpg'], 'train/a.jpg,cat\ntest/b.jpg,dog\n');
    const { notes } = await done('import', '--csv', csv, '--project', project);
    expect(notes).toContain('No split column: the folders "train" and "test" set it.');
    expect(counts(project)).toMatchObject({ train: 1, test: 1 });
  });

  test('another split for imported pictures is reported and ignored', async () => {
    const { csv, project } = lay(AB, 'path,label,split\na.jpg,cat,train\nb.jpg,dog,train\n');
    await done('import', '--csv', csv, '--project', project);
    writeFileSync(csv, 'path,label,split\na.jpg,cat,test\nb.jpg,dog,test\n');
    const { code, stdout, stderr } = await run('import', '--csv', csv, '--project', project);
    expect(code).toBe(0);
    expect(stdout + stderr).toMatch(/2 pictures stayed in a different set from the table/);
    expect(counts(project)).toMatchObject({ train: 2, test: 0 });
  });

  test('a table without --csv, and one elsewhere with the folder of its pictures', async () => {
    const { folder, csv, project } = lay(AB, 'a.jpg cat\nb.jpg dog\n');
    const text = path.join(folder, 'list.txt');
    renameSync(csv, text);
    expect(await done('import', text, '--project', project)).toMatchObject({ layout: 'csv', labelled: 2 });
    const elsewhere = path.join(temporaryFolder(), 't.csv');
    writeFileSync(elsewhere, 'id,label\na,cat\nb,dog\n');
    const other = path.join(temporaryFolder(), 'other');
    const report = await done('import', folder, '--csv', elsewhere, '--project', other);
    expect(report).toMatchObject({ layout: 'csv', added: 2, labelled: 2 });
  });

  test('what can’t be read ends with 1, says what was seen and expected', async () => {
    const { csv, project } = lay(AB, 'filename,sex,age\na.jpg,m,1\nb.jpg,f,2\n');
    const { code, stderr } = await run('import', '--csv', csv, '--project', project);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Columns found in t\.csv: "filename".*"sex".*"age".*Expected.*label, class/s);
  });
});

test('labels --import refuses 0 and 1 if classes are named 1 and 2, fails if nothing matches, and changes nothing', async () => {
  const { folder, csv, project } = lay(
    ['1/a.jpg', '2/b.jpg', '1/c.jpg', '2/d.jpg'],
    'path,label\n1/a.jpg,0\n2/b.jpg,1\n',
  );
  await done('import', folder, '--project', project);
  const before = counts(project);
  const numbers = await run('labels', project, '--import', csv);
  expect(numbers.code).toBe(1);
  expect(numbers.stderr).toMatch(
    /"0" and "1" of t\.csv could be names or numbers of the classes "1" and "2"/,
  );
  writeFileSync(csv, 'path,label\nx.jpg,1\n');
  const nothing = await run('labels', project, '--import', csv);
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toContain('None of the pictures in t.csv');
  expect(counts(project)).toEqual(before);
});

test('labels.csv is exported without formulas and can be imported again', async () => {
  const { folder, project } = lay(['=1+1/@a.jpg', "'-b/2.jpg"], '');
  await done('import', folder, '--project', project);
  const csv = path.join(folder, 'labels.csv');
  await done('labels', project, '--csv', csv);
  expect(readFileSync(csv, 'utf8')).toMatch(/,'=1\+1,.*,''-b,|,''-b,.*,'=1\+1,/s);
  const again = path.join(temporaryFolder(), 'again');
  expect(await done('import', '--csv', csv, '--project', again)).toMatchObject({ added: 2, labelled: 2 });
  expect(counts(again)).toEqual(counts(project));
});
