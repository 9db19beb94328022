import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AppUnderTest } from './harness.ts';

/** A4 with margins of 15 mm on all sides, in CSS pixels. */
const SHEET = { width: (180 / 25.4) * 96, height: (267 / 25.4) * 96 };

export interface Printed {
  pages: number;
  /** Sheets that the content fills without a break that moves a table or figure to the next. */
  sheets: number;
  /** CSS pixels by which the content is wider than a sheet, where it would be cut. */
  tooWide: number;
}

/** Prints an HTML file on A4 as a person would, with Chromium. */
export async function printPage(app: AppUnderTest, file: string): Promise<Printed> {
  const pdf = join(app.home, 'printed.pdf');
  const [width, height] = await app.electron.evaluate(
    async ({ BrowserWindow }, { url, out, sheet }) => {
      const { writeFileSync } = process.getBuiltinModule('node:fs');
      const window = new BrowserWindow({
        show: false,
        useContentSize: true,
        // The app’s own session loads no files.
        webPreferences: { partition: 'printing' },
        width: Math.floor(sheet.width),
        height: Math.floor(sheet.height),
      });
      await window.loadURL(url);
      const { webContents } = window;
      webContents.debugger.attach();
      await webContents.debugger.sendCommand('Emulation.setEmulatedMedia', { media: 'print' });
      const size = (await webContents.executeJavaScript(
        '[document.documentElement.scrollWidth, document.body.scrollHeight]',
      )) as [number, number];
      webContents.debugger.detach();
      writeFileSync(out, await webContents.printToPDF({ pageSize: 'A4', preferCSSPageSize: true }));
      window.destroy();
      return size;
    },
    { url: pathToFileURL(file).href, out: pdf, sheet: SHEET },
  );
  const text = await readFile(pdf, 'latin1');
  await rm(pdf);
  return {
    pages: text.match(/\/Type\s*\/Page\b/g)?.length ?? 0,
    sheets: height / SHEET.height,
    tooWide: Math.max(0, width - Math.ceil(SHEET.width)),
  };
}
