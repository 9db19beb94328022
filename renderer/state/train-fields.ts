import type { Augmentation, Recipe } from '../../shared/recipe.ts';

/** The recipe as a form: what each field is called, what it does in words, and what it takes. */

export type FieldId = Exclude<keyof Recipe, 'augmentation'> | `augmentation.${keyof Augmentation}`;

interface Described {
  label: string;
  /** What it does and what to expect of other values, for somebody who never trained anything. */
  help: string;
}

export interface NumberField extends Described {
  kind: 'number';
  min: number;
  max: number;
  /** Only whole numbers. */
  whole: boolean;
  /** `min` itself is not allowed. */
  above?: boolean;
  /** May be left empty, which stands for null; this is what the empty field shows. */
  empty?: string;
}

/** Whole numbers with commas between them. */
export interface ListField extends Described {
  kind: 'list';
  min: number;
  max: number;
  most: number;
}

export interface SwitchField extends Described {
  kind: 'switch';
}

export interface ChoiceField extends Described {
  kind: 'choice';
  /** What is there to choose; null where only main knows it. */
  options: readonly { value: string; label: string }[] | null;
}

export type Field = NumberField | ListField | SwitchField | ChoiceField;

const fraction = { kind: 'number', min: 0, max: 1, whole: false } as const;
const toggle = { kind: 'switch' } as const;

export const FIELDS: Record<FieldId, Field> = {
  epochs: {
    kind: 'number',
    min: 1,
    max: 10_000,
    whole: true,
    label: 'Epochs',
    help: 'How often training goes through all pictures. More is slower and, after a while, worse for new pictures; you can stop at any time and the best epoch is kept.',
  },
  batch: {
    kind: 'number',
    min: 1,
    max: 1024,
    whole: true,
    label: 'Batch size',
    help: 'Pictures that are looked at together before the model changes. Smaller batches need less memory and wander more.',
  },
  learningRate: {
    kind: 'number',
    min: 0,
    max: 1,
    above: true,
    whole: false,
    label: 'Learning rate',
    help: 'How far each step goes. Too large and the loss jumps or becomes infinite; too small and it takes for ever.',
  },
  patience: {
    kind: 'number',
    min: 1,
    max: 10_000,
    whole: true,
    empty: 'never',
    label: 'Stop early after',
    help: 'Epochs without a better validation loss after which training ends by itself. Empty: it goes through all epochs.',
  },
  validationFraction: {
    kind: 'number',
    min: 0.01,
    max: 0.9,
    whole: false,
    label: 'Validation share',
    help: 'Share of the pictures that is never trained on, only asked, to see how the model does on pictures it does not know. Pictures that come from a train or validation folder stay there.',
  },
  seed: {
    kind: 'number',
    min: 0,
    max: 0xffff_ffff,
    whole: true,
    label: 'Seed',
    help: 'Where chance begins. The same seed, pictures and settings give the same curves again.',
  },
  weights: {
    kind: 'choice',
    options: null,
    label: 'Base weights',
    help: 'What the base has learned from millions of pictures; training changes only the head on top of it. The official ImageNet weights, as in the tutorial, are known to reach 93–95% accuracy on photographs of cats and dogs; those of nsfwjs, which come with Twofold, reach 85–86%. "Weights" in the docs says how to get the official ones.',
  },
  cut: {
    kind: 'choice',
    options: null,
    label: 'Cut at layer',
    help: 'Where the base ends and your head begins. Early layers see edges and textures, late ones whole things; mixed7 is the middle way.',
  },
  size: {
    kind: 'number',
    min: 75,
    max: 1024,
    whole: true,
    label: 'Picture size',
    help: 'Pixels a side to which every picture is brought. Larger shows finer detail and takes longer: twice the size, four times the work.',
  },
  resize: {
    kind: 'choice',
    options: [
      { value: 'bilinear', label: 'Smooth' },
      { value: 'nearest', label: 'As Keras does' },
    ],
    label: 'Resizing',
    help: 'Smooth averages the pixels that fall together. "As Keras does" takes the nearest pixel, as flow_from_directory does, to compare with Keras.',
  },
  bits16: {
    kind: 'number',
    min: 9,
    max: 16,
    whole: true,
    label: 'Bits of 16-bit pictures',
    help: 'Cameras of microscopes and of X-rays often use only 10, 12 or 14 bits of a 16-bit file, which then looks almost black. With 12, every 16-bit picture of the project is made 16 times as bright. 16 leaves them as they are. Other pictures are not touched.',
  },
  units: {
    kind: 'list',
    min: 1,
    max: 8192,
    most: 4,
    label: 'Hidden units',
    help: 'Size of the hidden layer of the head; several with commas make several layers. More can learn finer differences, and learn few pictures by heart.',
  },
  dropout: {
    kind: 'number',
    min: 0,
    max: 0.95,
    whole: false,
    label: 'Dropout',
    help: 'Share of the hidden units that is switched off at random in each step, so that the head does not rely on single ones. More works against overfitting. 0 leaves it out.',
  },
  'augmentation.enabled': {
    ...toggle,
    label: 'Vary the pictures',
    help: 'Each time a picture is trained on it is turned, moved and stretched by chance, so that the model learns what stays the same. Off is much faster, as the features of every picture are then computed once.',
  },
  'augmentation.rotation': {
    kind: 'number',
    min: 0,
    max: 180,
    whole: false,
    label: 'Rotation, degrees',
    help: 'Turned by up to so many degrees either way.',
  },
  'augmentation.widthShift': {
    ...fraction,
    label: 'Shift sideways',
    help: 'Moved left or right by up to this share of the width.',
  },
  'augmentation.heightShift': {
    ...fraction,
    label: 'Shift up and down',
    help: 'Moved up or down by up to this share of the height.',
  },
  'augmentation.shear': {
    kind: 'number',
    min: 0,
    max: 89,
    whole: false,
    label: 'Shear, degrees',
    help: 'Slanted by up to so many degrees. The tutorial’s 0.2 is a fifth of a degree: hardly to be seen, but kept.',
  },
  'augmentation.zoom': {
    kind: 'number',
    min: 0,
    max: 0.99,
    whole: false,
    label: 'Zoom',
    help: 'Larger or smaller by up to this share, sideways and upwards independently.',
  },
  'augmentation.horizontalFlip': {
    ...toggle,
    label: 'Mirror left and right',
    help: 'Every other picture is mirrored. Leave it off where left and right matter, as with writing.',
  },
  'augmentation.verticalFlip': {
    ...toggle,
    label: 'Mirror top and bottom',
    help: 'Every other picture is turned upside down. Useful where there is no up, as under a microscope.',
  },
  'augmentation.variants': {
    kind: 'number',
    min: 0,
    max: 100,
    whole: true,
    label: 'Reuse variants',
    help: '0: fresh variants in every epoch, exactly as Keras does. 3, say: three variants of each picture are made once and used in turn, which is several times faster from then on.',
  },
};

