import { posix, relative, sep } from 'node:path';

const BASE = ['shared', 'main/support', 'main/files'];
/** Up to the trained head and its files. */
const STEPS = [
  ...BASE,
  'main/pictures',
  'main/library',
  'main/model',
  'main/insight',
  'main/training',
  'main/export',
];
/** Both front ends: the app, and the command line. */
const FRONT_END = [...STEPS, 'main/jobs', 'main/engine', 'main/log'];
/**
 * Which part of the sources may import which, in the order of the flow in docs/architecture.md. Nothing imports
 * upstream. A part is a folder or a single file of the sources.
 */
const MAY_IMPORT = {
  shared: [],
  'main/support': ['shared'],
  'main/log': ['shared', 'main/support'],
  'main/files': ['shared', 'main/support'],
  'main/pictures': BASE,
  'main/library': [...BASE, 'main/pictures'],
  'main/model': BASE,
  'main/insight': BASE,
  'main/training': [...BASE, 'main/pictures', 'main/model'],
  'main/export': [...BASE, 'main/pictures', 'main/model', 'main/training'],
  // Jobs never open the database.
  'main/jobs': [...STEPS.filter((step) => step !== 'main/library'), 'main/log'],
  'main/engine': STEPS,
  'main/app': FRONT_END,
  'main/ipc': [
    'shared',
    'main/files',
    'main/library',
    'main/model',
    'main/export',
    'main/engine',
    'main/app',
  ],
  'main/cli': FRONT_END,
  'renderer/lib': ['shared'],
  'renderer/state': ['shared', 'renderer/lib'],
  'renderer/components': ['shared', 'renderer/lib', 'renderer/state'],
  'renderer/views': ['shared', 'renderer/lib', 'renderer/state', 'renderer/components'],
};

const PARTS = Object.keys(MAY_IMPORT);
const partOf = (file) => PARTS.find((part) => file.startsWith(`${part}/`));

/** Checks static and dynamic imports and re-exports of the project's own modules. */
const borders = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { upstream: '{{from}} may not import {{to}}: see MAY_IMPORT in scripts/lint/borders.js.' },
  },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const from = partOf(file);
    if (from === undefined) return {};
    const check = ({ source }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const target = posix.join(posix.dirname(file), source.value);
      if (target === 'package.json') return;
      const to = partOf(target);
      if (to === from || (to !== undefined && MAY_IMPORT[from].includes(to))) return;
      context.report({ node: source, messageId: 'upstream', data: { from, to: to ?? target } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default { rules: { borders } };
