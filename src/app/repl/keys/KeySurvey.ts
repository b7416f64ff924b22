/** `bigkeys`, `memkeys`, `hotkeys`: what a walk over all keys has found so far. */
import type { ClusterTopology } from "../../../protocol/ClusterTopology.ts"
import { findNodeForSlot } from "../../../protocol/ClusterTopology.ts"
import { calculateSlot } from "../../../protocol/HashSlot.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import type { ProgressText } from "../../Progress.ts"
import { progressBar } from "../../Progress.ts"
import { formatSize } from "../../Size.ts"
import { textTable } from "../../TextTable.ts"
import { number } from "../../KeyProgress.ts"
import { type MeasuredKey, sizeUnit } from "./KeyMeasure.ts"
import { keyJson, keyText } from "./KeyText.ts"
import { Ranking } from "./Ranking.ts"

export type SurveyKind = "bigkeys" | "memkeys" | "hotkeys"

interface TypeTotal {
  readonly type: string
  keys: number
  size: number
}

const BAR_WIDTH = 24

export class KeySurvey {
  private readonly kind: SurveyKind
  private readonly top: number
  private readonly now: () => number
  private readonly started: number
  private readonly totals = new Map<string, TypeTotal>()
  /** By type for sizes that cannot be compared, else one of all keys, under "". */
  private readonly rankings = new Map<string, Ranking<MeasuredKey>>()
  private keys = 0
  private ended: number | undefined
  /** By DBSIZE at the start; `undefined` when it is not known, or not all keys are looked at. */
  expected: number | undefined
  topology: ClusterTopology | undefined

  constructor(kind: SurveyKind, top: number, now: () => number = () => performance.now()) {
    this.kind = kind
    this.top = top
    this.now = now
    this.started = now()
  }

  /** @param looked how many keys were looked at for these, which may have gone meanwhile */
  add(measured: ReadonlyArray<MeasuredKey>, looked: number): void {
    this.keys += looked
    for (const each of measured) {
      let total = this.totals.get(each.type)
      if (total === undefined) this.totals.set(each.type, (total = { type: each.type, keys: 0, size: 0 }))
      total.keys++
      total.size += each.size
      const group = this.kind === "bigkeys" ? each.type : ""
      let ranking = this.rankings.get(group)
      if (ranking === undefined) this.rankings.set(group, (ranking = new Ranking(this.top)))
      ranking.add(each)
    }
  }

  /** Every key has been looked at. */
  complete(): void {
    this.ended = this.now()
  }

  private get seconds(): number {
    return Math.max(0.001, ((this.ended ?? this.now()) - this.started) / 1000)
  }

  private get sortedTotals(): ReadonlyArray<TypeTotal> {
    return Array.from(this.totals.values()).sort((a, b) => b.keys - a.keys || (a.type < b.type ? -1 : 1))
  }

  private get ranked(): ReadonlyArray<MeasuredKey> {
    return this.kind === "bigkeys"
      ? this.sortedTotals.flatMap(({ type }) => this.rankings.get(type)?.entries ?? [])
      : (this.rankings.get("")?.entries ?? [])
  }

  private nodeOf({ key }: MeasuredKey): string {
    const { topology } = this
    return (topology && findNodeForSlot(topology, calculateSlot(key))?.address) ?? "-"
  }

  text(): string {
    const { keys, seconds } = this
    const rate = `${number(Math.round(keys / seconds))} keys/s`
    const of = this.expected === undefined ? "" : ` of ${number(this.expected)}`
    const title =
      this.ended === undefined
        ? `interrupted: ${number(keys)}${of} keys in ${seconds.toFixed(1)} s, ${rate}`
        : `${number(keys)} keys in ${seconds.toFixed(1)} s, ${rate}`
    if (this.totals.size === 0) return title
    return [title, this.totalsTable(), this.rankingTable()].join("\n\n")
  }

  private totalsTable(): string {
    const { kind, sortedTotals } = this
    if (kind === "hotkeys") {
      return textTable(
        [{ title: "TYPE" }, { title: "KEYS", align: "right" }],
        sortedTotals.map(({ keys, type }) => [type, number(keys)])
      )
    }
    return textTable(
      [
        { title: "TYPE" },
        { title: "KEYS", align: "right" },
        { title: "IN ALL", align: "right" },
        { title: "ON AVERAGE", align: "right" }
      ],
      sortedTotals.map((total) => [
        total.type,
        number(total.keys),
        this.sizeText(total.type, total.size),
        this.sizeText(total.type, total.size / total.keys)
      ])
    )
  }

  private rankingTable(): string {
    return textTable(
      [
        { title: "TYPE" },
        { title: SIZE_TITLES[this.kind], align: "right" },
        { title: "NODE" },
        { title: "KEY" }
      ],
      this.ranked.map((each) => [
        each.type,
        this.sizeText(each.type, each.size),
        this.nodeOf(each),
        keyText(each.key)
      ])
    )
  }

  private sizeText(type: string, size: number): string {
    if (this.kind === "hotkeys") return number(size)
    if (this.kind === "memkeys") return formatSize(size)
    return type === "string" ? formatSize(size) : `${number(Number(size.toFixed(1)))} ${sizeUnit(type)}`
  }

  private unitOf(type: string): string {
    return this.kind === "bigkeys" ? sizeUnit(type) : this.kind === "memkeys" ? "bytes" : "frequency"
  }

  document(): JsonDocument {
    return {
      keys: this.keys,
      complete: this.ended !== undefined,
      seconds: Number(this.seconds.toFixed(3)),
      types: this.sortedTotals.map(({ keys, size, type }) => ({
        type,
        keys,
        ...(this.kind === "hotkeys" ? {} : { size, unit: this.unitOf(type) })
      })),
      ranking: this.ranked.map((each) => ({
        key: keyJson(each.key),
        type: each.type,
        size: each.size,
        unit: this.unitOf(each.type),
        node: this.nodeOf(each)
      }))
    }
  }

  get progress(): ProgressText {
    const plain = (): string => {
      const { expected, keys, seconds } = this
      const of = expected === undefined ? "" : ` of ${number(expected)}`
      return `${number(keys)}${of} keys, ${number(Math.round(keys / seconds))} keys/s`
    }
    return {
      plain,
      terminal: () =>
        this.expected === undefined
          ? plain()
          : `${progressBar(this.keys / Math.max(1, this.expected), BAR_WIDTH)} ${plain()}`
    }
  }
}

const SIZE_TITLES: Readonly<Record<SurveyKind, string>> = {
  bigkeys: "SIZE",
  memkeys: "MEMORY",
  hotkeys: "FREQUENCY"
}
