import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { weightsOfClasses } from '../../../shared/recipe/class-weights.ts';
import { currentName, IMAGENET } from '../../model/weights/known.ts';
import type { RunFile } from '../../training/run-folder.ts';
import { baseCard, writeCard } from '../../export/card/card.ts';
import { classFolders } from '../../export/names.ts';
import { trainScript } from '../../export/samples/train.ts';

const SCRIPT_FILE = 'train.py';

/** Writes a Keras script that repeats a run elsewhere to an existing folder. */
export async function exportScript(run: RunFile, folder: string): Promise<void> {
  const { classes, recipe, counts, evaluation } = run;
  const script = trainScript({
    classes,
    folders: classFolders(classes),
    recipe,
    classWeights: weightsOfClasses(recipe.classWeights, counts.train),
    valLoss: evaluation?.loss ?? null,
    valAccuracy: evaluation?.accuracy.value ?? null,
  });
  await writeFile(join(folder, SCRIPT_FILE), script);
  await writeFile(join(folder, 'README.md'), readme(currentName(recipe.weights)));
  await writeCard(folder, baseCard('script', classes));
}

const readme = (weights: string): string => `# Repeat the training with Keras

\`\`\`sh
pip install tensorflow pillow scipy
python ${SCRIPT_FILE} --data FOLDERS --base model.h5
\`\`\`

- \`FOLDERS\` are the class folders written by \`twofold export PROJECT --format folders --out FOLDERS\`.
- \`model.h5\` is the model written by \`twofold export PROJECT --format keras\`: the script uses its frozen base and
  trains a new head.${
    weights === IMAGENET.name
      ? ' This run uses the official Keras weights, so `--base imagenet` does the same.'
      : ' `--base imagenet` uses the official Keras weights instead, which are not those of this run.'
  }

To train on several machines (\`tf.distribute.MultiWorkerMirroredStrategy\`), start the script on each with \`TF_CONFIG\`
set; its first lines explain how.
`;
