import type { TableFile } from "./findTable.js";
import { readCsv } from "./readCsv.js";
import { readNdjson } from "./readNdjson.js";
import type { TableBatch } from "./tableRow.js";

/**
 * Stream one file of a shop, batch by batch, each as large as one read of the disk gives. Bad rows come out as rejected
 * ones; everything before a damage comes out before the error.
 *
 * @param required columns without which a CSV file is refused at once; NDJSON rows are judged one by one
 * @throws RecommenderError INVALID_IMPORT as `readCsv` and `readNdjson`
 */
export function readTable(table: TableFile, required: readonly string[]): AsyncIterable<TableBatch> {
  return table.format === "csv" ? readCsv(table, required) : readNdjson(table);
}
