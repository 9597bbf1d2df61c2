/** The first right singular vector of a matrix, by power iteration: v ← Aᵀ A v / ‖Aᵀ A v‖. */

const MOST_STEPS = 5000;
const CLOSE = 1e-13;

/**
 * The unit vector v [columns] along which A v is longest; zeros for a matrix of zeros. It begins at the rows' sum of squares and
 * ends where a step turns it by less than 1e-13, so it depends on nothing but the matrix.
 */
export function principalDirection(matrix: Float64Array, columns: number): Float64Array {
  const rows = matrix.length / columns;
  let direction = normalised(
    Float64Array.from({ length: columns }, (_, column) => {
      let total = 0;
      for (let row = 0; row < rows; row++) total += matrix[row * columns + column]! ** 2;
      // Unequal shares: a start at right angles to the answer would stay there.
      return total * (1 + (column % 7) / 100);
    }),
  );
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = normalised(transposedTimes(matrix, times(matrix, direction), columns));
    const turned = next.reduce((sum, value, at) => sum + (value - direction[at]!) ** 2, 0);
    direction = next;
    if (turned < CLOSE ** 2) break;
  }
  return direction;
}

/** A v  [rows] */
export function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const columns = vector.length;
  return Float64Array.from({ length: matrix.length / columns }, (_, row) => {
    let total = 0;
    for (let column = 0; column < columns; column++) total += matrix[row * columns + column]! * vector[column]!;
    return total;
  });
}

/** Aᵀ u  [columns] */
function transposedTimes(matrix: Float64Array, vector: Float64Array, columns: number): Float64Array {
  const result = new Float64Array(columns);
  for (const [row, factor] of vector.entries()) {
    for (let column = 0; column < columns; column++) result[column]! += matrix[row * columns + column]! * factor;
  }
  return result;
}

function normalised(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}
