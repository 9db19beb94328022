import type { Project } from '../library/folder.ts';
import { getSettings, updateSettings } from '../library/settings.ts';
import { recipeFromFlags } from './recipe-options.ts';

/**
 * Sets how many bits the project's 16-bit pictures use.
 *
 * @throws TwofoldError `bad-input` unless it is 9 to 16
 */
export function setBits16(project: Project, bits16: number): void {
  updateSettings(project.db, { recipe: recipeFromFlags({ bits16 }, getSettings(project.db).recipe) });
}
