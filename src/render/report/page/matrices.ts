/** One of the agreement's matrices is shown at a time: that of the measure chosen. */
export function matrices(root: HTMLElement | null): void {
  const picker = root?.querySelector('select');
  if (!root || !picker) return;
  const show = () => {
    for (const table of root.querySelectorAll<HTMLElement>('[data-measure]')) {
      table.hidden = table.dataset.measure !== picker.value;
    }
  };
  picker.addEventListener('input', show);
  show();
}
