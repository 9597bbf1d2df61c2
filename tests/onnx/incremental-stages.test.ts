/** The stages that graphs are cut into. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { classifierOf } from '../../dist/src/onnx/classifier.js';
import { fold } from '../../dist/src/onnx/fold.js';
import { withGatheredChannels } from '../../dist/src/onnx/incremental/channel-shuffle.js';
import { planning } from '../../dist/src/onnx/incremental/plan.js';
import { spreadOf } from '../../dist/src/onnx/incremental/spread.js';
import { restGraph, stageGraph } from '../../dist/src/onnx/incremental/stage-graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { logitsGraph } from '../../dist/src/onnx/logits-graph.js';
import { parseGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { atOnce } from '../../dist/src/perturb/in-turns.js';
import { windows } from '../../dist/src/perturb/window.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';

test('residual blocks are cut where two values cross, whose sides have names of their own', () => {
  const file = readFileSync(new URL('../golden/families/resnet-bottleneck.onnx.gz', import.meta.url));
  const graph = fold(upgrade(parseGraph(gunzipSync(file), 'resnet')));
  const classifier = classifierOf(graph);
  const whole = atOnce(logitsGraph(graph, classifier, { height: 64, width: 64 }));
  const spread = spreadOf(whole, classifier.input.name, classifier.layout);
  const size = { height: 8, width: 8 };
  const boxes = windows({ height: 64, width: 64 }, size, { height: 4, width: 4 });
  const { stages, last } = atOnce(planning(spread, boxes, { result: 0, short: 1, copy: 0, map: 0, run: 0 }))!;
  const graphs = [...stages.map((stage) => stageGraph(spread, stage)), restGraph(spread, last)];
  const sides = graphs.map(({ inputs }) => inputs.flatMap(({ shape }) => shape!.slice(2)));
  expect(stages.some(({ inputs }) => inputs.length > 1)).toBe(true);
  for (const names of sides) expect(new Set(names).size).toBe(names.length);
});

test('a shuffle of channels is a Gather, and another Reshape stays', async () => {
  const shapes = { picture: ['N', 6, 4, 5] };
  const shuffle = (perm: readonly number[], shape: readonly number[]) =>
    inferShapes(
      toyGraph({
        inputs: shapes,
        build(b) {
          const apart = b.op('Reshape', ['picture', b.constant('int64', [-1, 3, 2, 4, 5])]);
          const swapped = b.op('Transpose', [apart], { perm });
          return b.op('Sigmoid', [b.op('Reshape', [swapped, b.constant('int64', shape)])]);
        },
        outputs: ['out'],
      }),
      shapes,
    );
  const [graph, other] = [shuffle([0, 2, 1, 3, 4], [-1, 6, 4, 5]), shuffle([0, 2, 1, 4, 3], [-1, 6, 5, 4])];
  const gathered = withGatheredChannels(graph);
  expect(gathered.nodes.map(({ op }) => op)).toEqual(['Gather', 'Sigmoid']);
  expect(withGatheredChannels(other)).toBe(other);
  const picture = noise([2, 6, 4, 5]);
  const [actual, wanted] = [await runModel(gathered, { picture }), await runModel(graph, { picture })];
  expect(actual.out).toEqual(wanted.out);
});
