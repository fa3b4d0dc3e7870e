/**
 * Smaller copies beside each text file of the built page: `NAME.br` and `NAME.gz`, made once, here, so that no server
 * compresses the same file again and again. Run by `hatch_build.py`: `node compress.js FOLDER`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TEXTS = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt']);
const CODINGS = {
  '.br': (content) =>
    brotliCompressSync(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  '.gz': (content) => gzipSync(content, { level: constants.Z_BEST_COMPRESSION }),
};

const folder = process.argv[2];
if (!folder) throw new Error('compress.js wants the folder of the built page');

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXTS.has(extname(entry.name))) continue;
  const path = join(entry.parentPath, entry.name);
  if (relative(folder, path).startsWith('.')) continue; // for the server, which does not send it
  const content = readFileSync(path);
  for (const [ending, compress] of Object.entries(CODINGS)) {
    const smaller = compress(content);
    if (smaller.length < content.length) writeFileSync(path + ending, smaller);
  }
}
