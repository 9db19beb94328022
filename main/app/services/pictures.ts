import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Picture } from '../../../shared/library/pictures.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import type { PictureSize } from '../../../shared/picture-url.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import { getContent, getPicture } from '../../library/pictures/pictures.ts';
import { getSettings } from '../../library/settings.ts';
import { BlobCache } from '../../pictures/cache.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import { sniff, type PictureFormat } from '../../pictures/sniff.ts';
import { THUMBNAIL_SIDE, thumbnailKey } from '../../pictures/thumbnail-key.ts';
import type { OpenProject } from './open-project.ts';
import type { PictureBytes, PictureSource } from '../shell/respond.ts';
import { thumbnailsIn } from '../../pictures/cache-folders.ts';

/** Formats that Chromium decodes itself. For others (TIFF, HEIC, raw …) the window gets a JPEG. */
const SHOWN: Partial<Record<PictureFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  avif: 'image/avif',
};
const THUMBNAIL_MIME = 'image/jpeg';
/** Longer side, in pixels, of such a JPEG in the large view; enough for most screens. */
const LARGE_SIDE = 2048;

/** Provides pictures to the window: those of the open project by id, tried ones by an unguessable token. */
export class Pictures implements PictureSource {
  readonly #tried = new Map<string, string>();
  readonly #tokens = new Map<string, string>();

  /** @param triedDir folder for thumbnails of tried pictures, removed with the session */
  constructor(
    private readonly project: OpenProject,
    private readonly pool: PicturePool,
    private readonly triedDir: string,
  ) {}

  /** Allows the window to show a file that is tried. @returns its token */
  allow(path: string): string {
    const known = this.#tokens.get(path);
    if (known) return known;
    const token = randomUUID();
    this.#tokens.set(path, token);
    this.#tried.set(token, path);
    return token;
  }

  /** Path of a picture that the window may show. @throws TwofoldError `not-found` for any other token */
  triedPath(token: string): string {
    const path = this.#tried.get(token);
    if (path === undefined)
      throw new TwofoldError('not-found', 'This picture was not tried in this session.');
    return path;
  }

  async picture(id: number, hash: string, size: PictureSize): Promise<PictureBytes | null> {
    const project = this.project.current;
    if (!project) return null;
    const sha256 = getContent(project.db, id);
    if (sha256?.startsWith(hash) !== true) return null;
    const look = lookOf(size, project);
    if (size === 'thumb') {
      const cached = readThumbnail(thumbnailDir(project), sha256, look);
      if (cached) return cached;
    }
    const picture = getPicture(project.db, id);
    if (!picture) return null;
    const full = size === 'full' ? await readShown(picture.path) : null;
    return full ?? this.#thumbnailOf(project, picture, look);
  }

  async tried(token: string, size: PictureSize): Promise<PictureBytes | null> {
    const path = this.#tried.get(token);
    if (path === undefined) return null;
    const full = size === 'full' ? await readShown(path) : null;
    if (full) return full;
    const look = lookOf(size, this.project.current);
    const sha256 = await this.#inspect(path, this.triedDir, look);
    return sha256 === null ? null : readThumbnail(this.triedDir, sha256, look);
  }

  async #thumbnailOf(project: Project, { path, sha256 }: Picture, look: Look): Promise<PictureBytes | null> {
    const dir = thumbnailDir(project);
    const cached = readThumbnail(dir, sha256, look);
    if (cached) return cached;
    // The cache was deleted, the command line imported the picture, or it has not been shown large yet.
    const found = await this.#inspect(path, dir, look);
    return found === null ? null : readThumbnail(dir, found, look);
  }

  /** @returns the SHA-256 of the content, or null if the file can't be shown */
  async #inspect(path: string, dir: string, { side, bits16 }: Look): Promise<string | null> {
    const answer = await this.pool.inspect(path, { thumbnailDir: dir, thumbnailSide: side, bits16 });
    return answer.ok ? answer.value.sha256 : null;
  }
}

/** A picture of the open project. @throws TwofoldError `not-found` */
export function requirePicture(project: Project, id: number): Picture {
  const picture = getPicture(project.db, id);
  if (picture) return picture;
  throw new TwofoldError('not-found', 'That picture is no longer in the project.');
}

function thumbnailDir(project: Project): string {
  return thumbnailsIn(cacheDir(project));
}

/** How a picture is rendered: longer side in pixels, and brightness of 16-bit pictures. */
interface Look {
  side: number;
  bits16: number;
}

function lookOf(size: PictureSize, project: Project | null): Look {
  const { bits16 } = project ? getSettings(project.db).recipe : DEFAULT_RECIPE;
  return { side: size === 'full' ? LARGE_SIDE : THUMBNAIL_SIDE, bits16 };
}

function readThumbnail(dir: string, sha256: string, { side, bits16 }: Look): PictureBytes | null {
  const bytes = new BlobCache(dir).get(thumbnailKey(sha256, side, bits16));
  return bytes ? { bytes, mime: THUMBNAIL_MIME } : null;
}

async function readShown(path: string): Promise<PictureBytes | null> {
  try {
    const bytes = await readFile(path);
    const sniffed = sniff(bytes);
    const mime = sniffed.kind === 'picture' ? SHOWN[sniffed.format] : undefined;
    return mime === undefined ? null : { bytes, mime };
  } catch {
    return null;
  }
}
