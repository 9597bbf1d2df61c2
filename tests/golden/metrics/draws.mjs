// What the metrics draw, for make.py: node tests/golden/metrics/draws.mjs HEIGHT WIDTH SAMPLES, after a build.
import { random } from '../../../dist/src/core/random.js';

const [height, width, samples] = process.argv.slice(2).map(Number);
const indexes = [...Array(samples).keys()];
const squares = indexes.map((index) => {
  const { integer } = random(0, index);
  const side = 1 + integer(Math.floor(Math.min(height, width) / 2));
  return { y: integer(height - side + 1), x: integer(width - side + 1), side };
});
const noise = indexes.map((index) => {
  const { uniform } = random(0, index);
  return Array.from({ length: height * width }, () => 2 * uniform() - 1);
});
console.log(JSON.stringify({ squares, noise }));
