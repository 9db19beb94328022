import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what electron-builder leaves in place when it is given an Electron that is already unpacked. */
export default async function afterPack({ appOutDir, packager }) {
  const resources = packager.getResourcesDir(appOutDir);
  await rm(join(resources, 'default_app.asar'), { force: true });
}
