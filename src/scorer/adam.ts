const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam over one flat array of weights, moments in float64. The networks here have under a thousand weights, fewer than
 * a backend spends on starting an operation. Source: Kingma & Ba: Adam, ICLR 2015, algorithm 1.
 */
export class Adam {
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  private step = 0;

  constructor(
    private readonly weights: Float64Array,
    private readonly learningRate: number,
  ) {
    this.first = new Float64Array(weights.length);
    this.second = new Float64Array(weights.length);
  }

  /** Move the weights one step against `gradient`. */
  descend(gradient: Float64Array): void {
    this.step++;
    const rate = (this.learningRate * Math.sqrt(1 - BETA_2 ** this.step)) / (1 - BETA_1 ** this.step);
    for (let i = 0; i < this.weights.length; i++) {
      const g = gradient[i];
      this.first[i] = BETA_1 * this.first[i] + (1 - BETA_1) * g;
      this.second[i] = BETA_2 * this.second[i] + (1 - BETA_2) * g * g;
      this.weights[i] -= (rate * this.first[i]) / (Math.sqrt(this.second[i]) + EPSILON);
    }
  }
}
