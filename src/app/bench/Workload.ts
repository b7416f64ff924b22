/** The commands of a run: which comes next, for which key, and where it counts. */
import { DataSet } from "../../dataset/DataSet.ts"
import { slotOfIndex } from "../../dataset/KeyFormat.ts"
import { commandSlot, lookupCommand, NO_KEY } from "../../protocol/CommandTable.ts"
import type { CommandArguments } from "../../protocol/Resp.ts"
import type { BenchSettings, MixPart } from "./BenchSettings.ts"
import { CommandTemplate, type RenderedCommand } from "./CommandTemplate.ts"
import { makeKeyChooser, type WorkerPlace } from "./KeyChoice.ts"

/** A command of the mix. */
export interface Operation {
  readonly name: string
  /** It only reads: a reply that is null is a miss. */
  readonly isRead: boolean
}

interface PreparedPart extends Operation {
  readonly template: CommandTemplate
  /** The slot of the command for key `index`; negative for a command without a key. */
  readonly slotOf: (index: number) => number
}

export class Workload {
  readonly operations: ReadonlyArray<Operation>
  private readonly parts: ReadonlyArray<PreparedPart>
  private readonly nextKey: () => number
  private readonly nextPart: () => number
  /** By lane and part; made when first needed. */
  private readonly commands: Array<Array<RenderedCommand | undefined>>

  /** @param lanes commands under way at once */
  constructor(settings: BenchSettings, lanes: number, place: WorkerPlace) {
    const dataSet = new DataSet(settings)
    this.parts = settings.mix.map((part) => preparePart(part, dataSet, settings))
    this.operations = this.parts
    this.nextKey = makeKeyChooser(settings.keyChoice, settings.keys, place)
    this.nextPart = makePartChooser(settings.mix)
    this.commands = Array.from({ length: lanes }, () => new Array(this.parts.length).fill(undefined))
  }

  /** What `next` has chosen: the number of the operation, and the slot. */
  operation = 0
  slot = NO_KEY

  /** The next command, in the buffers of a lane that has none under way. */
  next(lane: number): CommandArguments {
    const index = this.nextKey()
    this.operation = this.nextPart()
    const part = this.parts[this.operation]
    this.slot = part.slotOf(index)
    const command = (this.commands[lane][this.operation] ??= part.template.make())
    command.render(index)
    return command.args
  }
}

const preparePart = ({ name, words }: MixPart, dataSet: DataSet, settings: BenchSettings): PreparedPart => {
  const template = new CommandTemplate(words, dataSet, settings.keys)
  const sample = template.make()
  sample.render(0)
  const spec = lookupCommand(sample.args)
  return { name, isRead: spec?.readOnly ?? false, template, slotOf: makeSlotOf(sample, settings.keys) }
}

/** From the slots of two keys: that of the data set's key, or the same whatever the key. */
const makeSlotOf = (sample: RenderedCommand, keys: number): PreparedPart["slotOf"] => {
  const slotAt = (index: number): number => {
    sample.render(index)
    const spec = lookupCommand(sample.args)
    return spec === undefined ? NO_KEY : commandSlot(spec, sample.args)
  }
  const first = slotAt(0)
  const last = slotAt(keys - 1)
  if (first === slotOfIndex(0) && last === slotOfIndex(keys - 1)) return slotOfIndex
  const constant = first === last ? first : NO_KEY
  return () => constant
}

const makePartChooser = (mix: ReadonlyArray<MixPart>): (() => number) => {
  if (mix.length === 1) return () => 0
  const total = mix.reduce((sum, { weight }) => sum + weight, 0)
  const ends = mix.map((_, index) => mix.slice(0, index + 1).reduce((sum, { weight }) => sum + weight, 0))
  return () => {
    const point = Math.random() * total
    let part = 0
    while (point >= ends[part]) part++
    return part
  }
}
