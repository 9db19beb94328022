import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import ts from 'typescript';

/** A text of the sources that a person may read, with its place. */
export interface Text {
  file: string;
  line: number;
  text: string;
}

/** The files with one of these endings in a folder and below it. */
export function filesIn(folder: string, endings: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.test(name))
    .map((name) => join(folder, name));
}

/** The string literals, templates and marked-up texts of the sources, without imports, types, classes and styles. */
export function textsOf(folders: string[]): Text[] {
  return folders
    .flatMap((folder) => filesIn(folder, /\.(ts|mjs|svelte)$/))
    .flatMap((file) => {
      const source = readFileSync(file, 'utf8');
      return file.endsWith('.svelte') ? svelteTexts(file, source) : scriptTexts(file, source);
    });
}

/** The lines of a page, code included. */
export function linesOf(pages: string[]): Text[] {
  return pages.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((text, index) => ({ file, line: index + 1, text })),
  );
}

function scriptTexts(file: string, source: string): Text[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest);
  const texts: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
        : '';
    const line = parsed.getLineAndCharacterOfPosition(node.getStart(parsed)).line + 1;
    texts.push(...prose(file, line, text));
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return texts;
}

type Node = Record<string, unknown> & { type?: string; start?: number };

function svelteTexts(file: string, source: string): Text[] {
  const texts: Text[] = [];
  const add = (node: Node, text: string): void => {
    texts.push(...prose(file, source.slice(0, node.start).split('\n').length, text));
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const node = value as Node;
    const { type } = node;
    if (type === 'ImportDeclaration' || (type?.startsWith('TS') && type.endsWith('Type'))) return;
    if (type === 'Attribute' && ['class', 'style'].includes(String(node.name))) return;
    if (type === 'Text') add(node, String(node.data).replace(/\s+/g, ' '));
    if (type === 'Literal' && typeof node.value === 'string') add(node, node.value);
    if (type === 'TemplateLiteral') {
      const quasis = node.quasis as { value: { cooked: string } }[];
      add(node, quasis.map((quasi) => quasi.value.cooked).join('…'));
    }
    Object.values(node).forEach(visit);
  };
  const { fragment, instance, module } = parse(source, { modern: true });
  [fragment, instance, module].forEach(visit);
  return texts;
}

/** The lines of a literal that is more than an identifier (it has several words, or begins like a label) and not SQL. */
function prose(file: string, first: number, literal: string): Text[] {
  const isSql = /^\s*(SELECT|INSERT|UPDATE|CREATE|DELETE|WITH)\s/.test(literal);
  if (isSql || !/\S\s+\S|^\s*[A-Z][a-z]/.test(literal)) return [];
  return literal.split('\n').map((text, index) => ({ file, line: first + index, text }));
}
