import { countParameters, type Architecture, type LayerSpec } from './architecture/layers.ts';

const LINE_LENGTH = 110;
const BYTES_PER_VALUE = 4;

/** A column: its heading, its end, and its text for a layer. */
interface Column {
  heading: string;
  end: number;
  text: (layer: LayerSpec) => string;
}

const TYPE = { heading: 'Layer (type)', text: ({ name, className }: LayerSpec) => `${name} (${className})` };
const SHAPE = { heading: 'Output Shape', text: printedShape };
const PARAMETERS = { heading: 'Param #', text: (layer: LayerSpec) => String(countParameters([layer])) };
const CONNECTED = { heading: 'Connected to', text: printedConnections };

/** Keras' columns for a network with branches, and those for a plain sequence of layers. */
const BRANCHED: Column[] = [
  { ...TYPE, end: 33 },
  { ...SHAPE, end: 66 },
  { ...PARAMETERS, end: 77 },
  { ...CONNECTED, end: 110 },
];
const SEQUENTIAL: Column[] = [
  { ...TYPE, end: 49 },
  { ...SHAPE, end: 93 },
  { ...PARAMETERS, end: 110 },
];

/**
 * The table that Keras 2.15 prints with `model.summary(line_length=110)`, character for character: every layer with its
 * output shape, number of parameters and what it is connected to, then the totals. Lines end with `\n`.
 */
export function summary(architecture: Architecture): string {
  const { layers } = architecture;
  const columns = isSequential(layers) ? SEQUENTIAL : BRANCHED;
  const row = (cells: readonly string[]): string[] => printRow(cells, columns);
  const blank = ' '.repeat(LINE_LENGTH);
  const lines = [
    `Model: "${architecture.name}"`,
    '_'.repeat(LINE_LENGTH),
    ...row(columns.map(({ heading }) => heading)),
    '='.repeat(LINE_LENGTH),
    ...layers.flatMap((layer) => [...row(columns.map(({ text }) => text(layer))), blank]),
    '='.repeat(LINE_LENGTH),
    `Total params: ${amount(countParameters(layers))}`,
    `Trainable params: ${amount(countParameters(layers, true))}`,
    `Non-trainable params: ${amount(countParameters(layers, false))}`,
    '_'.repeat(LINE_LENGTH),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether each layer's only input is the layer before it. */
function isSequential(layers: readonly LayerSpec[]): boolean {
  return layers.every(({ inbound }, index) =>
    index === 0 ? inbound.length === 0 : inbound.length === 1 && inbound[0] === layers[index - 1]!.name,
  );
}

function printedShape({ className, outputShape }: LayerSpec): string {
  const shape = `(None, ${outputShape.join(', ')})`;
  return className === 'InputLayer' ? `[${shape}]` : shape;
}

function printedConnections({ inbound }: LayerSpec): string {
  return `[${inbound.map((name) => `'${name}[0][0]'`).join(', ')}]`;
}

/** Prints cells into their columns, on several lines if a cell is too long; a list breaks after each entry. */
function printRow(cells: readonly string[], columns: readonly Column[]): string[] {
  let rest = [...cells];
  const lines: string[] = [];
  while (rest.some((text) => text !== '')) {
    let line = '';
    rest = rest.map((text, index) => {
      const start = index === 0 ? 0 : columns[index - 1]!.end;
      const { end } = columns[index]!;
      const cut = cutOff(text, index === columns.length - 1 ? end - start : end - start - 3);
      line = `${line}${index === 0 ? ' ' : ''}${text.slice(0, cut)}`.padEnd(end);
      return text.slice(cut);
    });
    lines.push(line);
  }
  return lines;
}

/** How much of the text fits on a line of that width: up to the first end of a list's entry, if there is one. */
function cutOff(text: string, width: number): number {
  const line = text.slice(0, width);
  const ends = ['),', '},', '],', "',"]
    .filter((end) => line.includes(end))
    .map((end) => line.indexOf(end) + end.length);
  return Math.min(width, ...ends);
}

function amount(parameters: number): string {
  return `${parameters} (${readableSize(parameters * BYTES_PER_VALUE)})`;
}

function readableSize(sizeBytes: number): string {
  const units = ['Byte', 'KB', 'MB', 'GB', 'TB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${twoDecimals(size)} ${units[unit]!}`;
}

/** Two decimals, ties to even, as Python formats them (toFixed rounds ties up). */
function twoDecimals(value: number): string {
  const hundredths = value * 100;
  const below = Math.floor(hundredths);
  const isTie = hundredths - below === 0.5;
  return isTie ? ((below + (below % 2)) / 100).toFixed(2) : value.toFixed(2);
}
