import type { Graph, Node } from '../graph.ts';
import { renamed } from '../names.ts';

/**
 * Lets the parts of all nodes share the floats that stand for a quantised value of the model, under a name that tells
 * the value's: `relu_quantized/float`. These floats are the layers of a quantised model.
 */
export function restoredOnce(graph: Graph): (parts: readonly Node[]) => readonly Node[] {
  const values = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const restored = new Map<string, string>();
  return (parts) => {
    const names = new Map<string, string>();
    const fresh = parts.filter(({ op, inputs, outputs: [own = ''] }) => {
      const [value = ''] = inputs;
      const name = `${value}/float`;
      if (op !== 'DequantizeLinear' || !values.has(value) || values.has(own) || values.has(name)) return true;
      const known = restored.get(value);
      if (known !== undefined && known !== String(inputs)) return true;
      restored.set(value, String(inputs));
      names.set(own, name);
      return known === undefined;
    });
    return renamed(fresh, names);
  };
}