export const FIELD_IDS = Object.keys(FIELDS) as FieldId[];

/** How the form is divided. */
export const GROUPS: readonly { title: string; fields: readonly FieldId[] }[] = [
  {
    title: 'Training',
    fields: ['epochs', 'batch', 'learningRate', 'patience', 'validationFraction', 'seed'],
  },
  { title: 'Head', fields: ['units', 'dropout'] },
  { title: 'Base', fields: ['cut', 'size', 'resize', 'bits16', 'weights'] },
  {
    title: 'Augmentation',
    fields: FIELD_IDS.filter((id) => id.startsWith('augmentation.')),
  },
];

/** What a field holds while it is edited: text as it was typed, or whether it is switched on. */
export type FieldValue = string | boolean;
export type FormValues = Record<FieldId, FieldValue>;

const AUGMENTATION = 'augmentation.';
const augmentationKey = (id: FieldId): keyof Augmentation | null =>
  id.startsWith(AUGMENTATION) ? (id.slice(AUGMENTATION.length) as keyof Augmentation) : null;

export function formOf(recipe: Recipe): FormValues {
  const values = FIELD_IDS.map((id): [FieldId, FieldValue] => {
    const key = augmentationKey(id);
    const value = key ? recipe.augmentation[key] : recipe[id as Exclude<keyof Recipe, 'augmentation'>];
    if (typeof value === 'boolean') return [id, value];
    return [id, Array.isArray(value) ? value.join(', ') : String(value ?? '')];
  });
  return Object.fromEntries(values) as FormValues;
}

/** What came of reading the form: the recipe, or what is wrong with which field. */
export type FormReading =
  | { recipe: Recipe; errors: Partial<Record<FieldId, string>> }
  | { recipe: null; errors: Partial<Record<FieldId, string>> };

export function readForm(values: FormValues): FormReading {
  const errors: Partial<Record<FieldId, string>> = {};
  const recipe: Record<string, unknown> = {};
  const augmentation: Record<string, unknown> = {};
  for (const id of FIELD_IDS) {
    const read = readField(FIELDS[id], values[id]);
    if ('error' in read) errors[id] = read.error;
    else {
      const key = augmentationKey(id);
      if (key) augmentation[key] = read.value;
      else recipe[id] = read.value;
    }
  }
  if (Object.keys(errors).length > 0) return { recipe: null, errors };
  // Every field of the recipe is in FIELDS, which the compiler holds against `Recipe`.
  return { recipe: { ...recipe, augmentation } as unknown as Recipe, errors };
}

function readField(field: Field, value: FieldValue): { value: unknown } | { error: string } {
  if (field.kind === 'switch' || field.kind === 'choice') return { value };
  const text = String(value).trim();
  if (field.kind === 'list') return readList(field, text);
  if (text === '' && field.empty !== undefined) return { value: null };
  const number = parseNumber(text);
  const fits =
    number !== null &&
    (field.above ? number > field.min : number >= field.min) &&
    number <= field.max &&
    (!field.whole || Number.isInteger(number));
  return fits ? { value: number } : { error: `Expected ${expected(field)}.` };
}

function readList({ min, max, most }: ListField, text: string): { value: number[] } | { error: string } {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.map(parseNumber);
  const fit = numbers.every(
    (number) => number !== null && Number.isInteger(number) && number >= min && number <= max,
  );
  if (fit && numbers.length >= 1 && numbers.length <= most) return { value: numbers as number[] };
  return { error: `Expected one to ${most} whole numbers from ${min} to ${format(max)}, such as 512, 128.` };
}

/** Takes a decimal comma as well. */
function parseNumber(text: string): number | null {
  if (!/^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  return Number(text.replace(',', '.'));
}

function expected({ min, max, above, whole, empty }: NumberField): string {
  const range = above
    ? `above ${format(min)}, up to ${format(max)}`
    : `from ${format(min)} to ${format(max)}`;
  return `a ${whole ? 'whole ' : ''}number ${range}${empty === undefined ? '' : ', or nothing'}`;
}

const format = (value: number): string => value.toLocaleString('en');
