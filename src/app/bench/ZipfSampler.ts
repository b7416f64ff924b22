/**
 * Ranks 1 to n, rank k with a probability proportional to 1 / k^exponent, in
 * constant time and without a table, whatever n: rejection-inversion sampling.
 *
 * Source: W. Hormann, G. Derflinger, "Rejection-inversion to generate variates
 * from monotone discrete distributions", ACM TOMACS 6 (1996) 169-184.
 */
export class ZipfSampler {
  private readonly count: number
  private readonly exponent: number
  private readonly random: () => number
  /** The area under the hat function from 1.5 less the first bar, and up to n + 0.5. */
  private readonly areaFrom: number
  private readonly areaTo: number
  /** Within so much of its rank a point is accepted without a look at the bar. */
  private readonly squeeze: number

  /** @param random gives numbers from 0 to 1, without 1 */
  constructor(count: number, exponent: number, random: () => number = Math.random) {
    this.count = count
    this.exponent = exponent
    this.random = random
    this.areaFrom = this.area(1.5) - 1
    this.areaTo = this.area(count + 0.5)
    this.squeeze = 2 - this.areaInverse(this.area(2.5) - this.height(2))
  }

  next(): number {
    for (;;) {
      const area = this.areaTo + this.random() * (this.areaFrom - this.areaTo)
      const point = this.areaInverse(area)
      const rank = Math.min(this.count, Math.max(1, Math.floor(point + 0.5)))
      if (rank - point <= this.squeeze || area >= this.area(rank + 0.5) - this.height(rank)) return rank
    }
  }

  /** The hat function: x^-exponent. */
  private height(x: number): number {
    return Math.exp(-this.exponent * Math.log(x))
  }

  /** Its integral from 1 to x, also where the exponent is 1. */
  private area(x: number): number {
    const logarithm = Math.log(x)
    return expm1Ratio((1 - this.exponent) * logarithm) * logarithm
  }

  private areaInverse(area: number): number {
    // Rounding may carry it below the limit of the logarithm.
    const product = Math.max(-1, area * (1 - this.exponent))
    return Math.exp(log1pRatio(product) * area)
  }
}

/** Below this, the quotients are taken from their series, which are exact to the last digit there. */
const NEAR_ZERO = 1e-8

/** (e^x - 1) / x */
const expm1Ratio = (x: number): number =>
  Math.abs(x) > NEAR_ZERO ? Math.expm1(x) / x : 1 + (x / 2) * (1 + (x / 3) * (1 + x / 4))

/** log(1 + x) / x */
const log1pRatio = (x: number): number =>
  Math.abs(x) > NEAR_ZERO ? Math.log1p(x) / x : 1 - x * (1 / 2 - x * (1 / 3 - x / 4))
