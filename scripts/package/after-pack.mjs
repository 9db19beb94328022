import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the default app, which electron-builder does not remove from an Electron that is already unpacked. */
export default async function afterPack({ appOutDir, packager }) {
  const resources = packager.getResourcesDir(appOutDir);
  await rm(join(resources, 'default_app.asar'), { force: true });
}
