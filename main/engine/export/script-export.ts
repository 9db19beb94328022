import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentName, IMAGENET } from '../../model/weights/known.ts';
import type { RunFile } from '../../training/run-folder.ts';
import { baseCard, writeCard } from '../../export/card/card.ts';
import { classFolders } from '../../export/names.ts';
import { trainScript } from '../../export/samples/train.ts';

export const SCRIPT_FILE = 'train.py';

/** Writes the Keras script that trains a run again elsewhere, into a folder that is there. */
export async function exportScript({ classes, recipe, evaluation }: RunFile, folder: string): Promise<void> {
  const script = trainScript({
    classes,
    folders: classFolders(classes),
    recipe,
    valLoss: evaluation?.loss ?? null,
    valAccuracy: evaluation?.accuracy.value ?? null,
  });
  await writeFile(join(folder, SCRIPT_FILE), script);
  await writeFile(join(folder, 'README.md'), readme(currentName(recipe.weights)));
  await writeCard(folder, baseCard('script', classes));
}

const readme = (weights: string): string => `# Train it again with Keras

\`\`\`sh
pip install tensorflow pillow scipy
python ${SCRIPT_FILE} --data FOLDERS --base model.h5
\`\`\`

- \`FOLDERS\` is what \`twofold export PROJECT --format folders --out FOLDERS\` writes.
- \`model.h5\` is what \`twofold export PROJECT --format keras\` writes: the script takes the frozen base from it and
  trains a new head.${
    weights === IMAGENET.name
      ? ' This run was trained on the official weights of Keras, so `--base imagenet` does the same.'
      : ' With `--base imagenet` it takes the official weights of Keras instead, which are not those of this run.'
  }

On several machines (\`tf.distribute.MultiWorkerMirroredStrategy\`), start it on each with \`TF_CONFIG\` set; the script's
first lines say how.
`;
