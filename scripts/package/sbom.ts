import { writeFile } from 'node:fs/promises';
import { runOrThrow } from '../setup/child.ts';
import { ROOT } from '../build/sources.mjs';

/**
 * Writes the software bill of materials (CycloneDX 1.5, JSON) from package-lock.json by npm. It lists development
 * dependencies too, marked as such, since Electron and the window's libraries are among them.
 */
export async function writeSbom(file: string, version: string): Promise<void> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const stdout = await runOrThrow(
    'The bill of materials could not be written',
    npm,
    ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
    { cwd: ROOT },
  );
  const sbom = JSON.parse(stdout) as { metadata: { component: object } };
  // npm names the application by its folder.
  Object.assign(sbom.metadata.component, { name: 'twofold', version });
  await writeFile(file, `${JSON.stringify(sbom, null, 2)}\n`);
}
