import type {
  VerifyExportJob,
  VerifyExportResult,
  WriteExportJob,
  WriteExportResult,
  WriteFoldersJob,
  WriteFoldersResult,
} from '../../shared/jobs.ts';
import type { JobContext } from '../training/job-context.ts';

/*
 * The formats lie downstream, in main/export. They are loaded when such a job comes, so that no other job carries their
 * libraries, and nothing of training depends on them.
 */

/** Writes a trained run in one format, into a folder that is there. */
export async function runWriteExportJob(
  job: WriteExportJob,
  context: JobContext,
): Promise<WriteExportResult> {
  const { writeExport } = await import('./write-export.ts');
  return writeExport(job, context);
}

/** Loads an export from its files and asks it about pictures. */
export async function runVerifyExportJob(
  job: VerifyExportJob,
  context: JobContext,
): Promise<VerifyExportResult> {
  const { verifyExport } = await import('./verify-export.ts');
  return verifyExport(job, context);
}

/** Puts pictures into class folders. */
export async function runWriteFoldersJob(
  job: WriteFoldersJob,
  context: JobContext,
): Promise<WriteFoldersResult> {
  const { writeFolders } = await import('./write-folders.ts');
  return writeFolders(job, context);
}
