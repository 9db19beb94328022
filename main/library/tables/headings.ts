/** The kinds of columns. */
export type Field = 'path' | 'label' | 'split' | 'sha256';

/** Known headings by field and rank; if a table has several, the first in this list counts. */
const HEADINGS: Record<Field, readonly (readonly string[])[]> = {
  path: [
    ['path', 'paths', 'filepath', 'filepaths', 'imagepath', 'imagepaths', 'impath', 'fullpath'],
    ['file', 'files', 'filename', 'filenames', 'fname', 'imagefile', 'imagefilename', 'imagename', 'imgname'],
    ['image', 'images', 'img', 'picture', 'pictures', 'photo', 'photos', 'imageurl', 'url', 'uri', 'gcsuri'],
    ['imageid', 'imgid', 'pictureid', 'photoid', 'isicid', 'id', 'name', 'key', 'uuid'],
  ],
  label: [
    [
      ...['label', 'labels', 'class', 'classes', 'classname', 'classlabel', 'category', 'categories'],
      ...['species', 'breed', 'target', 'targets', 'tag', 'choice', 'diagnosis', 'groundtruth', 'truelabel'],
      ...['classid', 'labelid', 'categoryid', 'labelname', 'categoryname'],
    ],
  ],
  split: [
    ['split', 'splits', 'subset'],
    ['set', 'dataset', 'partition', 'mluse', 'usage', 'phase'],
  ],
  sha256: [['sha256']],
};

const FIELDS = new Map(
  Object.entries(HEADINGS).flatMap(([field, tiers]) =>
    tiers.flatMap((names, rank) => names.map((name) => [name, { field: field as Field, rank }] as const)),
  ),
);

/**
 * The field that a heading stands for, ignoring case, spaces and punctuation (`File Name`, `image_id`); a lower rank is
 * more certain. Undefined for an unknown heading.
 */
export function headingOf(cell: string): { field: Field; rank: number } | undefined {
  return FIELDS.get(cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
}
