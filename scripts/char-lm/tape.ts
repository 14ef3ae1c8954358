/**
 * Matrices that remember how they were made, and the gradients of a scalar by going back through that (reverse-mode differentiation).
 * Rows are tokens of all sequences of a batch, one after another.
 */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
  readonly grad: Float64Array;
}

export function matrix(rows: number, cols: number, data = new Float64Array(rows * cols)): Matrix {
  return { rows, cols, data, grad: new Float64Array(rows * cols) };
}

/** Operations in the order they were done; `backward` runs their gradients in reverse. */
export class Tape {
  readonly #steps: (() => void)[] = [];

  backward(): void {
    for (const step of this.#steps.reverse()) step();
  }

  /** Rows of a table. */
  rowsOf(table: Matrix, indices: readonly number[]): Matrix {
    const { cols } = table;
    const out = matrix(indices.length, cols);
    indices.forEach((index, row) => {
      out.data.set(table.data.subarray(index * cols, (index + 1) * cols), row * cols);
    });
    this.#steps.push(() => {
      indices.forEach((index, row) => {
        for (let i = 0; i < cols; i++) table.grad[index * cols + i] += out.grad[row * cols + i];
      });
    });
    return out;
  }

  add(a: Matrix, b: Matrix): Matrix {
    const out = matrix(
      a.rows,
      a.cols,
      a.data.map((value, i) => value + b.data[i]),
    );
    this.#steps.push(() => {
      for (const side of [a, b]) {
        out.grad.forEach((g, i) => {
          side.grad[i] += g;
        });
      }
    });
    return out;
  }

  /** x [n, k] · w [k, m] + bias [1, m] */
  dense(x: Matrix, w: Matrix, bias: Matrix): Matrix {
    const [n, k, m] = [x.rows, x.cols, w.cols];
    const out = matrix(n, m);
    for (let r = 0; r < n; r++) {
      for (let j = 0; j < m; j++) out.data[r * m + j] = bias.data[j];
      for (let i = 0; i < k; i++) {
        const value = x.data[r * k + i];
        for (let j = 0; j < m; j++) out.data[r * m + j] += value * w.data[i * m + j];
      }
    }
    this.#steps.push(() => {
      for (let r = 0; r < n; r++) {
        for (let j = 0; j < m; j++) bias.grad[j] += out.grad[r * m + j];
        for (let i = 0; i < k; i++) {
          const value = x.data[r * k + i];
          let sum = 0;
          for (let j = 0; j < m; j++) {
            const g = out.grad[r * m + j];
            sum += g * w.data[i * m + j];
            w.grad[i * m + j] += value * g;
          }
          x.grad[r * k + i] += sum;
        }
      }
    });
    return out;
  }

  /** (x - mean) / sqrt(variance + epsilon) · gain + bias, row by row */
  layerNorm(x: Matrix, gain: Matrix, bias: Matrix, epsilon: number): Matrix {
    const { rows, cols } = x;
    const out = matrix(rows, cols);
    const unit = new Float64Array(rows * cols);
    const inverse = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      const row = x.data.subarray(r * cols, (r + 1) * cols);
      const mean = row.reduce((sum, value) => sum + value, 0) / cols;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cols;
      inverse[r] = 1 / Math.sqrt(variance + epsilon);
      for (let i = 0; i < cols; i++) {
        unit[r * cols + i] = (row[i] - mean) * inverse[r];
        out.data[r * cols + i] = unit[r * cols + i] * gain.data[i] + bias.data[i];
      }
    }
    this.#steps.push(() => {
      for (let r = 0; r < rows; r++) {
        let [sum, along] = [0, 0];
        for (let i = 0; i < cols; i++) {
          const at = r * cols + i;
          const g = out.grad[at] * gain.data[i];
          sum += g;
          along += g * unit[at];
          gain.grad[i] += out.grad[at] * unit[at];
          bias.grad[i] += out.grad[at];
        }
        for (let i = 0; i < cols; i++) {
          const at = r * cols + i;
          x.grad[at] += (inverse[r] * (cols * out.grad[at] * gain.data[i] - sum - unit[at] * along)) / cols;
        }
      }
    });
    return out;
  }

  relu(x: Matrix): Matrix {
    const out = matrix(
      x.rows,
      x.cols,
      x.data.map((value) => Math.max(0, value)),
    );
    this.#steps.push(() => {
      out.grad.forEach((g, i) => {
        if (x.data[i] > 0) x.grad[i] += g;
      });
    });
    return out;
  }

  /** Self-attention within sequences of `length` rows; columns of x are queries, keys and values, each head by head. */
  causalAttention(x: Matrix, length: number, heads: number): Matrix {
    const width = x.cols / 3;
    const size = width / heads;
    const out = matrix(x.rows, width);
    const shares = new Float64Array(x.rows * heads * length);
    const scale = 1 / Math.sqrt(size);
    const at = (row: number, part: number, head: number): number => row * x.cols + part * width + head * size;
    const dot = (a: Float64Array, i: number, b: Float64Array, j: number): number => {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i + k] * b[j + k];
      return sum;
    };
    this.#forEachHead(x.rows, length, heads, (first, row, head) => {
      const own = shares.subarray((row * heads + head) * length, (row * heads + head + 1) * length);
      for (let j = first; j <= row; j++) own[j - first] = scale * dot(x.data, at(row, 0, head), x.data, at(j, 1, head));
      softmax(own.subarray(0, row - first + 1));
      for (let j = first; j <= row; j++) {
        for (let k = 0; k < size; k++)
          out.data[row * width + head * size + k] += own[j - first] * x.data[at(j, 2, head) + k];
      }
    });
    this.#steps.push(() => {
      this.#forEachHead(x.rows, length, heads, (first, row, head) => {
        const own = shares.subarray((row * heads + head) * length, (row * heads + head + 1) * length);
        const g = row * width + head * size;
        const moved = new Float64Array(row - first + 1);
        for (let j = first; j <= row; j++) {
          moved[j - first] = dot(out.grad, g, x.data, at(j, 2, head));
          for (let k = 0; k < size; k++) x.grad[at(j, 2, head) + k] += own[j - first] * out.grad[g + k];
        }
        const mean = moved.reduce((sum, value, j) => sum + value * own[j], 0);
        for (let j = first; j <= row; j++) {
          const score = own[j - first] * (moved[j - first] - mean) * scale;
          for (let k = 0; k < size; k++) {
            x.grad[at(row, 0, head) + k] += score * x.data[at(j, 1, head) + k];
            x.grad[at(j, 1, head) + k] += score * x.data[at(row, 0, head) + k];
          }
        }
      });
    });
    return out;
  }

  /** Mean of -ln(share of the target) over the rows that have one. */
  crossEntropy(logits: Matrix, targets: readonly (number | undefined)[]): number {
    const { cols } = logits;
    const counted = targets.filter((target) => target !== undefined).length;
    const moved = new Float64Array(logits.data.length);
    let loss = 0;
    targets.forEach((target, r) => {
      if (target === undefined) return;
      const row = moved.subarray(r * cols, (r + 1) * cols);
      row.set(logits.data.subarray(r * cols, (r + 1) * cols));
      softmax(row);
      loss -= Math.log(row[target]) / counted;
      row[target] -= 1;
    });
    this.#steps.push(() => {
      moved.forEach((value, i) => {
        logits.grad[i] += value / counted;
      });
    });
    return loss;
  }

  #forEachHead(
    rows: number,
    length: number,
    heads: number,
    visit: (first: number, row: number, head: number) => void,
  ): void {
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < heads; head++) visit(row - (row % length), row, head);
    }
  }
}

function softmax(row: Float64Array): void {
  const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    row[i] = Math.exp(row[i] - most);
    sum += row[i];
  }
  for (let i = 0; i < row.length; i++) row[i] /= sum;
}
