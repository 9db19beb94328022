/** What a column of a table of pictures holds. */
export type Field = 'path' | 'label' | 'split' | 'sha256';

/** Headings of columns, by what they hold; the first ones are taken first where a table has several. */
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
 * What a heading says its column holds, whatever its case, blanks and signs (`File Name`, `image_id`); the lower the
 * rank, the surer. Undefined where the word is not known.
 */
export function headingOf(cell: string): { field: Field; rank: number } | undefined {
  return FIELDS.get(cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
}
