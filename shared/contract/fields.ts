import { z } from 'zod';

/** Schemas of payload fields that several calls share. */

/** More than any project has. */
const MAX_IDS = 2_000_000;

export const nothing = z.undefined();
/** An absolute path. */
export const pathSchema = z.string().min(1).max(32_767);
export const pathsSchema = z.array(pathSchema).min(1).max(1_000_000);
export const pictureIdSchema = z.int().positive();
export const pictureIdsSchema = z.array(pictureIdSchema).max(MAX_IDS);
