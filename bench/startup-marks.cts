/** Loaded before the command (`node --require`): says at its end, on stderr, after how many seconds each of its parts was done. */
process.on('exit', () => {
  const marks = performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime / 1000]);
  process.stderr.write(JSON.stringify(Object.fromEntries(marks)));
});
