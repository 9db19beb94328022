/**
 * Compiles libjpeg-turbo and the C files beside this one to WebAssembly. `npm run setup` runs it:
 *
 *   node scripts/jpeg/compile.mjs COMPILER LIBRARY OUTPUT
 *
 * COMPILER is the unpacked npm package @yowasp/clang, which is itself WebAssembly: every machine gets the same bytes.
 * LIBRARY is the unpacked source of libjpeg-turbo 2.1.5. Prints "done/total" for each file.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Modules of the library's decoder and encoder. Those of its own programs and of TurboJPEG are not needed. */
const MODULES = `jcapimin jcapistd jccoefct jccolor jcdctmgr jchuff jcinit jcmainct jcmarker jcmaster jcomapi
  jcparam jcphuff jcprepct jcsample jdapimin jdapistd jdatadst jdatasrc jdcoefct jdcolor jddctmgr jdhuff jdinput
  jdmainct jdmarker jdmaster jdmerge jdphuff jdpostct jdsample jerror jfdctflt jfdctfst jfdctint jidctflt jidctfst
  jidctint jidctred jmemmgr jmemnobs jquant1 jquant2 jsimd_none jutils`.split(/\s+/);
const OWN = ['decoder', 'encoder', 'orient', 'resize', 'vector'];

/** What the library's CMake would configure, without WITH_SIMD (vector.c is in its place) and arithmetic coding. */
const CONFIGURED = {
  'jconfig.h': `
#define JPEG_LIB_VERSION 62
#define LIBJPEG_TURBO_VERSION 2.1.5
#define LIBJPEG_TURBO_VERSION_NUMBER 2001005
#define MEM_SRCDST_SUPPORTED 1
#define BITS_IN_JSAMPLE 8
`,
  'jconfigint.h': `
#define BUILD "twofold"
#undef inline
#define INLINE __inline__ __attribute__((always_inline))
#define THREAD_LOCAL
#define PACKAGE_NAME "libjpeg-turbo"
#define VERSION "2.1.5"
#define SIZEOF_SIZE_T 4
#define HAVE_BUILTIN_CTZL 1
#define FALLTHROUGH __attribute__((fallthrough));
`,
};

const FLAGS = ['-O2', '-msimd128', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext', '-DNDEBUG'];
/** Coefficients of 16 bits, as vector.c reads them. */
FLAGS.push('-DMULTIPLIER=short', '-ffunction-sections', '-fdata-sections');
/**
 * Huffman codes are read and written through 64 bits, as the library does on x86-64 (it takes the size of a pointer
 * otherwise), and bits counted by an instruction.
 */
const HUFFMAN_FLAGS = ['-D__x86_64__', '-D__ILP32__', '-DUSE_CLZ_INTRINSIC'];
const HUFFMAN = ['jchuff', 'jdhuff', 'jdphuff'];
const LINK = ['-mexec-model=reactor', '-Wl,--gc-sections', '-Wl,--strip-all', '-Wl,-z,stack-size=262144'];

const [compiler, library, output] = process.argv.slice(2);
const { runClang } = await import(pathToFileURL(join(compiler, 'gen', 'bundle.js')).href);
const clang = (args, files) =>
  runClang(['clang', ...args], files, {
    fetchProgress: () => undefined,
    stderr: (bytes) => bytes && process.stderr.write(bytes),
  });

const sources = { ...CONFIGURED };
for (const folder of [library, fileURLToPath(new URL('.', import.meta.url))]) {
  for (const name of readdirSync(folder)) {
    if (/\.[ch]$/.test(name)) sources[name] = readFileSync(join(folder, name), 'utf8');
  }
}
sources['jversion.h'] = readFileSync(join(library, 'jversion.h.in'), 'utf8');

const objects = {};
const modules = [...OWN, ...MODULES];
for (const [index, name] of modules.entries()) {
  const object = `${name}.o`;
  const flags = HUFFMAN.includes(name) ? [...FLAGS, ...HUFFMAN_FLAGS] : FLAGS;
  objects[object] = (await clang([...flags, '-c', `${name}.c`, '-o', object], sources))[object];
  console.log(`${index + 1}/${modules.length}`);
}
const linked = await clang([...LINK, '-o', 'jpeg.wasm', ...Object.keys(objects)], objects);
writeFileSync(output, linked['jpeg.wasm']);
