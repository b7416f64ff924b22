/** Tables as text: columns aligned, nothing drawn around them, so that a person and `awk` can both read them. */

export interface Column {
  readonly title: string
  /** Numbers stand to the right. Default left. */
  readonly align?: "left" | "right"
}

const GAP = "  "

/**
 * One line per row, below the titles if any column has one. The last column is not padded.
 *
 * @example textTable([{ title: "NODE" }, { title: "KEYS", align: "right" }], [["a:1", "10"], ["b:2", "5"]])
 */
export const textTable = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string => {
  const titles = columns.map(({ title }) => title)
  const lines = titles.some((title) => title !== "") ? [titles, ...rows] : rows
  const widths = columns.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, (line[column] ?? "").length), 0)
  )
  return lines
    .map((line) =>
      columns
        .map(({ align }, column) => {
          const cell = line[column] ?? ""
          return align === "right" ? cell.padStart(widths[column]) : cell.padEnd(widths[column])
        })
        .join(GAP)
        .trimEnd()
    )
    .join("\n")
}

/** How wide the table would be. */
export const tableWidth = (table: string): number =>
  table.split("\n").reduce((widest, line) => Math.max(widest, line.length), 0)
