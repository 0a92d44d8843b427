/** A drawing's numbers as a table: its columns, and rows of cells as they are read. The first cell names the row. */
export interface ChartTable {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}
