/** `index.html` of the TensorFlow.js export: a page that classifies a picture. */
export const INDEX_HTML = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Try the model</title>
  <style>
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
    label { display: block; border: 2px dashed #888; border-radius: 0.5rem; padding: 2rem; text-align: center; }
    label.over { background: #8882; }
    img { display: block; max-width: 100%; max-height: 20rem; margin: 1rem auto; }
    output { display: block; font-size: 1.5rem; text-align: center; min-height: 3rem; }
  </style>
  <label id="drop">
    Drop a picture here or choose one
    <input id="file" type="file" accept="image/*" />
  </label>
  <output id="answer" for="file">Loading the model…</output>
  <img id="shown" alt="" hidden />
  <script src="tf.min.js"></script>
  <script type="module" src="page.js"></script>
</html>
`;

/** `page.js` beside it. */
export const PAGE_JS = `import { answer as nameOf, toInput } from './preprocess.js';

const answer = document.getElementById('answer');
const drop = document.getElementById('drop');
const shown = document.getElementById('shown');

try {
  const card = await (await fetch('card.json')).json();
  const model = await tf.loadLayersModel('model.json');
  const show = async (file) => {
    if (!file) return;
    answer.value = 'Predicting…';
    try {
      const probability = await predict(model, card, file);
      const name = nameOf(card, probability);
      answer.value = name + ' (probability of ' + card.classes[1] + ': ' + probability.toFixed(6) + ')';
      shown.src = URL.createObjectURL(file);
      shown.hidden = false;
    } catch (error) {
      answer.value = 'This picture can\\'t be read: ' + error.message;
    }
  };
  document.getElementById('file').addEventListener('change', (event) => show(event.target.files[0]));
  for (const type of ['dragover', 'dragleave', 'drop']) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle('over', type === 'dragover');
      if (type === 'drop') void show(event.dataTransfer.files[0]);
    });
  }
  answer.value = 'Ready.';
} catch (error) {
  answer.value = 'The model could not be loaded (' + error.message + '). Serve this folder: see README.md.';
}

/** Probability of class 1. The browser decodes upright and in sRGB; transparency is blended with white. */
async function predict(model, card, file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const input = toInput(data, width, height, 4, card.input);
  const output = tf.tidy(() => model.predict(tf.tensor(input, [1, card.input.size, card.input.size, 3])));
  const [probability] = await output.data();
  output.dispose();
  return probability;
}
`;
