/** The element inside another that the page marks with `data-part`. */
export function part<T extends HTMLElement>(within: ParentNode, name: string): T {
  const found = within.querySelector<T>(`[data-part="${name}"]`);
  if (!found) throw new Error(`the page has no part '${name}'`);
  return found;
}
