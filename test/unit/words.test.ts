import { describe, expect, it } from 'vitest';
import { filesIn, linesOf, textsOf } from '../kit/texts.ts';

/** What no text says, with what to say instead. */
const BANNED: [RegExp, string][] = [
  [/\d %|… %/, '88.0%, without a space'],
  [
    /\b([Gg]ray|[Cc]olors?|[Cc]enters?|[Bb]ehavior|[Nn]eighbors?)\b(?![-:(=;])/,
    'British spelling: grey, colour, centre',
  ],
  [/\b(label|cancel|model)(ed|ing)\b/, 'British spelling: labelled, cancelled'],
  [
    /(?<!--)\b(normal|initial|optim|recogn|organ|visual|summar|quant)iz(e|es|ed|ing|ation)\b(?!\()/i,
    'British spelling: -ise',
  ],
  [/\b(goe?s?|going|went) on\b/, 'continue, resume'],
  [/\b(left|leaves?|leaving) (out|aside)\b/i, 'skipped, skip, excluded'],
  [
    /\b(takes?|took|taken|taking) (it |them |that )?back\b|\bdo(es)? (it )?again\b|\bdid again\b/i,
    'undo, redo',
  ],
  [/\b(find|found|finds) (it |them |one )?again\b/i, 'locate'],
  [/\banew\b/i, 'again'],
  [/\bsays? of\b|\bwhat (it|the model) (says|calls)\b/i, 'predict, prediction'],
  [/\bROC area\b|\barea under the ROC\b|\bmean precision\b/i, 'ROC AUC, average precision'],
  [/\bin brackets\b|\bcertainty\b/i, 'parentheses, 95% confidence interval'],
  [/\b(lies|lie|lying) (in|at|there|where|below|beside)\b/i, 'is stored, is located'],
  [
    /\bgraphics cards?\b|\bprocessor time\b|\bproduct of two matrices\b/i,
    'GPU, CPU time, matrix multiplication',
  ],
  [/\b(looked at together|where chance begins)\b/i, 'batch size, random seed'],
  [/\b(brush|brushes|paint|paints|painted|painting)\b/i, 'click or drag to label'],
  [/\bNo pictures? fits?\b/i, 'No matching pictures'],
  [/(?<!there )\b(is|are|was|were) no (?!longer|more)[a-z]+/i, 'is not a …'],
  [/\b(lay|laid|lays) (runs |it |them )?over\b/i, 'compare runs'],
  [/\bdraw (it |them )?again\b/i, 'new variations'],
  [
    /\b(to learn from|learned from)\b|\bto check with\b|\b(has|have) not seen\b/i,
    'trained on, training set, validation set',
  ],
  [/\b(labels?|pictures?) of (today|now)\b/i, 'current labels'],
  [/\bSurest\b|\bthe surest\b|\blikeliest\b/, 'most confident, most likely'],
  [
    /\bcould be had\b|\bdid not suffice\b|\bmay be sound\b|\bfor once\b|\bof no use\b|\bso many\b/i,
    'plain words',
  ],
  [
    /\bfiles? that (is|are) no\b|\bcop(y|ies) of a picture that is there\b/i,
    'Skipped: 1 duplicate, 1 not a picture',
  ],
];

const texts = textsOf(['main', 'renderer', 'shared', 'scripts']);
const pages = linesOf(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...filesIn('docs', /\.md$/)]);

describe('the words of every text', () => {
  it('are read from scripts, components and pages', () => {
    expect(texts.filter(({ file }) => file.endsWith('.svelte')).length).toBeGreaterThan(300);
    expect(texts.filter(({ file }) => file.startsWith('main/')).length).toBeGreaterThan(1000);
    expect(pages.length).toBeGreaterThan(1000);
  });

  it.each(BANNED)('avoid %s', (pattern, instead) => {
    const found = [...texts, ...pages].filter(({ text }) => pattern.test(text));
    const places = found.map(({ file, line, text }) => `${file}:${line}: ${pattern.exec(text)![0]}: ${text}`);
    expect(places, `say: ${instead}`).toEqual([]);
  });
});
