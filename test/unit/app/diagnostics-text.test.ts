import { expect, it } from 'vitest';
import { withoutNames } from '../../../main/app/services/diagnostics-text.ts';

const AT = '[2026-03-01 10:00:00.000] [error] (project.open) ';

it.each([
  [
    `${AT}Error: ENOENT: no such file or directory, open '/data/Bob's cats/Tom 1.jpg'`,
    `${AT}Error: ENOENT: no such file or directory, open '[path]'`,
  ],
  [`${AT}There is nothing at /data/my cats/Tom. Check the path.`, `${AT}There is nothing at [path]`],
  [`${AT}D:\\Study 7\\night 3.NEF is damaged`, `${AT}[path]`],
  [`${AT}Tom and Jerry.jpeg is a file.`, `${AT}[file] is a file.`],
  [`${AT}The class “scratched” has one picture.`, `${AT}The class “[name]” has one picture.`],
  [`${AT}TypeError: app.project.map is not a function`, `${AT}TypeError: app.project.map is not a function`],
  [
    '    at openFolder (file:///opt/Secret Study/Twofold/resources/app.asar/dist/main/app.js:10:2)',
    '    at openFolder (…/main/app.js:10:2)',
  ],
  [
    '    at async answer (app://twofold/assets/index.js:1:20)',
    '    at async answer (app://twofold/assets/index.js:1:20)',
  ],
  ['    at node:internal/main:3:5', '    at node:internal/main:3:5'],
  ["  path: '/data/my cats/Tom.jpg',", "  path: '[path]',"],
  ['', ''],
])('reduces %j to %j', (line, clean) => {
  expect(withoutNames(line)).toBe(clean);
});
