/** Writes docs/operators.md from the tables of rules, upgrades and foldings, of the last build: `npm run docs:operators`. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExplainError } from '../dist/src/core/errors.js';
import { NO_GRADIENT, RULES } from '../dist/src/gradient/rules/index.js';
import { CONTROL_FLOW } from '../dist/src/onnx/fold.js';
import { INTERNAL_OPSET, OLDEST_OPSET, UPGRADES } from '../dist/src/onnx/upgrade.js';
import { REFUSED, RETURNED, refusalsIn } from './refusals.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
export const PAGE = join(root, 'docs/operators.md');

const RULE_FILES = join(root, 'src/gradient/rules');
const modulesIn = (folder) =>
  Promise.all(
    readdirSync(join(root, 'dist/src', folder))
      .filter((file) => file.endsWith('.js') && file !== 'index.js')
      .map(async (file) => [basename(file, '.js'), await import(`../dist/src/${folder}/${file}`)]),
  );
const families = await modulesIn('gradient/rules');
/** By domain, the operators that are taken apart before the walk, where the build has that pass. */
const hasParts = existsSync(join(root, 'dist/src/onnx/decompose.js'));
const { DECOMPOSITIONS } = hasParts ? await import('../dist/src/onnx/decompose.js') : { DECOMPOSITIONS: {} };
const partFamilies = hasParts ? await modulesIn('onnx/decompose') : [];

const refusedByRule = refusalsIn([join(root, 'src/gradient'), RULE_FILES], REFUSED);
const refusedByFold = refusalsIn([join(root, 'src/onnx/folding')], RETURNED);

/** Each operator's gradient and limits, by the name that it has in the tables. */
function rows() {
  const ruled = Object.entries(RULES).map(([operator, rule]) => {
    const name = operator.split('.').at(-1);
    const [family] = families.find(([, rules]) => rules[name] === rule);
    const how = family === 'quantization' ? `straight through (\`${family}\`)` : `rule (\`${family}\`)`;
    const limits = refusedByRule(join(RULE_FILES, `${family}.ts`), name);
    return [operator, how, limits.length > 0 ? `needs ${limits.join('; ')}` : ''];
  });
  const apart = Object.entries(DECOMPOSITIONS).flatMap(([domain, rules]) =>
    Object.entries(rules).map(([name, rule]) => [
      domain ? `${domain}.${name}` : name,
      `taken apart (\`${partFamily(name, rule)}\`)`,
      '',
    ]),
  );
  const stopped = [...NO_GRADIENT].map((operator) => [operator, 'none', '']);
  const inlined = Object.keys(CONTROL_FLOW).map((operator) => {
    const file = join(root, `src/onnx/folding/${operator.toLowerCase()}.ts`);
    return [operator, 'put in place, where constant', `refused where ${refusedByFold(file, operator).join('; ')}`];
  });
  const known = new Map([...stopped, ...ruled, ...apart, ...inlined].map((row) => [row[0], row]));
  const rewritten = Object.keys(UPGRADES)
    .filter((operator) => !known.has(operator))
    .flatMap((operator) => {
      const newer = newerName(operator);
      return newer ? [[operator, `becomes ${newer}`, '']] : [];
    });
  return [...known.values(), ...rewritten].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The file of a decomposition: what it exports are tables. */
const partFamily = (name, rule) =>
  partFamilies.find(([, tables]) => Object.values(tables).some((table) => table[name] === rule))[0];

/** What an upgrade makes of a node of which nothing is known, or the error that it throws. */
function upgraded(operator, step) {
  const unknown = {
    builder: { constant: () => '', op: () => '' },
    rankOf: () => undefined,
    numbersOf: () => undefined,
  };
  const node = { op: operator, domain: '', name: '', inputs: ['x', 'y', 'z'], outputs: ['o'], attributes: {} };
  try {
    return step(node, unknown);
  } catch (error) {
    return error;
  }
}

const newerName = (operator) =>
  Object.values(UPGRADES[operator])
    .map((step) => upgraded(operator, step).op)
    .find((op) => op !== undefined && op !== operator);

function opsets(operator) {
  if (operator.includes('.')) return 'version 1 of its domain';
  const steps = Object.entries(UPGRADES[operator] ?? {});
  const refused = steps.filter(([, step]) => upgraded(operator, step) instanceof ExplainError);
  const first = Math.max(OLDEST_OPSET, ...refused.map(([version]) => Number(version)));
  const changed = steps.map(([version]) => version).filter((version) => Number(version) > first);
  return changed.length > 0 ? `${first} on; changed at ${changed.join(', ')}` : `${first} on`;
}

const escaped = (text) => text.replaceAll('|', '\\|');

/** The page as it ought to be. */
export function operatorsPage() {
  const table = rows().map(
    ([operator, gradient, limits]) => `| ${operator} | ${gradient} | ${opsets(operator)} | ${escaped(limits)} |`,
  );
  return `# Operators

Written by \`npm run docs:operators\` from the tables in \`src\`; do not edit. For black-box methods none of this matters: they run
the file as it is. For gradients each operator between the picture and the scores needs a line here, else one error names it.

- **Gradient**: the family file in \`src/gradient/rules\` whose rule emits it; *straight through*: rounding is taken for what it approximates;
  *none*: the output does not change when the inputs change a little, so nothing flows through. Operators that are put in place,
  taken apart or become others are gone before gradients are taken; a form of which that cannot be done is named in the error.
- **Opsets**: the first that is understood (or the one that the operator came with, where that is later). A form from before a change is brought to that of opset ${INTERNAL_OPSET}.
- **Limits**: what a rule refuses, in the words of its error; … stands for what the model says.

| operator | gradient | opsets | limits |
| --- | --- | --- | --- |
${table.join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, operatorsPage());
