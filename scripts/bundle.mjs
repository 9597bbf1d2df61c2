/**
 * Joins the command, what starts it and what its worker threads run to a file each, which Node reads in a fraction of the time that it takes to
 * find some hundred modules. CommonJS, as Node's loader of ES modules starts more slowly, and parses all that it meets of CommonJS.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const { metafile } = await build({
  entryPoints: {
    'onnx-explain': 'dist/src/cli/start.js',
    main: 'dist/src/cli/main.js',
    thread: 'dist/src/workers/thread.js',
  },
  outdir: 'dist/bundle',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // With native libraries, or files of their own for threads; the last is large, and only figures with words need it.
  external: ['onnxruntime-node', 'sharp', 'piscina', 'opentype.js'],
  // What is imported late is required late.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: `const moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

const folders = Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
writeFileSync('dist/bundle/licences.txt', [...new Set(folders)].toSorted().map(licenceOf).join('\n\n'));

/** What a package that became a part of the bundle asks to be kept beside it. */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? `\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}` : '';
  return `# ${name} ${version}, ${license}${text}\n`;
}
